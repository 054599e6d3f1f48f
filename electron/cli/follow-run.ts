import type { JournalEntry, RunState, RunView } from '@shared/model/run';
import type { Application } from '../core/application';
import { since } from '../core/operations/report/report-words';
import { reportData } from '../core/operations/report/report-json';
import { reportText } from '../core/operations/report/report-text';
import { exitCodes, type CommandInput, type Outcome } from './command';

/** Where a run ended, as an exit code: its old primary stays, or a person is needed. */
const codes: Partial<Readonly<Record<RunState, number>>> = {
  succeeded: exitCodes.ok,
  adopted: exitCodes.ok,
  failed: exitCodes.undone,
  cancelled: exitCodes.undone,
  'needs-attention': exitCodes.act,
  interrupted: exitCodes.act,
};

/** The exit code of a run in this state; `act` while it is not over. */
export const codeOf = (state: RunState): number => codes[state] ?? exitCodes.act;

/**
 * Says what a run does until it ends, and ends with its report. Ctrl-C cancels it while it can turn back; after that it says
 * so and waits, because leaving in the middle would help nobody.
 */
export async function followRun(input: CommandInput, runId: string): Promise<Outcome> {
  const { app, signal, say } = input;
  const told = new Teller(app, runId, say);
  const stop = app.operations.onChange((changed) => {
    if (changed === runId) told.tellNew();
  });
  const onAbort = (): void => {
    if (app.operations.view(runId).cancellable) {
      say('Turning back…', { event: 'cancelling', runId });
      app.operations.cancel(runId);
    } else {
      say('This cannot be turned back now: waiting for its end', { event: 'not-cancellable', runId });
    }
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await app.operations.ended(runId);
    told.tellNew();
  } finally {
    stop();
    signal.removeEventListener('abort', onAbort);
  }
  return reportOutcome(input, runId);
}

/** The report of a run as the end of a command. */
export function reportOutcome({ app, version }: CommandInput, runId: string): Outcome {
  const report = app.operations.report(runId);
  return {
    data: reportData(report, { atMs: app.clock.nowMs(), version }),
    text: `\n${reportText(report)}`,
    code: codeOf(report.state),
    asLine: true,
  };
}

/** Tells each entry of a journal once, and each session that holds the fence up. */
class Teller {
  readonly #app: Application;
  readonly #runId: string;
  readonly #say: CommandInput['say'];
  readonly #titles: ReadonlyMap<string, string>;
  readonly #blockers = new Set<number>();
  readonly #fromMs: number;
  #told: number;

  constructor(app: Application, runId: string, say: CommandInput['say']) {
    const view = app.operations.view(runId);
    this.#app = app;
    this.#runId = runId;
    this.#say = say;
    this.#titles = new Map(view.plan.steps.map((step) => [step.id, step.title]));
    this.#fromMs = view.startedAtMs;
    // A run that is carried on has a past, which its report tells.
    this.#told = view.state === 'running' && view.journal.length < 3 ? 0 : view.journal.length;
    this.tellNew();
  }

  tellNew(): void {
    const view = this.#app.operations.view(this.#runId);
    for (const entry of view.journal.slice(this.#told)) this.#tell(entry);
    this.#told = Math.max(this.#told, view.journal.length);
    this.#tellBlockers(view);
  }

  #tell(entry: JournalEntry): void {
    if (entry.data['memory'] !== undefined) return;
    const { seq, atMs, stepId, type, text } = entry;
    const sinceMs = atMs - this.#fromMs;
    const line = lineOf(entry, this.#titles.get(stepId) ?? '');
    const event = { event: 'progress', runId: this.#runId, seq, atMs, sinceMs, stepId, type, text };
    this.#say(line === null ? '' : `${since(sinceMs).padStart(11)}  ${line}`, event);
  }

  #tellBlockers(view: RunView): void {
    for (const blocker of view.blockers) {
      if (this.#blockers.has(blocker.sessionId)) continue;
      this.#blockers.add(blocker.sessionId);
      const statement = blocker.statement.replace(/\s+/g, ' ').slice(0, 100);
      this.#say(
        `${''.padStart(11)}  held up by session ${blocker.sessionId} of ${blocker.user} (${blocker.seconds} s): ${statement}`,
        { event: 'blocker', runId: this.#runId, ...blocker },
      );
    }
  }
}

/** null: only a program wants to know. */
function lineOf(entry: JournalEntry, title: string): string | null {
  switch (entry.type) {
    case 'intent':
      return `${title} …`;
    case 'verified':
      return `✓ ${entry.text}`;
    case 'failed':
    case 'undo-failed':
      return `✗ ${title}: ${entry.text}`;
    case 'unknown':
      return `? ${title}: ${entry.text}`;
    case 'undo-intent':
      return `undo: ${entry.text}`;
    case 'statement':
    case 'done':
    case 'undone':
      return null;
    case 'approved':
    case 'not-passed':
    case 'cancelled':
    case 'note':
    case 'measure':
    case 'ended':
      return entry.text;
  }
}
