import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ClusterState } from '@shared/model/fleet';
import { useNow } from '../../lib/clock';
import { formatClock, formatRemaining } from '../../lib/format';
import { useCall } from '../../lib/queries';
import { navigate, planRoute } from '../../lib/router';
import { IconArrowsExchange } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { StatusBadge } from '../../ui/status-badge';
import { failbackOf, failbackRuns, soakMs } from './failback';

const everyMs = 15_000;
const stepMs = 60_000;

/** Proposes, calmly, to move the primary back to where it was, once the old one has proven itself as a replica. */
export function FailbackCard({ cluster }: { readonly cluster: ClusterState }): ReactNode {
  const now = useNow();
  // Asked in whole minutes: a question of its own each second would be a new one each second.
  const toMs = Math.ceil(now / stepMs) * stepMs;
  const runs = failbackRuns(useCall('operation.list', { clusterId: cluster.id }, { everyMs }).data ?? []);
  const left = useCall('operation.report', runs && { runId: runs.left }).data;
  const cameBack = useCall('operation.report', runs && { runId: runs.cameBack }).data;
  const history = useCall(
    'cluster.history',
    runs && { clusterId: cluster.id, fromMs: toMs - 2 * soakMs, toMs, points: 240 },
    { everyMs, keepBefore: true },
  ).data;
  if (!left || !cameBack) return null;
  const failback = failbackOf({ cluster, left, cameBack, history });
  if (!failback) return null;
  const { instance, readyAtMs, sinceMs } = failback;
  const ready = now >= readyAtMs;
  return (
    <Panel className="none failback">
      <div className="row" data-testid="failback" data-ready={ready}>
        <StatusBadge mark={ready ? 'ok' : 'note'}>
          {ready ? `${instance.name} may be the primary again` : `${instance.name} is back and proves itself`}
        </StatusBadge>
        <span className="small c-t2 grow">
          {ready
            ? `It has followed without lag since ${formatClock(sinceMs)}. Moving back is a planned switchover; there is no hurry.`
            : `It follows without lag since ${formatClock(sinceMs)}. A failback is proposed at ${formatClock(readyAtMs)}, in ${formatRemaining(readyAtMs - now)}.`}
        </span>
        {ready && (
          <Button
            variant="default"
            leftSection={<IconArrowsExchange size={14} />}
            onClick={() => navigate(planRoute('switchover', cluster.id, { candidateId: instance.id }))}
          >
            Plan failback to {instance.name}…
          </Button>
        )}
      </div>
    </Panel>
  );
}
