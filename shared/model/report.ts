import type { Loss, Plan } from './plan';
import type { JournalEntry, RunState, StepProgress } from './run';

/** One moment of a run, for the timeline of a report. `sinceMs`: since the run began; negative is before it. */
export interface Moment {
  readonly atMs: number;
  readonly sinceMs: number;
  readonly text: string;
}

/** Derived from the journal alone. Times in ms. */
export interface Report {
  readonly runId: string;
  readonly plan: Plan;
  readonly state: RunState;
  readonly by: string;
  readonly reason: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly writeGapMs: number | null;
  /** From the approval until the new primary was seen open; null when it never was. What a failover without a drill can measure. */
  readonly clickToOpenMs: number | null;
  readonly probeAcknowledged: number;
  readonly probeMissing: number | null;
  readonly steps: readonly (StepProgress & { readonly title: string; readonly plannedMs: number })[];
  readonly proof: readonly { readonly text: string; readonly holds: boolean }[];
  readonly timeline: readonly Moment[];
  /** What was announced before the click; null for a switchover, which loses nothing. */
  readonly announcedLoss: Loss | null;
  /** Files that the run saved before it threw something away. `sha256` in hex. */
  readonly evidence: readonly { readonly path: string; readonly sha256: string; readonly bytes: number }[];
  readonly leftToDo: readonly string[];
  readonly journal: readonly JournalEntry[];
}
