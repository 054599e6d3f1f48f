import { toAppError } from '@shared/errors';
import type { JobProgress, QueryJob } from '@shared/model/query-job';
import { latest } from '../../latest';
import type { Clock } from '../../ports/clock';

/** What a job is told to say of itself. */
export interface JobReport {
  progress(progress: JobProgress): void;
  /** The review that it made. */
  made(reviewId: string): void;
}

/** What is asked to be done. */
export interface JobOrder {
  readonly kind: QueryJob['kind'];
  readonly title: string;
  readonly first: JobProgress;
  readonly reviewId: string | null;
  readonly classId: string | null;
}

/** Ended jobs that are still shown. */
const keptEnded = 20;

/** Long work of the review, told to every window that watches. A job outlives the screen that asked for it. */
export class QueryJobs {
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #jobs = new Map<string, { job: QueryJob; readonly abort: AbortController; ended: Promise<void> }>();
  readonly #listeners = new Set<(jobs: readonly QueryJob[]) => void>();

  constructor(parts: { readonly clock: Clock; readonly newId: () => string }) {
    this.#clock = parts.clock;
    this.#newId = parts.newId;
  }

  /** Newest first, again whenever one moves. */
  watch(signal: AbortSignal): AsyncIterable<readonly QueryJob[]> {
    return latest<readonly QueryJob[]>((push) => {
      this.#listeners.add(push);
      push(this.list());
      return () => this.#listeners.delete(push);
    }, signal);
  }

  list(): readonly QueryJob[] {
    return [...this.#jobs.values()].map(({ job }) => job).toReversed();
  }

  /** Begins the work and returns at once; what it throws is the job's error. */
  start(order: JobOrder, work: (report: JobReport, signal: AbortSignal) => Promise<void>): QueryJob {
    const id = this.#newId();
    const abort = new AbortController();
    const { first, ...told } = order;
    const job: QueryJob = {
      id,
      ...told,
      state: 'running',
      startedAtMs: this.#clock.nowMs(),
      endedAtMs: null,
      progress: first,
      ratePerSecond: null,
      secondsLeft: null,
      error: null,
    };
    const startedAt = this.#clock.monotonicMs();
    const entry = { job, abort, ended: Promise.resolve() };
    this.#jobs.set(id, entry);
    const change = (part: Partial<QueryJob>): void => {
      entry.job = { ...entry.job, ...part };
      this.#tell();
    };
    const end = (part: Partial<QueryJob>): void =>
      change({ endedAtMs: this.#clock.nowMs(), secondsLeft: null, ...part });
    const report: JobReport = {
      progress: (progress) => {
        const rate = progress.done / Math.max(0.001, (this.#clock.monotonicMs() - startedAt) / 1000);
        const left = progress.total === null || rate <= 0 ? null : (progress.total - progress.done) / rate;
        change({ progress, ratePerSecond: rate, secondsLeft: left });
      },
      made: (reviewId) => change({ reviewId }),
    };
    entry.ended = work(report, abort.signal).then(
      () => end({ state: 'done' }),
      (thrown: unknown) =>
        end(abort.signal.aborted ? { state: 'cancelled' } : { state: 'failed', error: toAppError(thrown) }),
    );
    this.#forgetOld();
    this.#tell();
    return job;
  }

  cancel(jobId: string): void {
    this.#jobs.get(jobId)?.abort.abort();
  }

  /** The job after it ended; at once when it has. */
  async ended(jobId: string): Promise<QueryJob | null> {
    const entry = this.#jobs.get(jobId);
    await entry?.ended;
    return entry?.job ?? null;
  }

  /** Cancels all and waits until each has cleaned up behind itself. */
  async close(): Promise<void> {
    for (const { abort } of this.#jobs.values()) abort.abort();
    await Promise.all([...this.#jobs.values()].map(({ ended }) => ended));
  }

  #forgetOld(): void {
    const ended = [...this.#jobs.values()].filter(({ job }) => job.state !== 'running');
    for (const { job } of ended.slice(0, Math.max(0, ended.length - keptEnded))) this.#jobs.delete(job.id);
  }

  #tell(): void {
    for (const push of this.#listeners) push(this.list());
  }
}
