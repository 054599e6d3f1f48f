/** Made-up drills: one at work, and the evidence of earlier ones. */
import type { Drill, DrillState } from '@shared/model/drill';
import type { Plan } from '@shared/model/plan';
import { demoFailover } from './demo-failover';
import { demoPlan } from './demo-plan';

const dayMs = 86_400_000;

const shares = [
  ['detect', 0.3],
  ['plan', 0.06],
  ['approve', 0.12],
  ['fence', 0.16],
  ['drain', 0.2],
  ['promote', 0.06],
  ['traffic', 0.1],
] as const;

function kept(index: number, rtoMs: number | null, nowMs: number, kind: Drill['kind']): Drill {
  const startedAtMs = nowMs - (index * 7 + 1) * dayMs;
  return {
    drillId: `drill-00${index}`,
    clusterId: 'wallet',
    cluster: 'wallet',
    kind,
    state: rtoMs === null ? 'failed' : 'succeeded',
    unattended: index % 2 === 0,
    by: 'on-call',
    reason: 'weekly drill',
    startedAtMs,
    endedAtMs: startedAtMs + 40_000,
    breakRunId: kind === 'failover' ? 'failover-succeeded' : null,
    runId: `${kind}-succeeded`,
    planId: null,
    oldPrimary: index % 2 === 0 ? 'wallet-1' : 'wallet-2',
    newPrimary: rtoMs === null ? '' : index % 2 === 0 ? 'wallet-2' : 'wallet-1',
    rtoMs,
    phases:
      rtoMs === null
        ? []
        : shares.slice(kind === 'failover' ? 0 : 3).map(([name, share]) => ({ name, ms: Math.round(share * rtoMs) })),
    acknowledged: 18_204 + index * 311,
    missing: rtoMs === null ? null : index === 3 ? 2 : 0,
    announced: index === 3 ? 'Loses 2 transactions for certain.' : 'Loses 0 transactions: every write was received.',
    writesThrough: 'wallet.db.internal:3306',
    fromRegion: '',
    toRegion: '',
    notes: kind === 'failover' ? ['Left to do: start the old primary, bring it back by a rejoin'] : [],
    error: rtoMs === null ? 'No candidate: wallet-2 lagged 48 s. The primary was started again.' : '',
  };
}

/** Drills of the wallet, newest first. */
export const demoDrills = (nowMs: number): readonly Drill[] => [
  ...[18_400, 17_100, null, 24_800, 21_300].map((rtoMs, index) => kept(index, rtoMs, nowMs, 'failover')),
  ...[742, 820, 1_210].map((rtoMs, index) => kept(index + 5, rtoMs, nowMs, 'switchover')),
];

/** A failover drill in that state. */
export const demoLiveDrill = (state: DrillState, nowMs: number): Drill => ({
  ...kept(0, null, nowMs, 'failover'),
  drillId: 'drill-live',
  state,
  unattended: state !== 'awaiting-approval',
  startedAtMs: nowMs - 9_000,
  endedAtMs: null,
  runId: state === 'running' || state === 'measuring' ? 'failover-running' : null,
  planId: state === 'awaiting-approval' ? 'plan-2' : null,
  phases: [
    { name: 'detect', ms: 5_600 },
    { name: 'plan', ms: 1_100 },
  ],
  error: '',
});

/** What a drill would do on a cluster; on a cluster that burns it is refused. */
export function demoDrillPlan(clusterId: string, kind: Drill['kind'], nowMs: number): Plan {
  const base = kind === 'failover' ? demoFailover(nowMs) : demoPlan(nowMs);
  const calm = clusterId === 'wallet' || clusterId === 'shop';
  return {
    ...base,
    kind: kind === 'failover' ? 'drill' : 'switchover',
    clusterId,
    cluster: clusterId,
    title: `Drill: ${clusterId}`,
    impact: {
      ...base.impact,
      primary: `${clusterId}-1`,
      candidate: kind === 'failover' ? '' : `${clusterId}-2`,
      sentences:
        kind === 'failover'
          ? [
              `${clusterId}-1 is killed by SSH. Writes stop until ${clusterId}-2 has taken over, about 18 s.`,
              `${clusterId}-1 is left to be rejoined.`,
            ]
          : [`Writes wait about 0.8 s while ${clusterId}-2 takes over.`],
    },
    actLabel:
      kind === 'failover' ? `Kill ${clusterId}-1 and drill the failover` : `Drill the switchover to ${clusterId}-2`,
    checks:
      kind === 'failover'
        ? [
            {
              code: 'loss',
              title: 'What the drill may lose',
              status: 'warn',
              evidence: 'Replication is asynchronous, 2 transactions behind now',
              advice: 'Run it where that is acceptable.',
              atMs: nowMs,
            },
          ]
        : [],
    applyable: calm,
    refusals: calm
      ? []
      : [
          `${clusterId} is not calm: a drill starts only from a healthy cluster`,
          `The host of ${clusterId}-1 is not reached by SSH`,
        ],
  };
}
