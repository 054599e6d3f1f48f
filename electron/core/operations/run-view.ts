import { movesPrimary, type Step } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import type { Blocker, JournalEntry, ProbeView, RunState, RunView, StepAdvance, StepProgress } from '@shared/model/run';
import type { RunRecord } from '../ports/store';

const emptyProbe: ProbeView = { outcomes: [], acknowledged: 0, refused: 0, writeGapMs: null };

/** States in which a run is at work; found at start they mean that the console died. */
export const isActive = (state: RunState): boolean => ['running', 'cancelling', 'undoing', 'verifying'].includes(state);

/** Progress of each step, from the journal alone. */
export function stepProgress(run: RunRecord, journal: readonly JournalEntry[]): readonly StepProgress[] {
  const hasEnded = journal.some((entry) => entry.type === 'ended' && entry.data['adopted'] === undefined);
  return run.plan.steps.map((step): StepProgress => {
    let progress: StepProgress = {
      stepId: step.id,
      status: 'todo',
      startedAtMs: null,
      tookMs: null,
      proof: '',
      error: '',
    };
    for (const entry of journal) {
      // Another process took over: the time between the two is nobody's step.
      if (entry.type === 'note' && entry.data['process'] !== undefined) progress = { ...progress, startedAtMs: null };
      if (entry.stepId !== step.id) continue;
      const tookMs = progress.startedAtMs === null ? null : entry.atMs - progress.startedAtMs;
      if (entry.type === 'intent')
        progress = { ...progress, status: 'running', startedAtMs: entry.atMs, tookMs: null, error: '' };
      else if (entry.type === 'done') progress = { ...progress, tookMs };
      else if (entry.type === 'verified') progress = { ...progress, status: 'done', tookMs, proof: entry.text };
      else if (entry.type === 'failed') progress = { ...progress, status: 'failed', tookMs, error: entry.text };
      else if (entry.type === 'unknown') progress = { ...progress, status: 'unknown', tookMs, error: entry.text };
      else if (entry.type === 'undo-intent') progress = { ...progress, status: 'undoing' };
      else if (entry.type === 'undone') progress = { ...progress, status: 'undone' };
      else if (entry.type === 'undo-failed') progress = { ...progress, status: 'undo-failed', error: entry.text };
    }
    // It was under way when the run was ended: nobody said how it went.
    if (progress.status === 'running' && hasEnded)
      return { ...progress, status: 'unknown', error: 'It was under way when the run ended' };
    return progress;
  });
}

/**
 * True from the moment a statement of the first irreversible step was written to the journal, which is before it is sent:
 * after that nobody may assume that it did not happen, and without it nothing was sent.
 */
const isForward = (step: Step, entry: JournalEntry): boolean =>
  step.statements.find((one) => one.key === entry.data['key'])?.phase !== 'undo';

export const passedPointOfNoReturn = (run: RunRecord, journal: readonly JournalEntry[]): boolean => {
  const step = run.plan.steps.find((one) => one.pointOfNoReturn);
  if (!step) return false;
  const last = journal.findLast(
    (entry) =>
      entry.stepId === step.id &&
      (entry.type === 'not-passed' || (entry.type === 'statement' && isForward(step, entry))),
  );
  return last?.type === 'statement';
};

const measured = (journal: readonly JournalEntry[], name: string): number | null => {
  const value = journal.findLast((entry) => entry.type === 'measure' && entry.data[name] !== undefined)?.data[name];
  return typeof value === 'number' ? value : null;
};

export const measuredWriteGapMs = (journal: readonly JournalEntry[]): number | null => measured(journal, 'writeGapMs');

const nextSteps: Readonly<Record<RunState, string>> = {
  'awaiting-approval': 'Read the plan, then type the cluster’s name',
  running: '',
  cancelling: 'The step at work ends first',
  undoing: 'Writes are being given back',
  verifying: '',
  succeeded: '',
  failed: 'Everything done was undone. Read the failed step, mend its cause, plan again',
  cancelled: 'Everything done was undone. Plan again when you are ready',
  'needs-attention':
    'Past the point of no return: read the failed step, look at the servers, then carry on or take them as they are',
  interrupted:
    'The console ended in the middle: look at the servers, then carry on, roll back or take them as they are',
  adopted: '',
};

const notPromoted =
  'Nobody was promoted. What was done to keep the old primary from writing stays done: look at it, then plan again';

const staysClosed =
  'The instance stays closed and in quarantine. Read the failed step, mend its cause, then plan the rejoin again';

/** For `needs-attention` before the point of no return. */
const undoFailed =
  'An undo failed: read that step and do it by hand. The old primary stays the primary; look whether it takes writes';

/** The same of a kind that leaves the primary alone. */
const quietUndoFailed = 'An undo failed: read that step and do it by hand. The primary was not touched';

/** What a person reads while a run of such a kind is undone: nobody's writes were held up. */
const quietUndoing = 'What was done is being undone';

export function runView(
  run: RunRecord,
  journal: readonly JournalEntry[],
  live: {
    readonly probe?: ProbeView;
    readonly blockers?: readonly Blocker[];
    readonly advance?: StepAdvance | null;
  } = {},
): RunView {
  const steps = stepProgress(run, journal);
  const past = passedPointOfNoReturn(run, journal);
  const ended = journal.findLast((entry) => entry.type === 'ended');
  const failure = journal.findLast(
    (entry) => entry.type === 'failed' || entry.type === 'undo-failed' || entry.type === 'unknown',
  );
  const quiet = !movesPrimary(run.plan.kind) && run.plan.kind !== 'drill';
  const turnedBack = run.state === 'failed' || run.state === 'cancelled';
  const nextStep =
    run.state === 'needs-attention' && !past
      ? quiet
        ? quietUndoFailed
        : undoFailed
      : quiet && run.state === 'undoing'
        ? quietUndoing
        : turnedBack && run.plan.kind === 'failover'
          ? notPromoted
          : turnedBack && run.plan.kind === 'rejoin'
            ? staysClosed
            : nextSteps[run.state];
  const bad = run.state === 'failed' || run.state === 'needs-attention';
  return {
    runId: run.runId,
    plan: run.plan,
    state: run.state,
    by: run.by,
    startedAtMs: run.startedAtMs,
    endedAtMs: ended?.atMs ?? null,
    steps,
    currentStepId: steps.findLast((one) => one.status === 'running' || one.status === 'undoing')?.stepId ?? null,
    pastPointOfNoReturn: past,
    cancellable: run.state === 'running' && !past,
    probe: live.probe ?? {
      ...emptyProbe,
      writeGapMs: measuredWriteGapMs(journal),
      acknowledged: measured(journal, 'acknowledged') ?? 0,
    },
    blockers: live.blockers ?? [],
    advance:
      steps.find((one) => one.stepId === live.advance?.stepId)?.status === 'running' ? (live.advance ?? null) : null,
    journal,
    error: bad && failure ? { code: 'statement-failed', message: failure.text, nextStep, details: {} } : null,
    nextStep,
  };
}

const chose = (run: RunRecord, code: string): boolean =>
  run.plan.choices.some((one) => one.chosen && one.code === code);

/** A run that was carried on has its own time, and measures none from the first click. */
function clickToOpenMs(run: RunRecord, journal: readonly JournalEntry[]): number | null {
  const open = run.plan.steps.find((one) => one.pointOfNoReturn);
  const seen = journal.find((entry) => entry.stepId === open?.id && entry.type === 'verified');
  const carriedOn = journal.some((entry) => entry.type === 'note' && entry.data['process'] !== undefined);
  return seen && !carriedOn ? seen.atMs - run.startedAtMs : null;
}

/** What happened when, in words: begin and end of each step, and what was noted. */
function timelineOf(
  run: RunRecord,
  journal: readonly JournalEntry[],
  titles: ReadonlyMap<string, Step>,
): Report['timeline'] {
  const said: Partial<Record<JournalEntry['type'], (entry: JournalEntry, title: string) => string>> = {
    approved: (entry) => entry.text,
    intent: (_entry, title) => title,
    verified: (entry, title) => `${title}: ${entry.text}`,
    failed: (entry, title) => `${title} failed: ${entry.text}`,
    unknown: (entry, title) => `${title}: nobody knows yet. ${entry.text}`,
    'undo-intent': (entry) => `Undo: ${entry.text}`,
    'undo-failed': (entry) => `Undo failed: ${entry.text}`,
    cancelled: (entry) => entry.text,
    measure: (entry) => entry.text,
    ended: (entry) => entry.text,
  };
  return journal.flatMap((entry) => {
    const isNote = entry.type === 'note' && entry.data['memory'] === undefined;
    const words = isNote ? entry.text : said[entry.type]?.(entry, titles.get(entry.stepId)?.title ?? '');
    return words === undefined ? [] : [{ atMs: entry.atMs, sinceMs: entry.atMs - run.startedAtMs, text: words }];
  });
}

/** The report: from plan and journal alone, so that it can be made again at any time. */
export function reportOf(run: RunRecord, journal: readonly JournalEntry[]): Report {
  const view = runView(run, journal);
  const titles = new Map(run.plan.steps.map((step) => [step.id, step]));
  // Of a run that turned back, nothing forward is left to do.
  const leftBehind = view.pastPointOfNoReturn
    ? view.steps.filter((one) => titles.get(one.stepId)?.optional && one.status !== 'done')
    : [];
  return {
    runId: run.runId,
    plan: run.plan,
    state: run.state,
    by: run.by,
    reason: run.reason,
    startedAtMs: run.startedAtMs,
    endedAtMs: view.endedAtMs,
    writeGapMs: measuredWriteGapMs(journal),
    clickToOpenMs: clickToOpenMs(run, journal),
    probeAcknowledged: measured(journal, 'acknowledged') ?? 0,
    probeMissing: measured(journal, 'missing'),
    steps: view.steps.map((one) => ({
      ...one,
      title: titles.get(one.stepId)?.title ?? one.stepId,
      plannedMs: titles.get(one.stepId)?.plannedMs ?? 0,
    })),
    proof: journal.filter((entry) => entry.type === 'verified').map((entry) => ({ text: entry.text, holds: true })),
    timeline: timelineOf(run, journal, titles),
    announcedLoss: run.plan.candidates.find((one) => one.instance === run.plan.impact.candidate)?.loss ?? null,
    evidence: journal
      .filter((entry) => typeof entry.data['evidence'] === 'string')
      .map(({ data }) => ({
        path: String(data['evidence']),
        sha256: String(data['sha256'] ?? ''),
        bytes: Number(data['bytes'] ?? 0),
      })),
    leftToDo: [
      ...leftBehind.map((one) => `${titles.get(one.stepId)?.title ?? one.stepId}: ${one.error || 'not done'}`),
      ...view.steps
        .filter((one) => one.status === 'undo-failed')
        .map((one) => `${titles.get(one.stepId)?.undo ?? one.stepId}: ${one.error}`),
      ...(run.state === 'succeeded' &&
      movesPrimary(run.plan.kind) &&
      !run.plan.steps.some((step) => step.action === 'traffic')
        ? [`Point applications to ${run.plan.impact.candidate}: Midwatch did not touch any proxy or DNS name`]
        : []),
      ...(run.state === 'succeeded' && run.plan.kind === 'failover'
        ? [
            `${run.plan.impact.primary} is in quarantine: Midwatch fences it at first sight. Compare its transactions before it returns`,
            ...(run.plan.checks.some((one) => one.code === 'region-lost' && one.status === 'pass')
              ? [
                  'What its region holds besides came from it: each returns by a rejoin, first those whom nobody follows',
                ]
              : []),
          ]
        : []),
      ...(run.state === 'succeeded' && run.plan.kind === 'rejoin' && chose(run, 're-provision')
        ? [`Re-provision ${run.plan.impact.candidate}: it is closed, and no replica yet`]
        : []),
      ...journal.filter((entry) => entry.type === 'note' && entry.data['left'] === true).map((entry) => entry.text),
      ...(run.state === 'interrupted' ? [nextSteps.interrupted] : []),
    ],
    journal,
  };
}
