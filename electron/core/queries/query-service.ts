import type { CaptureOrder } from '@shared/ipc/query.contract';
import type { QueryJob } from '@shared/model/query-job';
import type { QueryCaptures } from './capture/query-captures';
import type { LogCaptures } from './capture/log-captures';
import type { QueryJobs } from './jobs/query-jobs';
import type { IndexTrials } from './index-trials';
import type { RewriteTrials } from './rewrite-trials';
import type { QueryPlans } from './query-plans';
import type { PtImport } from './pt-import/pt-import';
import type { ReviewService } from './review/review-service';

/** The slow-query review, whole: captures that become reviews, plans, experiments, and the work that goes on behind a screen. */
export class QueryService {
  readonly reviews: ReviewService;
  readonly jobs: QueryJobs;
  readonly plans: QueryPlans;
  readonly indexTrials: IndexTrials;
  readonly rewriteTrials: RewriteTrials;
  readonly captures: QueryCaptures;
  readonly logs: LogCaptures;
  readonly ptImport: PtImport;

  constructor(parts: {
    readonly reviews: ReviewService;
    readonly jobs: QueryJobs;
    readonly plans: QueryPlans;
    readonly indexTrials: IndexTrials;
    readonly rewriteTrials: RewriteTrials;
    readonly captures: QueryCaptures;
    readonly logs: LogCaptures;
    readonly ptImport: PtImport;
  }) {
    this.reviews = parts.reviews;
    this.jobs = parts.jobs;
    this.plans = parts.plans;
    this.indexTrials = parts.indexTrials;
    this.rewriteTrials = parts.rewriteTrials;
    this.captures = parts.captures;
    this.logs = parts.logs;
    this.ptImport = parts.ptImport;
  }

  /** Begins a capture; its job ends when the review is on disk. */
  capture(order: {
    readonly title: string;
    readonly source: CaptureOrder;
    readonly previousReviewId?: string | null | undefined;
  }): QueryJob {
    const { title, source, previousReviewId } = order;
    const isFile = source.kind === 'files' || source.kind === 'host-log';
    return this.jobs.start(
      {
        kind: 'capture',
        title,
        first: { done: 0, total: null, unit: isFile ? 'bytes' : 'seconds', words: 'starting' },
        reviewId: null,
        classId: null,
      },
      async (report, signal) => {
        const onProgress = report.progress.bind(report);
        const { capture, clusterName, taken } =
          source.kind === 'files' || source.kind === 'host-log'
            ? await this.logs.capture(source, onProgress, signal)
            : { ...(await this.captures.fromServer(source, onProgress, signal)), taken: () => undefined };
        signal.throwIfAborted();
        const review = await this.reviews.create({
          capture,
          title,
          clusterName,
          ...(previousReviewId === undefined ? {} : { previousReviewId }),
        });
        // Only now: a log whose review was not kept must be read again.
        taken();
        report.made(review.id);
      },
    );
  }

  /** Ends all work; what it made on servers is removed first, and what people said is on the disk. */
  async close(): Promise<void> {
    await this.jobs.close();
    await this.reviews.written();
  }
}
