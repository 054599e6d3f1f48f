import type { ClusterHistory, ClusterState, InstanceState } from '@shared/model/fleet';
import type { Report } from '@shared/model/report';
import type { RunSummary } from '@shared/model/run';

/** How long the returned primary must follow without lag before moving back is proposed. */
export const soakMs = 10 * 60_000;

/** Lag up to this is the age of an answer, not lag. Seconds. */
const noLagSeconds = 1.5;

/** The two runs by which a primary left and came back; null where it did not, or was moved again since. */
export interface FailbackRuns {
  /** The failover that took its place away. */
  readonly left: string;
  /** The rejoin or re-provision that brought it back. */
  readonly cameBack: string;
}

/** The newest failover that nothing has moved since, and the newest way back after it. Runs stand newest first. */
export function failbackRuns(runs: readonly RunSummary[]): FailbackRuns | null {
  const done = runs.filter((run) => run.state === 'succeeded');
  const moved = done.find((run) => run.kind === 'failover' || run.kind === 'switchover');
  if (moved?.kind !== 'failover') return null;
  const back = done.find(
    (run) => (run.kind === 'rejoin' || run.kind === 'reprovision') && run.startedAtMs > moved.startedAtMs,
  );
  return back ? { left: moved.runId, cameBack: back.runId } : null;
}

/** Moving back is possible, now or after the rest of the soak. */
export interface Failback {
  readonly instance: InstanceState;
  readonly sinceMs: number;
  readonly readyAtMs: number;
}

/**
 * Whether the old primary follows again without lag, and since when. null: not the same instance, not healthy, something
 * else to do first, or its lag is not known.
 */
export function failbackOf(of: {
  readonly cluster: ClusterState;
  readonly left: Pick<Report, 'plan'>;
  readonly cameBack: Pick<Report, 'plan' | 'endedAtMs'>;
  readonly history: Pick<ClusterHistory, 'instances'> | undefined;
}): Failback | null {
  const { cluster, left, cameBack, history } = of;
  const primary = cluster.instances.find((each) => each.id === cluster.primaryId);
  const instance = cluster.instances.find((each) => each.name === left.plan.impact.primary);
  if (!primary || !instance || primary.name !== left.plan.impact.candidate || cameBack.endedAtMs === null) return null;
  if (cameBack.plan.impact.candidate !== instance.name || cluster.runningOperation !== null) return null;
  // The worst first: nothing is proposed while something else is wrong.
  if (cluster.findings.some((finding) => finding.severity !== 'note') || !follows(instance)) return null;
  const points = history?.instances.find((each) => each.instanceId === instance.id)?.points;
  if (!points) return null;
  const late = points.findLast(
    (point) => Math.max(point.heartbeatLag ?? 0, point.positionLag ?? 0, point.serverLag ?? 0) > noLagSeconds,
  );
  const sinceMs = Math.max(cameBack.endedAtMs, late?.atMs ?? 0);
  return { instance, sinceMs, readyAtMs: sinceMs + soakMs };
}

function follows({ reach, readOnly, channels, errantGtid, lag }: InstanceState): boolean {
  const [channel] = channels;
  return (
    reach === 'answering' &&
    readOnly === true &&
    errantGtid === '' &&
    channel?.receiver === 'running' &&
    channel.applier === 'running' &&
    lag?.seconds != null &&
    lag.seconds <= noLagSeconds
  );
}
