import {
  bareParts,
  type Candidate,
  type Check,
  type Loss,
  type Plan,
  type PlannedStatement,
  type Step,
} from '@shared/model/plan';

const gtid = '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-48210377';

/** A check, answered now. */
export const demoCheck = (
  code: string,
  title: string,
  evidence: string,
  status: Check['status'] = 'pass',
  advice = '',
): Check => ({
  code,
  title,
  status,
  evidence,
  advice,
  atMs: 0,
});

/** A step that sends each line of `send`, by SQL unless `by` says otherwise. */
export function demoStep(
  of: Pick<Step, 'id' | 'title' | 'target' | 'plannedMs'> &
    Partial<Step> & { readonly send: readonly string[]; readonly by?: PlannedStatement['by'] },
): Step {
  const { send, by = 'sql', ...more } = of;
  return {
    action: of.id,
    guard: 'The lock of this run is still held on every instance',
    verify: 'A new connection observes the change',
    undo: 'The variable is set back to what it was',
    ifUnknown: 'Ask the instance by a new connection before anything else',
    timeoutMs: 5_000,
    undoTimeoutMs: 5_000,
    pointOfNoReturn: false,
    optional: false,
    beside: false,
    params: {},
    statements: send.map((text, index) => ({
      key: `${of.id}-${index}`,
      phase: 'run',
      instanceId: of.target,
      instance: of.target,
      by,
      text,
    })),
    ...more,
  };
}

const steps: readonly Step[] = [
  demoStep({
    id: 'lock',
    title: 'Lock the cluster',
    target: 'wallet-1 … wallet-4',
    plannedMs: 100,
    send: ["SELECT GET_LOCK('midwatch:wallet', 0)"],
  }),
  demoStep({
    id: 'prepare',
    title: 'Prepare wallet-2',
    target: 'wallet-2',
    plannedMs: 80,
    send: ['SET GLOBAL rpl_semi_sync_source_enabled = ON'],
  }),
  demoStep({
    id: 'fence',
    title: 'Fence wallet-1: refuse writes',
    target: 'wallet-1',
    plannedMs: 300,
    send: ['SET GLOBAL offline_mode = ON', 'SET GLOBAL super_read_only = ON'],
  }),
  demoStep({
    id: 'drain',
    title: 'Wait until wallet-2 has all',
    target: 'wallet-2',
    plannedMs: 400,
    send: ['SELECT WAIT_FOR_EXECUTED_GTID_SET(:frozen_set, 5)'],
  }),
  demoStep({
    id: 'promote',
    title: 'Promote wallet-2',
    target: 'wallet-2',
    plannedMs: 300,
    send: ["STOP REPLICA FOR CHANNEL ''", 'SET PERSIST super_read_only = OFF', 'SET PERSIST read_only = OFF'],
    pointOfNoReturn: true,
    undo: null,
  }),
  demoStep({
    id: 'prove',
    title: 'Prove by a new connection',
    target: 'wallet-2',
    plannedMs: 120,
    send: ['INSERT INTO midwatch.term VALUES (:term, :run)'],
    undo: null,
  }),
  demoStep({
    id: 'repoint',
    title: 'Repoint wallet-1, wallet-3, wallet-4',
    target: 'wallet-1, -3, -4',
    plannedMs: 800,
    send: [
      "CHANGE REPLICATION SOURCE TO SOURCE_HOST='wallet-2', SOURCE_PASSWORD=:replication_password",
      'START REPLICA',
    ],
    undo: null,
    optional: true,
  }),
];

/** A plan that can run, valid for half a minute. */
export function demoPlan(nowMs: number): Plan {
  return {
    ...bareParts,
    id: 'plan-1',
    kind: 'switchover',
    clusterId: 'wallet',
    cluster: 'wallet',
    title: 'Switchover: wallet',
    createdAtMs: nowMs,
    expiresAtMs: nowMs + 30_000,
    basis: { seenAtMs: nowMs, facts: { primary: 'wallet-1', replicas: '3' } },
    checks: [
      demoCheck('answering', 'Every instance answers', '4 of 4 in under 0.1 s'),
      demoCheck('gtid', 'GTID everywhere', 'gtid_mode ON on 4 of 4'),
      demoCheck('errant', 'No errant transactions', '0 on 3 of 3 replicas'),
      demoCheck('lag', 'The candidate is close', 'wallet-2 0.1 s behind, 0 to apply'),
      demoCheck(
        'long-trx',
        'No long transaction',
        '1 open for 12 s by report@10.8.9.2',
        'warn',
        'The fence waits for it at most 5 s.',
      ),
      demoCheck('grants', 'The account may do it all', '6 of 6 capabilities on 4 of 4'),
    ].map((each) => ({ ...each, atMs: nowMs - 1_000 })),
    candidates: [
      candidate('wallet-2', 'best', 0, 0.1, 'Has everything, acknowledges by semi-sync, same region'),
      candidate('wallet-3', 'possible', 12, 0.4, 'Has everything; other region: +24 ms for each commit'),
      { ...candidate('wallet-4', 'excluded', 1_482_911, 702, 'Delayed 1 h on purpose'), lostTransactions: null },
    ],
    steps,
    impact: {
      primary: 'wallet-1',
      candidate: 'wallet-2',
      writeGapMs: 820,
      lostTransactions: 0,
      sentences: [
        'Writes wait from step 3 to step 6. Reads go on.',
        'Open transactions on wallet-1 roll back when it is fenced; their clients get an error.',
        'Until step 5 the run can be cancelled and wallet-1 takes writes again.',
      ],
      achieved: '',
    },
    actLabel: 'Switch over to wallet-2, lose 0 transactions',
    applyable: true,
    refusals: [],
  };
}

const candidate = (
  instance: string,
  state: Candidate['state'],
  toApply: number,
  waitSeconds: number,
  why: string,
): Candidate => demoCandidate({ instance, state, toApply, waitSeconds, why, loss: null });

/** A candidate; its lost transactions follow its loss. */
export const demoCandidate = (
  of: Pick<Candidate, 'instance' | 'state' | 'toApply' | 'waitSeconds' | 'why'> &
    Partial<Candidate> & { readonly loss: Loss | null },
): Candidate => ({
  instanceId: of.instance,
  region: 'eu-central',
  executedGtid: gtid,
  lostTransactions: of.loss === null ? 0 : of.loss.transactions,
  rules: [],
  ...of,
});
