import type { Capture } from '@shared/model/query-capture';
import type { Review } from '@shared/model/query-review';

/**
 * Reviews and their captures on this computer, private to this user (mode 0600): captures hold the literals of statements.
 * A capture is written once and never changed.
 */
export interface ReviewStore {
  /** Newest first. A file that cannot be read is left out and said in `problems`. */
  list(): Promise<{ readonly reviews: readonly StoredReview[]; readonly problems: readonly string[] }>;
  /** Durable when it returns. @throws MidwatchError `disk-full`, `file-unreadable` */
  create(review: Review, capture: Capture): Promise<void>;
  /** Replaces what people said; the capture stays. Durable when it returns. @throws as `create` */
  save(review: Review): Promise<void>;
  /** @throws MidwatchError `not-found`, `file-unreadable` */
  open(reviewId: string): Promise<{ readonly review: Review; readonly capture: Capture }>;
  remove(reviewId: string): Promise<void>;
  /**
   * Writes a review as one file that opens on any computer: gzip of JSON lines (docs/review-file.md).
   * @throws MidwatchError `disk-full`, `file-unreadable`
   */
  exportTo(path: string, review: Review, capture: Capture): Promise<void>;
  /** @throws MidwatchError `file-unreadable`, `invalid-input` naming what is wrong and where */
  importFrom(path: string): Promise<{ readonly review: Review; readonly capture: Capture }>;
}

/** A review with the figures that its list shows, so that listing opens no capture. */
export interface StoredReview {
  readonly review: Review;
  readonly classes: number;
  readonly calls: number;
  readonly seconds: number;
}
