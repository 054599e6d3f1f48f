import type { Tone } from '../../report-page/page-parts';
import { assertNever } from '@shared/assert-never';
import { movesPrimary, type CheckStatus, type Loss, type OperationKind } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import type { RunState, StepStatus } from '@shared/model/run';

const kinds: Readonly<Record<OperationKind, string>> = {
  switchover: 'Switchover',
  failover: 'Failover',
  drill: 'Drill',
  rejoin: 'Rejoin',
  reprovision: 'Re-provision',
  relocate: 'Relocation',
};

/** The kind of an operation in words. */
export const kindWord = (kind: OperationKind): string => kinds[kind];

const states: Readonly<Record<RunState, readonly [Tone, string]>> = {
  'awaiting-approval': ['plain', 'Waits for approval'],
  running: ['plain', 'Running'],
  cancelling: ['watch', 'Being cancelled'],
  undoing: ['watch', 'Being undone'],
  verifying: ['plain', 'Being verified'],
  succeeded: ['good', 'Succeeded'],
  failed: ['watch', 'Failed and undone'],
  cancelled: ['plain', 'Cancelled and undone'],
  'needs-attention': ['bad', 'Needs a person'],
  interrupted: ['bad', 'Interrupted'],
  adopted: ['watch', 'Taken as it is'],
};

/** The state of a run: how to read it, and its word. */
export const stateWord = (state: RunState): readonly [Tone, string] => states[state];

const steps: Readonly<Record<StepStatus, readonly [Tone, string]>> = {
  todo: ['plain', 'not begun'],
  running: ['plain', 'begun'],
  done: ['good', 'done'],
  failed: ['bad', 'failed'],
  unknown: ['watch', 'unknown'],
  undoing: ['watch', 'being undone'],
  undone: ['plain', 'undone'],
  'undo-failed': ['bad', 'undo failed'],
  skipped: ['plain', 'left out'],
};

/** The state of a step: how to read it, and its word. */
export const stepWord = (status: StepStatus): readonly [Tone, string] => steps[status];

const checks: Readonly<Record<CheckStatus, readonly [Tone, string]>> = {
  pass: ['good', 'passed'],
  warn: ['watch', 'warning'],
  fail: ['bad', 'failed'],
  unknown: ['watch', 'unknown'],
};

/** The outcome of a check; unknown is never a pass. */
export const checkWord = (status: CheckStatus): readonly [Tone, string] => checks[status];

/** "0.19 s", "12.4 s", "3 min 05 s"; null is "not measured". */
export function duration(ms: number | null): string {
  if (ms === null) return 'not measured';
  if (ms < 10_000) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** "2026-11-22 21:25:36 UTC": a report is read in other places than it was made in. */
export const moment = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** "+1.234 s" since the run began. */
export const since = (ms: number): string => `${ms < 0 ? '−' : '+'}${(Math.abs(ms) / 1000).toFixed(3)} s`;

/** What was announced as lost before the click, in one sentence. */
export function announcedWords(report: Report): string {
  const { announcedLoss, plan } = report;
  if (announcedLoss) return announcedLoss.sentence;
  return plan.kind === 'failover'
    ? 'No figure was announced'
    : `${plan.impact.lostTransactions} transactions: a ${kindWord(plan.kind).toLowerCase()} waits until all are there`;
}

/** "3 transactions for certain, and up to 40 of the 2 s after the last answer". null is "not known". */
export function lossFigure(loss: Loss | null): string {
  if (!loss) return '–';
  const certain = loss.transactions === null ? 'not known' : String(loss.transactions);
  if (loss.unknownTransactions === null || loss.unknownTransactions === 0) return certain;
  const seconds = loss.unknownSeconds === null ? '' : ` of the ${loss.unknownSeconds} s after the last answer`;
  return `${certain}, and up to ${loss.unknownTransactions}${seconds}`;
}

/** What the probe's ledger says was lost: rows that the old primary acknowledged and the new one lacks. */
export function missingWords(report: Report): string {
  if (report.probeMissing === null) return 'not measured';
  if (report.probeAcknowledged === 0) return 'no row was acknowledged, so nothing was measured';
  return `${report.probeMissing} of ${report.probeAcknowledged} acknowledged probe rows are missing`;
}

/** What became of it, in one or two sentences: the first thing that is read. */
export function outcomeSentence(report: Report): string {
  const { primary, candidate } = report.plan.impact;
  const { cluster } = report.plan;
  switch (report.state) {
    case 'succeeded':
      return !movesPrimary(report.plan.kind)
        ? report.plan.impact.achieved || `${report.plan.title}: done.`
        : `${candidate} is the primary of ${cluster} in place of ${primary}. Writes stood still for ${duration(report.writeGapMs)}.`;
    case 'failed':
    case 'cancelled':
      return turnedBackSentence(report);
    case 'needs-attention':
      return `${report.plan.title} stopped and needs a person; what is left to do stands below.`;
    case 'interrupted':
      return `${report.plan.title} was interrupted: the console ended in the middle of it.`;
    case 'adopted':
      return `${report.plan.title} stopped, and a person took the servers as they were.`;
    case 'awaiting-approval':
    case 'running':
    case 'cancelling':
    case 'undoing':
    case 'verifying':
      return `${report.plan.title} is not over yet; this report ends where the journal does.`;
    default:
      return assertNever(report.state);
  }
}

/** The fence of a rejoin is never undone: its instance is not as it was. */
function turnedBackSentence({ plan, state }: Report): string {
  const { primary, candidate } = plan.impact;
  const how = `${plan.title} ${state === 'failed' ? 'failed' : 'was cancelled'}`;
  return plan.kind === 'rejoin'
    ? `${how}, and what had been done behind the fence was undone: ${candidate} stays closed, and ${primary} the primary of ${plan.cluster}.`
    : `${how}, and what had been done was undone: ${primary} stays the primary of ${plan.cluster}.`;
}

/** From the click to the end; null while it runs. */
export const tookMs = (report: Report): number | null =>
  report.endedAtMs === null ? null : report.endedAtMs - report.startedAtMs;
