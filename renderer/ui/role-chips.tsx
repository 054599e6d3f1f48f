import { memo, type ReactNode } from 'react';
import type { InstanceState } from '@shared/model/fleet';

interface ChipKind {
  readonly letter: string;
  readonly className: string;
  readonly word: string;
}

const kindOf = (instance: InstanceState): ChipKind => {
  if (instance.role === 'primary' || instance.role === 'standalone') {
    return { letter: 'P', className: 'primary', word: 'primary' };
  }
  if (instance.role === 'intermediate') return { letter: 'I', className: '', word: 'intermediate primary' };
  if (instance.role === 'group-member') return { letter: 'G', className: '', word: 'group member' };
  if (instance.role === 'unknown') return { letter: '?', className: 'unknown', word: 'role unknown' };
  if (instance.channels.some((channel) => channel.delaySeconds > 0)) {
    return { letter: 'D', className: 'delayed', word: 'delayed on purpose' };
  }
  if (instance.channels.some((channel) => channel.semiSync)) {
    return { letter: 'S', className: 'semi-sync', word: 'replica, semi-sync' };
  }
  return { letter: 'R', className: '', word: 'replica' };
};

const order = 'PIGSRD?';

/** The roles of a cluster as letters, primary first. */
export const RoleChips = memo(function RoleChips({
  instances,
}: {
  readonly instances: readonly InstanceState[];
}): ReactNode {
  const chips = instances
    .map((instance) => ({ instance, kind: kindOf(instance) }))
    .sort((a, b) => order.indexOf(a.kind.letter) - order.indexOf(b.kind.letter));
  return (
    <span className="role-chips" aria-label={chips.map((chip) => chip.kind.letter).join(' ')}>
      {chips.map(({ instance, kind }) => (
        <span key={instance.id} className={`role-chip ${kind.className}`} title={`${instance.name}: ${kind.word}`}>
          {kind.letter}
        </span>
      ))}
    </span>
  );
});

const roleWords: Readonly<Record<InstanceState['role'], string>> = {
  primary: 'Primary',
  replica: 'Replica',
  intermediate: 'Intermediate',
  'group-member': 'Group member',
  standalone: 'Standalone',
  unknown: 'Role unknown',
};

/** The role of an instance in words; delay on purpose is part of it. */
export function roleWord(instance: InstanceState): string {
  const delayed = instance.role === 'replica' && instance.channels.some((channel) => channel.delaySeconds > 0);
  return delayed ? 'Delayed replica' : roleWords[instance.role];
}
