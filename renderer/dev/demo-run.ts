/** Made-up runs by name, so that each state of the wizard has an address: `#/run/failover-interrupted/run`. */
import { movesPrimary, operationKinds, type OperationKind, type Plan } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import type {
  JournalEntry,
  Reconciliation,
  RunState,
  RunSummary,
  RunView,
  StepAdvance,
  StepProgress,
} from '@shared/model/run';
import { demoFailover } from './demo-failover';
import { demoPlan } from './demo-plan';
import { demoRejoin } from './demo-rejoin';
import { demoRelocate } from './demo-relocate';
import { demoReprovision } from './demo-reprovision';

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
function partsOf(runId: string): { readonly kind: OperationKind; readonly state: RunState } {
  const [kind, ...rest] = runId.split('-');
  const state = states.find((each) => rest.join('-').endsWith(each)) ?? 'running';
  return { kind: operationKinds.find((each) => each === kind) ?? 'switchover', state };
}

/** The failover that made audit-2 the primary: `?failback` shows what comes after the old one is back. */
const auditFailover = (nowMs: number): Plan => {
  const plan = demoFailover(nowMs);
  return {
    ...plan,
    clusterId: 'audit',
    cluster: 'audit',
    impact: { ...plan.impact, primary: 'audit-1', candidate: 'audit-2' },
  };
};

function planAt(kind: OperationKind, nowMs: number): Plan {
  if (kind === 'failover') return demoFailover(nowMs);
  if (kind === 'rejoin') return demoRejoin(nowMs, undefined);
  if (kind === 'reprovision') return demoReprovision(nowMs);
  return kind === 'relocate' ? demoRelocate(nowMs) : demoPlan(nowMs);
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
  // The rejoin is an hour old: long enough for the soak before a failback.
  const startedAtMs = nowMs - (kind === 'rejoin' && state === 'succeeded' ? 3_600_000 : 5_000);
  const plan = runId.startsWith('failover-audit') ? auditFailover(nowMs) : planAt(kind, startedAtMs - 10_000);
  const atStep = movesPrimary(kind) ? step : Math.min(step, 2);
  const done = state === 'succeeded' ? plan.steps.length : Math.min(doneBy[state] ?? atStep, plan.steps.length - 1);
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
    pastPointOfNoReturn: line >= 0 && (movesPrimary(kind) ? done > line : done >= line),
    cancellable: live && (line < 0 || done < line),
    probe: {
      outcomes:
        !movesPrimary(kind) || state === 'interrupted'
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
    advance: live ? advanceOf(kind, plan.steps[done]?.id ?? '', nowMs) : null,
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

/** A copy that goes on: 110 MB/s. Without `?total` given by the server nobody knows how much there is. */
function advanceOf(kind: OperationKind, stepId: string, nowMs: number): StepAdvance | null {
  if (movesPrimary(kind)) return null;
  const share = (nowMs % 30_000) / 30_000;
  return kind === 'reprovision'
    ? {
        stepId,
        text: 'copying files from audit-3',
        done: share * 3.4e9,
        total: 3.4e9,
        unit: 'bytes',
        perSecond: 110e6,
        secondsLeft: ((1 - share) * 3.4e9) / 110e6,
      }
    : {
        stepId,
        text: 'applies what it has received',
        done: Math.round(share * 12_000),
        total: null,
        unit: 'transactions',
        perSecond: 2_310,
        secondsLeft: null,
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
    evidence: evidenceOf(plan),
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
    proof: !movesPrimary(plan.kind)
      ? [{ text: plan.impact.achieved, holds: true }]
      : [
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
    timeline: !movesPrimary(plan.kind)
      ? [moment(0, 'on-call approved'), moment(6_300, 'Done')]
      : failover
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
    leftToDo: !movesPrimary(plan.kind)
      ? []
      : failover
        ? [`Rejoin ${primary} as a replica of ${candidate}`, 'Rebuild orders-eu-5: 3 errant transactions']
        : [`Point the application’s writer endpoint at ${candidate} if it is not a proxy`],
    journal: run.journal,
  };
}

const evidenceOf = (plan: Plan): Report['evidence'] =>
  plan.kind !== 'rejoin'
    ? []
    : ['errant-audit-1-rows.txt', 'errant-audit-1-events.sql'].map((name, index) => ({
        path: `/home/on-call/.config/Midwatch/evidence/rejoin-0413/${name}`,
        sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        bytes: 4_212 + index * 1_830,
      }));

/** Runs for the lists; `waiting` adds the two that need a person. */
export const demoRuns = (nowMs: number, waiting: boolean): readonly RunSummary[] =>
  [
    'switchover-running',
    'switchover-succeeded',
    'failover-succeeded',
    'failover-adopted',
    'reprovision-succeeded',
    'rejoin-succeeded',
    'failover-audit-succeeded',
    'relocate-succeeded',
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
