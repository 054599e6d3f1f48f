import type { ComponentType, ReactNode } from 'react';
import type { Severity } from '@shared/model/health';
import {
  IconAlertOctagonFilled,
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCircleMinus,
  IconCircleXFilled,
  IconClockExclamation,
  IconHelpCircleFilled,
  IconInfoCircle,
  IconLoader2,
  IconPlayerPlayFilled,
  type IconProps,
} from './icons';

/** Everything a badge can say. `busy` is the one thing that moves: the step at work. */
export type Mark =
  'act' | 'watch' | 'note' | 'ok' | 'run' | 'busy' | 'stale' | 'unknown' | 'failed' | 'todo' | 'skipped';

const icons: Readonly<Record<Mark, ComponentType<IconProps>>> = {
  act: IconAlertOctagonFilled,
  watch: IconAlertTriangleFilled,
  note: IconInfoCircle,
  ok: IconCircleCheckFilled,
  run: IconPlayerPlayFilled,
  busy: IconLoader2,
  stale: IconClockExclamation,
  unknown: IconHelpCircleFilled,
  failed: IconCircleXFilled,
  todo: IconCircleDashed,
  skipped: IconCircleMinus,
};

const tones: Readonly<Record<Mark, string>> = {
  act: 'c-act',
  watch: 'c-watch',
  note: 'c-t2',
  ok: 'c-ok',
  run: 'c-run',
  busy: 'c-run',
  stale: 'c-unk',
  unknown: 'c-unk',
  failed: 'c-act',
  todo: 'c-t3',
  skipped: 'c-t3',
};

const severityWords: Readonly<Record<Severity, string>> = {
  act: 'Act now',
  watch: 'Watch',
  stale: 'Stale',
  unknown: 'Unknown',
  note: 'Calm',
  ok: 'Calm',
};

/** The word of a state; a note leaves its cluster calm. */
export const wordOf = (severity: Severity): string => severityWords[severity];

/** The mark of a cluster's or instance's state: a note is drawn as calm, the finding itself carries the note. */
export const markOf = (severity: Severity): Mark => (severity === 'note' ? 'ok' : severity);

/** The icon alone: only where the word stands beside it. */
export function StatusIcon({ mark, size = 14 }: { readonly mark: Mark; readonly size?: number }): ReactNode {
  const Icon = icons[mark];
  const className = mark === 'busy' ? `${tones[mark]} turning none` : `${tones[mark]} none`;
  return <Icon size={size} className={className} aria-hidden />;
}

/** State as icon and word: colour alone never says it. */
export function StatusBadge({
  mark,
  children,
  size = 14,
  plain = false,
  whole = false,
}: {
  readonly mark: Mark;
  readonly children: ReactNode;
  readonly size?: number;
  /** Normal weight: in dense lists where not every state is a headline. */
  readonly plain?: boolean;
  /** Over several lines instead of cut where it is narrow. */
  readonly whole?: boolean;
}): ReactNode {
  return (
    <span className={`status-badge ${tones[mark]}${plain ? ' plain' : ''}${whole ? ' whole' : ''}`} data-mark={mark}>
      <StatusIcon mark={mark} size={size} />
      <span className={whole ? '' : 'ellipsis'}>{children}</span>
    </span>
  );
}
