import type { PtTakenOver } from '@shared/ipc/query.contract';
import type { Clock } from '../../ports/clock';
import type { QuerySessions } from '../query-sessions';
import type { ReviewService } from '../review/review-service';
import type { PtPlace } from './find-pt-tables';
import { readPtTables } from './read-pt-tables';
import { resultSentence } from './result-sentence';
import { takeOverPt } from './take-over-pt';

interface PtImportParts {
  readonly reviews: ReviewService;
  readonly sessions: QuerySessions;
  readonly clock: Clock;
  readonly user: string;
}

/** Takes the review and history tables of pt-query-digest over into a review. The server is only read. */
export class PtImport {
  readonly #parts: PtImportParts;

  constructor(parts: PtImportParts) {
    this.#parts = parts;
  }

  /**
   * Durable when it resolves. A second run adds only what is new in the tables. A cancel before the review is written changes
   * nothing.
   * @throws MidwatchError `not-found` for a review or table that is not there, `unsupported` for a table of another shape;
   *   those of a connection
   */
  async takeOver(
    order: PtPlace & { readonly reviewId: string; readonly instanceId: string },
    signal: AbortSignal,
  ): Promise<PtTakenOver> {
    const { reviews, sessions, clock, user } = this.#parts;
    const { capture } = await reviews.whole(order.reviewId);
    const place = { ...order, beforeMs: capture.fromMs ?? capture.takenAtMs };
    const read = await sessions.use(order.instanceId, signal, (session) => readPtTables(session, place, signal));
    signal.throwIfAborted();
    const who = { by: user, atMs: clock.nowMs() };
    const pause = async (): Promise<void> => {
      await clock.sleep(0);
      signal.throwIfAborted();
    };
    // The tables were read before: only the pure part runs while other acts on reviews wait.
    const counts = await reviews.changeWhole(order.reviewId, async (review) => {
      const taken = await takeOverPt({ review, capture }, read, who, pause);
      return { review: taken.review, result: taken.counts };
    });
    return { ...counts, reviewTable: read.reviewTable, sentence: resultSentence(read, counts) };
  }
}
