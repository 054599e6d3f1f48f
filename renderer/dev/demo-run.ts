/** Made-up runs by name, so that each state of the wizard has an address: `#/run/failover-interrupted/run`. */
import type { Plan } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import type { JournalEntry, Reconciliation, RunState, RunSummary, RunView, StepProgress } from '@shared/model/run';
import { demoFailover } from './demo-failover';
import { demoPlan } from './demo-plan';

const states: readonly RunState[] = [
  'running',
  'undoing',
  'succeeded',
  'failed',
  'needs-attention',
  'interrupted',
  'adopted',
];

/** `failover-undoing`: kind and state of a run by its id; anything else is a switchover at work. */
function partsOf(runId: string): { readonly kind: 'switchover' | 'failover'; readonly state: RunState } {
  const [kind, ...rest] = runId.split('-');
  const state = states.find((each) => each === rest.join('-')) ?? 'running';
  return { kind: kind === 'failover' ? 'failover' : 'switchover', state };
}

const doneBy: Readonly<Partial<Record<RunState, number>>> = {
  undoing: 2,
  'needs-attention': 6,
  interrupted: 4,
  failed: 0,
  adopted: 4,
};

const ends = new Set<RunState>(['succeeded', 'failed', 'needs-attention', 'adopted']);

function progress(run: { plan: Plan; done: number; startedAtMs: number; state: RunState }): readonly StepProgress[] {
  let at = run.startedAtMs;
  return run.plan.steps.map((each, index): StepProgress => {
    const tookMs = Math.round(each.plannedMs * (index % 3 === 2 ? 1.4 : 0.9));
    const base = { stepId: each.id, startedAtMs: at, tookMs, proof: `${each.target} observed`, error: '' };
    at += tookMs;
    if (index < run.done)
      return { ...base, status: run.state === 'undoing' && index === run.done - 1 ? 'undoing' : 'done' };
    if (index === run.done && run.state === 'undoing')
      return { ...base, status: 'failed', error: 'STOP REPLICA not done in 5 s' };
    if (index === run.done && (run.state === 'running' || run.state === 'interrupted'))
      return { ...base, status: 'running', tookMs: null, proof: '' };
    if (index === run.done && run.state === 'needs-attention') return { ...base, status: 'unknown', tookMs: null };
    return { ...base, status: 'todo', startedAtMs: null, tookMs: null, proof: '' };
  });
}

const journalOf = (plan: Plan, done: number, startedAtMs: number): readonly JournalEntry[] =>
  plan.steps.slice(0, done + 1).flatMap((step, index) =>
    (['intent', 'done', 'verified'] as const).map((type, nth) => ({
      seq: index * 3 + nth + 1,
      atMs: startedAtMs + index * 300 + nth * 40,
      runId: 'run-0412',
      stepId: step.id,
      type,
      text: `step ${index + 1} on ${step.target}: ${type === 'intent' ? (step.statements[0]?.text ?? '') : step.verify}`,
      data: {},
    })),
  );

/** The run of that name. `step` moves a run at work on to its step `step + 1`. */
export function demoRun(runId: string, nowMs: number, step = 3): RunView {
  const { kind, state } = partsOf(runId);
  const startedAtMs = nowMs - 5_000;
  const plan = kind === 'failover' ? demoFailover(startedAtMs - 10_000) : demoPlan(startedAtMs - 10_000);
  const done = state === 'succeeded' ? plan.steps.length : (doneBy[state] ?? step);
  const line = plan.steps.findIndex((each) => each.pointOfNoReturn);
  const live = state === 'running';
  const { primary, candidate } = plan.impact;
  return {
    runId,
    plan,
    state,
    by: 'on-call',
    startedAtMs,
    endedAtMs: ends.has(state) ? nowMs : null,
    steps: progress({ plan, done, startedAtMs, state }),
    currentStepId: live || state === 'undoing' ? (plan.steps[live ? done : done - 1]?.id ?? null) : null,
    pastPointOfNoReturn: done > line,
    cancellable: live && done < line,
    probe: {
      outcomes:
        state === 'interrupted'
          ? []
          : Array.from({ length: 120 }, (_, index) => ({
              atMs: nowMs - (120 - index) * 50,
              outcome:
                kind === 'failover'
                  ? state === 'succeeded' && index > 100
                    ? 'acknowledged'
                    : 'refused'
                  : index < 80
                    ? 'acknowledged'
                    : 'refused',
              instance: kind === 'failover' && index > 100 ? candidate : primary,
            })),
      acknowledged: state === 'interrupted' ? 0 : 18_204,
      refused: 32,
      writeGapMs: state === 'succeeded' ? 208_800 : null,
    },
    advance: null,
    blockers:
      kind === 'switchover' && live && done === 2
        ? [
            {
              sessionId: 81204,
              user: 'report@10.8.9.2',
              seconds: 12,
              statement: 'UPDATE account SET balance = balance * 1.0004',
            },
          ]
        : [],
    journal: journalOf(plan, done, startedAtMs),
    error: errorOf(state, plan),
    nextStep: state === 'interrupted' || state === 'needs-attention' ? 'Look at the servers, then choose.' : '',
  };
}

function errorOf(state: RunState, plan: Plan): RunView['error'] {
  const of = (message: string, nextStep: string): RunView['error'] => ({
    code: 'internal',
    message,
    nextStep,
    details: {},
  });
  if (state === 'interrupted')
    return of('Midwatch ended while step 5 was at work', 'Look at the servers, then choose.');
  if (state === 'undoing') return of('STOP REPLICA was not done in 5 s', 'What was done is being undone.');
  if (state === 'needs-attention')
    return of(
      `${plan.impact.candidate} takes writes, but the application endpoint still refuses`,
      'Look at the servers, then choose.',
    );
  return null;
}

/** What is found on the servers for a stopped run. */
export function demoReconciliation(runId: string, nowMs: number): Reconciliation {
  const { plan, steps } = demoRun(runId, nowMs);
  const { candidate } = plan.impact;
  const passed = runId.endsWith('needs-attention');
  const done = steps.filter((each) => each.status === 'done').length;
  return {
    runId,
    atMs: nowMs,
    situation: passed
      ? `${candidate} takes writes; the application endpoint does not lead to it.`
      : `Nobody takes writes: ${plan.impact.primary} is fenced, ${candidate} is still read-only. Nothing was written since.`,
    steps: plan.steps.map((step, index) => ({
      stepId: step.id,
      title: step.title,
      found: index < done ? 'done' : index === done ? (passed ? 'unknown' : 'not-done') : 'not-asked',
      evidence:
        index < done
          ? `${step.target}: as the step leaves it, observed by a new connection`
          : index === done
            ? passed
              ? 'the endpoint refuses connections'
              : `${candidate}: super_read_only is ON`
            : '',
    })),
    choices: [
      {
        choice: 'continue',
        possible: true,
        recommended: true,
        why: `Carries on with step ${done + 1}: ${candidate} takes the writes.`,
      },
      passed
        ? {
            choice: 'roll-back',
            possible: false,
            recommended: false,
            why: `${candidate} has taken 412 writes: rolling back would lose them.`,
          }
        : {
            choice: 'roll-back',
            possible: true,
            recommended: false,
            why: 'Undoes 4 steps. Nothing was written to the new primary.',
          },
      {
        choice: 'adopt',
        possible: true,
        recommended: false,
        why: 'Changes nothing: the run is settled with your note.',
      },
    ],
  };
}

/** The report of a run. */
export function demoReport(runId: string, nowMs: number): Report {
  const run = demoRun(runId, nowMs);
  const { plan } = run;
  const { primary, candidate } = plan.impact;
  const failover = plan.kind === 'failover';
  const moment = (sinceMs: number, text: string): Report['timeline'][number] => ({
    atMs: run.startedAtMs + sinceMs,
    sinceMs,
    text,
  });
  return {
    runId,
    plan,
    state: run.state,
    by: run.by,
    evidence: [],
    reason: failover ? 'primary killed by OOM' : 'patch window',
    startedAtMs: run.startedAtMs,
    endedAtMs: run.endedAtMs === null ? null : run.startedAtMs + 6_300,
    writeGapMs: run.state === 'succeeded' ? (failover ? 208_800 : 742) : null,
    clickToOpenMs: null,
    probeAcknowledged: 18_204,
    probeMissing: run.state === 'succeeded' ? 0 : null,
    steps: run.steps.map((each, index) => ({
      ...each,
      title: plan.steps[index]?.title ?? '',
      plannedMs: plan.steps[index]?.plannedMs ?? 0,
    })),
    proof: [
      { text: `${candidate} accepts writes: term 18 written and read back by a new connection`, holds: true },
      {
        text: failover
          ? `${primary} is off: no process, no listener, unit masked`
          : `${primary} refuses writes: error 1290 observed`,
        holds: true,
      },
      { text: `Acknowledged rows of the probe: 18,204 of 18,204 on ${candidate}`, holds: true },
      { text: `3 of 4 replicas follow ${candidate}`, holds: !failover },
    ],
    timeline: failover
      ? [
          moment(-204_000, `Last write acknowledged by ${primary}`),
          moment(-197_800, 'Verdict: dead, from 4 viewpoints'),
          moment(0, `on-call promoted ${candidate}, told: loses 0 transactions`),
          moment(1_310, `${primary} fenced: no process, no listener`),
          moment(4_450, 'Point of no return'),
          moment(4_800, `First write acknowledged by ${candidate}`),
          moment(6_300, 'Done'),
        ]
      : [
          moment(0, 'on-call approved'),
          moment(300, `${primary} fenced`),
          moment(1_310, 'Point of no return'),
          moment(2_249, 'Done'),
        ],
    announcedLoss: plan.candidates.find((each) => each.instance === candidate)?.loss ?? null,
    leftToDo: failover
      ? [`Rejoin ${primary} as a replica of ${candidate}`, 'Rebuild orders-eu-5: 3 errant transactions']
      : [`Point the application’s writer endpoint at ${candidate} if it is not a proxy`],
    journal: run.journal,
  };
}

/** Runs for the lists; `waiting` adds the two that need a person. */
export const demoRuns = (nowMs: number, waiting: boolean): readonly RunSummary[] =>
  [
    'switchover-running',
    'switchover-succeeded',
    'failover-succeeded',
    'failover-adopted',
    ...(waiting ? ['failover-interrupted', 'failover-needs-attention'] : []),
  ].map((runId, index) => {
    const { plan, state, by } = demoRun(runId, nowMs);
    const startedAtMs = nowMs - index * 90_000_000 - 5_000;
    return {
      runId,
      kind: plan.kind,
      clusterId: plan.clusterId,
      cluster: plan.cluster,
      title: plan.title,
      state,
      by,
      startedAtMs,
      endedAtMs: ends.has(state) ? startedAtMs + 6_300 : null,
      writeGapMs: state === 'succeeded' ? (plan.kind === 'failover' ? 208_800 : 742) : null,
      drillId: null,
    };
  });
