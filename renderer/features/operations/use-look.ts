import { useEffect, useEffectEvent, useRef } from 'react';
import type { Reconciliation, RunView } from '@shared/model/run';
import { useCluster } from '../../lib/fleet';
import { useCall, type Answer } from '../../lib/queries';
import { isStopped } from './settle-words';

/** A stopped run held against its servers: asked when it opens, by the person, and whenever more or fewer of them answer. */
export function useLook(run: RunView | undefined): Answer<Reconciliation> {
  const look = useCall('operation.look', run && isStopped(run) ? { runId: run.runId } : null);
  const answered = useCluster(run?.plan.clusterId ?? '')?.answered;
  const before = useRef(answered);
  const askAgain = useEffectEvent(() => {
    if (run && isStopped(run)) look.ask();
  });
  useEffect(() => {
    // The first count is not a change: the question was asked on opening.
    if (before.current !== undefined && answered !== before.current) askAgain();
    before.current = answered;
  }, [answered]);
  return look;
}
