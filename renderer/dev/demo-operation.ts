import type { Check, Plan, Report, RunView, Step, StepProgress } from '@shared/model/operation';

const gtid = '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-48210377';

const check = (
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

function step(
  of: Pick<Step, 'id' | 'title' | 'target' | 'plannedMs'> & Partial<Step> & { readonly sql: readonly string[] },
): Step {
  const { sql, ...more } = of;
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
    params: {},
    statements: sql.map((text, index) => ({
      key: `${of.id}-${index}`,
      phase: 'run',
      instanceId: of.target,
      instance: of.target,
      sql: text,
    })),
    ...more,
  };
}

const steps: readonly Step[] = [
  step({
    id: 'lock',
    title: 'Lock the cluster',
    target: 'wallet-1 … wallet-4',
    plannedMs: 100,
    sql: ["SELECT GET_LOCK('midwatch:wallet', 0)"],
  }),
  step({
    id: 'prepare',
    title: 'Prepare wallet-2',
    target: 'wallet-2',
    plannedMs: 80,
    sql: ['SET GLOBAL rpl_semi_sync_source_enabled = ON'],
  }),
  step({
    id: 'fence',
    title: 'Fence wallet-1: refuse writes',
    target: 'wallet-1',
    plannedMs: 300,
    sql: ['SET GLOBAL offline_mode = ON', 'SET GLOBAL super_read_only = ON'],
  }),
  step({
    id: 'drain',
    title: 'Wait until wallet-2 has all',
    target: 'wallet-2',
    plannedMs: 400,
    sql: ['SELECT WAIT_FOR_EXECUTED_GTID_SET(:frozen_set, 5)'],
  }),
  step({
    id: 'promote',
    title: 'Promote wallet-2',
    target: 'wallet-2',
    plannedMs: 300,
    sql: ["STOP REPLICA FOR CHANNEL ''", 'SET PERSIST super_read_only = OFF', 'SET PERSIST read_only = OFF'],
    pointOfNoReturn: true,
    undo: null,
  }),
  step({
    id: 'prove',
    title: 'Prove by a new connection',
    target: 'wallet-2',
    plannedMs: 120,
    sql: ['INSERT INTO midwatch.term VALUES (:term, :run)'],
    undo: null,
  }),
  step({
    id: 'repoint',
    title: 'Repoint wallet-1, wallet-3, wallet-4',
    target: 'wallet-1, -3, -4',
    plannedMs: 800,
    sql: [
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
    id: 'plan-1',
    kind: 'switchover',
    clusterId: 'wallet',
    cluster: 'wallet',
    title: 'Switchover: wallet',
    createdAtMs: nowMs,
    expiresAtMs: nowMs + 30_000,
    basis: { seenAtMs: nowMs, facts: { primary: 'wallet-1', replicas: '3' } },
    checks: [
      check('answering', 'Every instance answers', '4 of 4 in under 0.1 s'),
      check('gtid', 'GTID everywhere', 'gtid_mode ON on 4 of 4'),
      check('errant', 'No errant transactions', '0 on 3 of 3 replicas'),
      check('lag', 'The candidate is close', 'wallet-2 0.1 s behind, 0 to apply'),
      check(
        'long-trx',
        'No long transaction',
        '1 open for 12 s by report@10.8.9.2',
        'warn',
        'The fence waits for it at most 5 s.',
      ),
      check('grants', 'The account may do it all', '6 of 6 capabilities on 4 of 4'),
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
    },
    actLabel: 'Switch over to wallet-2, lose 0 transactions',
    applyable: true,
    refusals: [],
  };
}

const candidate = (
  instance: string,
  state: 'best' | 'possible' | 'excluded',
  toApply: number,
  waitSeconds: number,
  why: string,
): Plan['candidates'][number] => ({
  instanceId: instance,
  instance,
  region: 'eu-central',
  state,
  executedGtid: gtid,
  toApply,
  lostTransactions: 0,
  waitSeconds,
  why,
});

const took = [70, 82, 290, 512, 280, 110, 905];

function progress(done: number, startedAtMs: number, running: boolean): readonly StepProgress[] {
  let at = startedAtMs;
  return steps.map((each, index): StepProgress => {
    const ms = took[index] ?? 0;
    const base = { stepId: each.id, startedAtMs: at, tookMs: ms, proof: `${each.target} observed`, error: '' };
    at += ms;
    if (index < done) return { ...base, status: 'done' };
    if (index === done && running) return { ...base, status: 'running', tookMs: null, proof: '' };
    return { ...base, status: 'todo', startedAtMs: null, tookMs: null, proof: '' };
  });
}

/** A run at work on its step `done + 1`; `state` makes it ended, interrupted and so on. */
export function demoRun(nowMs: number, done: number, state: RunView['state'] = 'running'): RunView {
  const startedAtMs = nowMs - 3_000;
  const plan = demoPlan(startedAtMs - 10_000);
  const live = state === 'running';
  return {
    runId: 'run-0412',
    plan,
    state,
    by: 'on-call',
    startedAtMs,
    endedAtMs: state === 'succeeded' ? nowMs : null,
    steps: progress(done, startedAtMs, live),
    currentStepId: live ? (steps[done]?.id ?? null) : null,
    pastPointOfNoReturn: done >= 4,
    cancellable: live && done < 4,
    probe: {
      outcomes: Array.from({ length: 120 }, (_, index) => ({
        atMs: nowMs - (120 - index) * 50,
        outcome: index < 80 ? 'acknowledged' : index < 112 ? 'refused' : 'waiting',
        instance: 'wallet-1',
      })),
      acknowledged: 18_204,
      refused: 32,
      writeGapMs: null,
    },
    blockers:
      done === 2
        ? [
            {
              sessionId: 81204,
              user: 'report@10.8.9.2',
              seconds: 12,
              statement: 'UPDATE account SET balance = balance * 1.0004',
            },
          ]
        : [],
    journal: steps.slice(0, done + 1).flatMap((each, index) => [
      {
        seq: index * 3 + 1,
        atMs: startedAtMs + index * 300,
        runId: 'run-0412',
        stepId: each.id,
        type: 'intent' as const,
        text: `step ${index + 1} on ${each.target}: ${each.statements[0]?.sql ?? ''}`,
        data: {},
      },
      {
        seq: index * 3 + 2,
        atMs: startedAtMs + index * 300 + 70,
        runId: 'run-0412',
        stepId: each.id,
        type: 'done' as const,
        text: `step ${index + 1}, 0.07 s`,
        data: {},
      },
      {
        seq: index * 3 + 3,
        atMs: startedAtMs + index * 300 + 90,
        runId: 'run-0412',
        stepId: each.id,
        type: 'verified' as const,
        text: `step ${index + 1}: ${each.verify}`,
        data: {},
      },
    ]),
    error:
      state === 'interrupted'
        ? {
            code: 'internal',
            message: 'Midwatch ended while step 4 was at work',
            nextStep: 'wallet-1 refuses writes; wallet-2 has everything',
            details: {},
          }
        : null,
    nextStep: state === 'interrupted' ? 'Look at wallet-1 and wallet-2, then give writes back or go on.' : '',
  };
}

/** The report of a run that succeeded. */
export function demoReport(nowMs: number): Report {
  const run = demoRun(nowMs, steps.length, 'succeeded');
  return {
    runId: run.runId,
    plan: run.plan,
    state: 'succeeded',
    by: run.by,
    reason: 'patch window',
    startedAtMs: run.startedAtMs,
    endedAtMs: run.startedAtMs + 2_249,
    writeGapMs: 742,
    probeAcknowledged: 18_204,
    probeMissing: 0,
    steps: run.steps.map((each, index) => ({
      ...each,
      title: steps[index]?.title ?? '',
      plannedMs: steps[index]?.plannedMs ?? 0,
    })),
    proof: [
      { text: 'wallet-2 accepts writes: term 18 written and read back by a new connection', holds: true },
      { text: 'wallet-1 refuses writes: error 1290 observed', holds: true },
      { text: 'GTID set of wallet-1 is a subset of wallet-2: 0 transactions missing', holds: true },
      { text: '3 of 3 replicas follow wallet-2', holds: true },
    ],
    leftToDo: ['Point the application’s writer endpoint at wallet-2 if it is not a proxy'],
    journal: run.journal,
  };
}
