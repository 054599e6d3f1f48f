import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { MidwatchError } from '@shared/errors';
import type { Capture } from '@shared/model/query-capture';
import type { Review } from '@shared/model/query-review';
import { reviewSchema } from '@shared/model/schema/review-schema';
import { readReviewLines, reviewLines } from '../../core/queries/review-file/review-file';
import type { ReviewStore, StoredReview } from '../../core/ports/review-store';
import { writePiecesDurably } from '../files/write-pieces-durably';
import { readGzipLines, writeGzipLines } from './gzip-lines';

const captureFile = 'capture.midwatch-review';
const reviewFile = 'review.json';

interface Figures {
  readonly classes: number;
  readonly calls: number;
  readonly seconds: number;
}

interface Summary extends Figures {
  readonly review: unknown;
}

/**
 * One folder a review: the capture as it was frozen, and beside it what people said since, small enough to be written with
 * every act. Private to this user: captures hold literals.
 */
export class ReviewFolder implements ReviewStore {
  readonly #folder: string;
  /** Of captures, which never change: a save need not read back what it replaces. */
  readonly #figures = new Map<string, Figures>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async list(): ReturnType<ReviewStore['list']> {
    const problems: string[] = [];
    const reviews: StoredReview[] = [];
    for (const name of await readdir(this.#folder).catch(() => [])) {
      try {
        reviews.push(await this.#summary(name));
      } catch (thrown) {
        problems.push(`${path.join(this.#folder, name)}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      }
    }
    return { reviews: reviews.toSorted((a, b) => b.review.createdAtMs - a.review.createdAtMs), problems };
  }

  async create(review: Review, capture: Capture): Promise<void> {
    const folder = this.#folderOf(review.id);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // The list shows a review once its small file is there, so that comes last.
    await writeGzipLines(path.join(folder, captureFile), reviewLines(review, capture));
    await this.#write(review, {
      classes: capture.classes.length,
      calls: capture.calls,
      seconds: capture.metrics['Query_time']?.total ?? 0,
    });
  }

  async save(review: Review): Promise<void> {
    await this.#write(review, this.#figures.get(review.id) ?? (await this.#summary(review.id)));
  }

  async open(reviewId: string): ReturnType<ReviewStore['open']> {
    const { review } = await this.#summary(reviewId);
    const { capture } = await this.importFrom(path.join(this.#folderOf(reviewId), captureFile));
    return { review, capture };
  }

  async remove(reviewId: string): Promise<void> {
    this.#figures.delete(reviewId);
    await rm(this.#folderOf(reviewId), { recursive: true, force: true });
  }

  async exportTo(file: string, review: Review, capture: Capture): Promise<void> {
    await writeGzipLines(file, reviewLines(review, capture));
  }

  async importFrom(file: string): ReturnType<ReviewStore['importFrom']> {
    return readReviewLines(readGzipLines(file), path.basename(file));
  }

  #folderOf(reviewId: string): string {
    // Ids are ours; a foreign one must not lead out of the folder.
    if (!/^[\w-]{1,100}$/.test(reviewId)) throw new MidwatchError('not-found', 'There is no such review');
    return path.join(this.#folder, reviewId);
  }

  async #summary(reviewId: string): Promise<StoredReview> {
    const file = path.join(this.#folderOf(reviewId), reviewFile);
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (thrown) {
      throw new MidwatchError('not-found', 'There is no such review on this computer', {
        nextStep: 'Open the list of reviews again',
        details: { file },
        cause: thrown,
      });
    }
    const { review, classes, calls, seconds } = parse(text, file);
    const checked = reviewSchema.safeParse(review);
    if (!checked.success) throw unreadable(file, checked.error.issues[0]?.message ?? 'not as expected');
    this.#figures.set(reviewId, { classes, calls, seconds });
    return { review: checked.data, classes, calls, seconds };
  }

  async #write(review: Review, { classes, calls, seconds }: Figures): Promise<void> {
    const figures = { classes, calls, seconds };
    await writePiecesDurably(path.join(this.#folderOf(review.id), reviewFile), summaryPieces(review, figures));
    this.#figures.set(review.id, figures);
  }
}

/** The summary as JSON, item by item: with 100,000 of them it is a hundred megabytes, which no process writes in one go. */
function* summaryPieces({ items, comparisons, ...head }: Review, figures: Figures): Generator<string> {
  yield `${JSON.stringify({ ...figures, review: head }).slice(0, -2)},"items":{`;
  yield* membersOf(items);
  yield '},"comparisons":{';
  yield* membersOf(comparisons);
  yield '}}}';
}

function* membersOf(object: Readonly<Record<string, unknown>>): Generator<string> {
  let comma = '';
  for (const key in object) {
    yield `${comma}${JSON.stringify(key)}:${JSON.stringify(object[key])}`;
    comma = ',';
  }
}

const unreadable = (file: string, what: string): MidwatchError =>
  new MidwatchError('file-unreadable', `${file} is damaged: ${what}`, {
    nextStep: 'Take it back from a copy of this folder; other reviews are not touched',
    details: { file },
  });

const parse = (text: string, file: string): Summary => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw unreadable(file, 'not JSON');
  }
  const { review, classes, calls, seconds } = (parsed ?? {}) as Record<string, unknown>;
  if (typeof classes !== 'number' || typeof calls !== 'number' || typeof seconds !== 'number') {
    throw unreadable(file, 'its figures are missing');
  }
  return { review, classes, calls, seconds };
};
