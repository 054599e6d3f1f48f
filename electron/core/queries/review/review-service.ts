import { MidwatchError, toAppError } from '@shared/errors';
import type { Capture, StatementSample } from '@shared/model/query-capture';
import type {
  Annotation,
  ClassDetail,
  ClassRow,
  Movement,
  Review,
  ReviewDetail,
  ReviewItem,
  ReviewSummary,
} from '@shared/model/query-review';
import type { Clock } from '../../ports/clock';
import type { ReviewStore } from '../../ports/review-store';
import { redactReview } from '../report/redact-review';
import { ClassLists, rowOf, type ClassListQuery, type ClassPage } from './class-list';
import { isPlanChanged } from './class-list-filter';
import { baselineOf, compareCaptures } from './compare-captures';
import { followUp } from './follow-up';
import { OpenReviews, type OpenReview } from './open-reviews';
import { applyAct, countStates, untouched, type ReviewAct } from './review-acts';

/** What became of the reviews whose values were due. */
export interface ForgottenValues {
  readonly forgotten: readonly string[];
  readonly failed: readonly { readonly title: string; readonly reason: string }[];
}

/** Values of statements are kept so long: enough for two weekly reviews and what is asked after them. */
export const valuesKeptDays = 30;

const dayMs = 86_400_000;

interface ReviewServiceParts {
  readonly store: ReviewStore;
  readonly clock: Clock;
  readonly user: string;
  readonly newId: () => string;
  /** What Midwatch itself did in a window, for the pictures over time. */
  readonly annotations: (clusterId: string | null, fromMs: number, toMs: number) => readonly Annotation[];
}

/** A capture that becomes a review. */
export interface NewReview {
  readonly capture: Capture;
  readonly title: string;
  readonly clusterName: string;
  /** Which review it follows up; undefined: the latest of the same cluster and kind of source; null: none. */
  readonly previousReviewId?: string | null;
}

/** Reviews: made from captures, worked on by people, followed up by the next capture. */
export class ReviewService {
  readonly #parts: ReviewServiceParts;
  readonly #open: OpenReviews;
  readonly #lists: ClassLists;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(parts: ReviewServiceParts) {
    this.#parts = parts;
    this.#open = new OpenReviews(parts.store);
    this.#lists = new ClassLists(() => parts.clock.sleep(0));
  }

  /** Newest first, and what could not be read. */
  async list(): Promise<{ readonly reviews: readonly ReviewSummary[]; readonly problems: readonly string[] }> {
    const { reviews, problems } = await this.#parts.store.list();
    return {
      problems,
      reviews: reviews.map(({ review, classes, calls, seconds }) => ({
        id: review.id,
        title: review.title,
        clusterName: review.clusterName,
        createdAtMs: review.createdAtMs,
        redacted: review.redacted,
        classes,
        calls,
        seconds,
        states: countStates(Object.values(review.items), classes),
      })),
    };
  }

  /** Freezes a capture as a review; what an earlier one decided is judged by it. */
  async create({ capture, title, clusterName, previousReviewId }: NewReview): Promise<Review> {
    const sourceKinds = [...new Set(capture.sources.map((source) => source.kind))].toSorted();
    const before = await this.#before({ clusterName, sourceKinds }, previousReviewId);
    const comparisons = before === null ? {} : compareCaptures(baselineOf(before.capture), capture);
    const review: Review = {
      id: this.#parts.newId(),
      title,
      clusterName,
      createdAtMs: this.#parts.clock.nowMs(),
      createdBy: this.#parts.user,
      redacted: false,
      captureId: capture.id,
      sourceKinds,
      previousReviewId: before?.review.id ?? null,
      items: before === null ? {} : followUp({ review: before.review, classes: before.byId }, capture, comparisons),
      comparisons,
      annotations:
        capture.fromMs === null || capture.toMs === null
          ? []
          : this.#parts.annotations(capture.clusterId, capture.fromMs, capture.toMs),
    };
    await this.#parts.store.create(review, capture);
    this.#open.put(review, capture);
    return review;
  }

  async detail(reviewId: string): Promise<ReviewDetail> {
    const { review, capture } = await this.#open.get(reviewId);
    const { items, comparisons, ...head } = review;
    const { classes, ...captureHead } = capture;
    const movements: Record<Movement, number> = {
      new: 0,
      gone: 0,
      regressed: 0,
      improved: 0,
      steady: 0,
      'not-judged': 0,
    };
    for (const { movement } of Object.values(comparisons)) movements[movement] += 1;
    return {
      review: head,
      capture: { ...captureHead, classCount: classes.length },
      coverage: capture.coverage,
      states: countStates(Object.values(items), classes.length),
      movements,
      planChanged: Object.values(items).filter(isPlanChanged).length,
      schemas: namesOf(capture, 'schemas'),
      users: namesOf(capture, 'users'),
      hosts: namesOf(capture, 'hosts'),
      applications: namesOf(capture, 'applications'),
    };
  }

  async classes(reviewId: string, query: ClassListQuery): Promise<ClassPage> {
    const open = await this.#open.get(reviewId);
    return this.#lists.page(listed(open), query);
  }

  /** @throws MidwatchError `not-found` when the class is not in the capture */
  async one(reviewId: string, classId: string): Promise<ClassDetail> {
    const open = await this.#open.get(reviewId);
    const statementClass = classOf(open, classId);
    return {
      statementClass,
      row: rowOf(statementClass, listed(open)),
      item: open.review.items[classId] ?? null,
      rank: open.rank.get(classId) ?? 0,
    };
  }

  /** The rows that the next capture no longer holds, but which somebody decided something about. */
  async gone(reviewId: string): Promise<readonly ReviewItem[]> {
    const { review, byId } = await this.#open.get(reviewId);
    return Object.values(review.items).filter((item) => !byId.has(item.classId));
  }

  /** The review with its capture, to be explained, exported or reported. */
  async whole(reviewId: string): Promise<{ readonly review: Review; readonly capture: Capture }> {
    return this.#open.get(reviewId);
  }

  /** A statement of the class as it ran. @throws MidwatchError `not-found` when the review holds none, as a redacted one */
  async sample(reviewId: string, classId: string, index: number): Promise<StatementSample> {
    const open = await this.#open.get(reviewId);
    const sample = classOf(open, classId).samples[index];
    if (sample === undefined || open.review.redacted) {
      throw new MidwatchError('not-found', 'This review holds no statement of this class with its values', {
        nextStep: open.review.redacted
          ? 'It was exported without them, or is older than 30 days: capture again'
          : 'Capture again while the statement runs',
      });
    }
    return sample;
  }

  /** @returns the row as it now stands */
  async act(reviewId: string, classId: string, act: ReviewAct): Promise<ClassRow> {
    const who = { by: this.#parts.user, atMs: this.#parts.clock.nowMs() };
    return this.change(reviewId, classId, (item) => applyAct(item, act, who));
  }

  /** Marks a moment of the window; in the order of time. Durable when it resolves. */
  async annotate(reviewId: string, annotation: Annotation): Promise<void> {
    await this.#write(async () => {
      const open = await this.#open.get(reviewId);
      const annotations = [...open.review.annotations, annotation].toSorted((a, b) => a.atMs - b.atMs);
      const review = { ...open.review, annotations };
      await this.#parts.store.save(review);
      open.review = review;
    });
  }

  /** Changes one item, durable when it resolves. */
  async change(reviewId: string, classId: string, change: (item: ReviewItem) => ReviewItem): Promise<ClassRow> {
    return this.#write(async () => {
      const open = await this.#open.get(reviewId);
      const statementClass = classOf(open, classId);
      const item = change(open.review.items[classId] ?? untouched(classId));
      const review = { ...open.review, items: { ...open.review.items, [classId]: item } };
      await this.#parts.store.save(review);
      open.review = review;
      return rowOf(statementClass, listed(open));
    });
  }

  /** One write after another: two at once would each save the review without the other's. */
  async #write<T>(work: () => Promise<T>): Promise<T> {
    const written = this.#writing.then(work);
    this.#writing = written.catch(() => undefined);
    return written;
  }

  /**
   * Changes the review as a whole, durable when it resolves, after the acts that came before it. Nothing is written when
   * `change` gives the same review back.
   * @returns what `change` says of it
   */
  async changeWhole<T>(
    reviewId: string,
    change: (review: Review) => Promise<{ readonly review: Review; readonly result: T }>,
  ): Promise<T> {
    return this.#write(async () => {
      const open = await this.#open.get(reviewId);
      const { review, result } = await change(open.review);
      if (review === open.review) return result;
      await this.#parts.store.save(review);
      open.review = review;
      return result;
    });
  }

  /**
   * Takes the values of statements out of reviews that are older than {@link valuesKeptDays}; figures, plans without values and
   * decisions stay. May be cut off anywhere: what is not done is done the next time.
   * One that fails does not keep the others.
   * @returns titles of the reviews that were stripped, and of those that could not be, with the reason
   */
  async forgetOldValues(): Promise<ForgottenValues> {
    const limitMs = this.#parts.clock.nowMs() - valuesKeptDays * dayMs;
    const { reviews } = await this.#parts.store.list();
    const old = reviews.filter(({ review }) => !review.redacted && review.createdAtMs < limitMs);
    const forgotten: string[] = [];
    const failed: { readonly title: string; readonly reason: string }[] = [];
    for (const { review } of old) {
      const stripping = this.#write(async () => {
        const whole = await this.#parts.store.open(review.id);
        const stripped = redactReview(whole.review, whole.capture);
        await this.#parts.store.create(stripped.review, stripped.capture);
        this.#open.forget(review.id);
      });
      await stripping.then(
        () => forgotten.push(review.title),
        (thrown: unknown) => failed.push({ title: review.title, reason: toAppError(thrown).message }),
      );
    }
    return { forgotten, failed };
  }

  /** Resolves when whatever was being written is on the disk, or could not be. */
  async written(): Promise<void> {
    await this.#writing;
  }

  async remove(reviewId: string): Promise<void> {
    this.#open.forget(reviewId);
    await this.#parts.store.remove(reviewId);
  }

  /** Writes a review file; give it what may leave this computer. @throws MidwatchError `disk-full`, `file-unreadable` */
  async exportTo(path: string, review: Review, capture: Capture): Promise<void> {
    await this.#parts.store.exportTo(path, review, capture);
  }

  /** Takes in a review from a file under an id of its own, so that it never replaces one that is here. */
  async importFrom(path: string): Promise<Review> {
    const { review, capture } = await this.#parts.store.importFrom(path);
    const own: Review = { ...review, id: this.#parts.newId(), previousReviewId: null };
    await this.#parts.store.create(own, capture);
    this.#open.put(own, capture);
    return own;
  }

  async #before(
    { clusterName, sourceKinds }: Pick<Review, 'clusterName' | 'sourceKinds'>,
    wanted: string | null | undefined,
  ): Promise<OpenReview | null> {
    if (wanted === null) return null;
    if (wanted !== undefined) return this.#open.get(wanted);
    const { reviews } = await this.#parts.store.list();
    const latest = reviews
      .filter(
        ({ review }) =>
          clusterName !== '' && review.clusterName === clusterName && review.sourceKinds.join() === sourceKinds.join(),
      )
      .toSorted((a, b) => b.review.createdAtMs - a.review.createdAtMs)[0];
    return latest === undefined ? null : this.#open.get(latest.review.id);
  }
}

const listed = ({ review, capture }: OpenReview): Parameters<typeof rowOf>[1] => ({
  capture,
  items: review.items,
  comparisons: review.comparisons,
});

const classOf = ({ byId }: OpenReview, classId: string): Capture['classes'][number] => {
  const found = byId.get(classId);
  if (found !== undefined) return found;
  throw new MidwatchError('not-found', 'This statement class is not in the capture', {
    nextStep: 'Open the review again',
  });
};

/** At most a hundred names, by query time. */
const namesOf = (capture: Capture, part: 'schemas' | 'users' | 'hosts' | 'applications'): readonly string[] => {
  const seconds = new Map<string, number>();
  for (const one of capture.classes)
    for (const share of one[part]) seconds.set(share.name, (seconds.get(share.name) ?? 0) + share.seconds);
  return [...seconds]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, 100)
    .map(([name]) => name);
};
