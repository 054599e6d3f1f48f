import { describe, expect, it } from 'vitest';
import type { ClusterState, HistoryPoint, InstanceState } from '@shared/model/fleet';
import type { OperationKind, Plan } from '@shared/model/plan';
import type { RunSummary } from '@shared/model/run';
import { demoChannel, demoCluster, demoFinding } from '../../dev/demo-fleet';
import { demoPlan } from '../../dev/demo-plan';
import { failbackOf, failbackRuns, soakMs } from './failback';

const run = (kind: OperationKind, startedAtMs: number, state: RunSummary['state'] = 'succeeded'): RunSummary => ({
  runId: `${kind}-${startedAtMs}`,
  kind,
  clusterId: 'wallet',
  cluster: 'wallet',
  title: kind,
  state,
  by: 'on-call',
  startedAtMs,
  endedAtMs: startedAtMs + 1,
  writeGapMs: null,
  drillId: null,
});

describe('the runs by which a primary left and came back', () => {
  it.each<[string, readonly RunSummary[], string | null]>([
    ['a failover and a rejoin', [run('rejoin', 5), run('failover', 2)], 'rejoin-5'],
    ['a failover and a new copy', [run('reprovision', 5), run('failover', 2)], 'reprovision-5'],
    ['moved again since', [run('switchover', 9), run('rejoin', 5), run('failover', 2)], null],
    ['a rejoin of before', [run('failover', 6), run('rejoin', 5)], null],
    ['a rejoin that failed', [run('rejoin', 5, 'failed'), run('failover', 2)], null],
    ['nothing', [], null],
  ])('%s', (_what, runs, cameBack) => expect(failbackRuns(runs)?.cameBack ?? null).toBe(cameBack));
});

const base = demoCluster({ name: 'wallet', regions: ['eu'], replicas: 2 });
const returned: Partial<InstanceState> = { channels: [demoChannel('wallet-2')], readOnly: true };
const cluster = (old: Partial<InstanceState> = {}, more: Partial<ClusterState> = {}): ClusterState => ({
  ...base,
  primaryId: 'wallet-2',
  instances: base.instances.map((each) =>
    each.name === 'wallet-1'
      ? { ...each, lag: base.instances[1]?.lag ?? null, ...returned, ...old }
      : each.name === 'wallet-2'
        ? { ...each, channels: [], readOnly: false }
        : each,
  ),
  ...more,
});
const planOf = (primary: string, candidate: string): Plan => ({
  ...demoPlan(0),
  impact: { ...demoPlan(0).impact, primary, candidate },
});
const point = (atMs: number, positionLag: number | null): HistoryPoint => ({
  atMs,
  positionLag,
  serverLag: 0,
  workerLag: null,
  heartbeatLag: null,
  commitsPerSecond: 1,
});
const ask = (now: ClusterState, points: readonly HistoryPoint[] | null): ReturnType<typeof failbackOf> =>
  failbackOf({
    cluster: now,
    left: { plan: planOf('wallet-1', 'wallet-2') },
    cameBack: { plan: planOf('wallet-2', 'wallet-1'), endedAtMs: 1_000 },
    history: points === null ? undefined : { instances: [{ instanceId: 'wallet-1', points }] },
  });

describe('the failback', () => {
  it('is ready one soak after the return', () =>
    expect(ask(cluster(), [point(2_000, 0.2)])?.readyAtMs).toBe(1_000 + soakMs));

  it('waits a whole soak again after a lag', () =>
    expect(ask(cluster(), [point(2_000, 0.2), point(90_000, 30), point(95_000, 0.2)])?.readyAtMs).toBe(
      90_000 + soakMs,
    ));

  it.each<[string, ClusterState]>([
    ['it lags', cluster({ lag: { ...(base.instances[1]?.lag as NonNullable<InstanceState['lag']>), seconds: 30 } })],
    ['its lag is not known', cluster({ lag: null })],
    ['it takes writes', cluster({ readOnly: false })],
    ['it holds writes of its own', cluster({ errantGtid: 'x' })],
    ['somebody else is the primary', cluster({}, { primaryId: 'wallet-3' })],
    ['an operation runs', cluster({}, { runningOperation: { runId: 'r', title: 'x' } })],
    [
      'something is wrong',
      cluster(
        {},
        { findings: [demoFinding({ code: 'lag-high', severity: 'watch', title: 'x', clusterId: 'wallet' })] },
      ),
    ],
  ])('is not proposed while %s', (_what, now) => expect(ask(now, [point(2_000, 0.2)])).toBeNull());

  it('is not proposed before the history was read', () => expect(ask(cluster(), null)).toBeNull());
});
