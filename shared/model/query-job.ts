import type { AppError } from '../errors';

/** How far a job is. `words` says what it does now. */
export interface JobProgress {
  readonly done: number;
  /** Null: nobody knows the end. */
  readonly total: number | null;
  readonly unit: 'bytes' | 'seconds' | 'runs' | 'rows';
  readonly words: string;
}

/** Long work of the review: it goes on when its screen is left, and can be cancelled. */
export interface QueryJob {
  readonly id: string;
  readonly kind: 'capture' | 'rewrite' | 'index';
  readonly title: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly progress: JobProgress;
  /** Units a second since it began; null until known. */
  readonly ratePerSecond: number | null;
  readonly secondsLeft: number | null;
  readonly error: AppError | null;
  /** The review that it made, or works for. */
  readonly reviewId: string | null;
  readonly classId: string | null;
}
