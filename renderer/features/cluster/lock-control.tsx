import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ClusterState } from '@shared/model/fleet';
import { useNow } from '../../lib/clock';
import { formatRemaining } from '../../lib/format';
import type { UnlockActs } from '../../lib/unlock';
import { IconLock, IconLockOpen } from '../../ui/icons';

/** Locked: the way to unlock. Unlocked: how long still, and the way to lock now. */
export function LockControl({
  cluster,
  acts,
  onAsk,
}: {
  readonly cluster: ClusterState;
  readonly acts: UnlockActs;
  readonly onAsk: () => void;
}): ReactNode {
  const now = useNow();
  if (cluster.unlock === null) {
    return (
      <>
        <span className="chip" data-testid="lock-state">
          <IconLock size={12} />
          Locked
        </span>
        <Button variant="default" onClick={onAsk}>
          Unlock…
        </Button>
      </>
    );
  }
  return (
    <>
      <span
        className="chip tone-watch"
        data-testid="lock-state"
        title={`${cluster.unlock.by}: ${cluster.unlock.reason}`}
      >
        <IconLockOpen size={12} />
        Unlocked, {formatRemaining(cluster.unlock.untilMs - now)} left
      </span>
      <Button variant="default" loading={acts.lock.busy} onClick={() => acts.lock.run({ clusterId: cluster.id })}>
        Lock now
      </Button>
    </>
  );
}
