import type { Capture, StatementClass } from '@shared/model/query-capture';
import type { Review } from '@shared/model/query-review';
import type { ReviewStore } from '../../ports/review-store';

/** A review in memory. `review` is replaced with every act; the capture and its index never change. */
export interface OpenReview {
  review: Review;
  readonly capture: Capture;
  readonly byId: ReadonlyMap<string, StatementClass>;
  readonly rank: ReadonlyMap<string, number>;
}

/** A capture of 100,000 classes is some hundred megabytes: two at most, the one at work and the one before. */
const kept = 2;

/** Reviews that are open now; the least recently used one is closed for the next. */
export class OpenReviews {
  readonly #store: ReviewStore;
  readonly #open = new Map<string, Promise<OpenReview>>();

  constructor(store: ReviewStore) {
    this.#store = store;
  }

  /** @throws MidwatchError `not-found`, `file-unreadable` */
  async get(reviewId: string): Promise<OpenReview> {
    const known = this.#open.get(reviewId);
    const opening = known ?? this.#store.open(reviewId).then(({ review, capture }) => indexed(review, capture));
    this.#open.delete(reviewId);
    this.#open.set(reviewId, opening);
    for (const oldest of [...this.#open.keys()].slice(0, Math.max(0, this.#open.size - kept)))
      this.#open.delete(oldest);
    try {
      return await opening;
    } catch (thrown) {
      this.#open.delete(reviewId);
      throw thrown;
    }
  }

  put(review: Review, capture: Capture): void {
    this.#open.set(review.id, Promise.resolve(indexed(review, capture)));
  }

  forget(reviewId: string): void {
    this.#open.delete(reviewId);
  }
}

const indexed = (review: Review, capture: Capture): OpenReview => ({
  review,
  capture,
  byId: new Map(capture.classes.map((one) => [one.id, one])),
  rank: new Map(capture.classes.map((one, place) => [one.id, place + 1])),
});
