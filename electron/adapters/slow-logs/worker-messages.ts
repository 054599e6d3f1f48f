import type { AppError } from '@shared/errors';
import type { Capture, StatementClass } from '@shared/model/query-capture';
import type { DigestProgress } from '../../core/ports/slow-log-digester';
import type { SlowLogEnd } from '../../core/ports/slow-logs';
import type { CaptureFilter } from '../../core/queries/aggregate/capture-filter';
import type { CaptureHead } from '../../core/queries/digest-slow-log';
import type { LocalLogRequest } from './local-slow-log';

/** What a worker is to digest: a file that it opens itself, or bytes that come in messages. */
export type WorkerSource =
  | { readonly kind: 'file'; readonly request: LocalLogRequest }
  | { readonly kind: 'bytes'; readonly name: string; readonly startByte: number; readonly totalBytes: number | null };

/** Its whole order, given at its start. */
export interface DigestOrder {
  readonly source: WorkerSource;
  readonly filter: CaptureFilter;
  /** That holds where an earlier reading ended; it counts when the reading goes on there. */
  readonly schema: string;
  readonly head: Omit<CaptureHead, 'sourceName' | 'skipped' | 'notes'> & { readonly name: string | null };
}

/** To the worker, when the source is `bytes`. Each piece is answered by `taken`: so no more than two are on the way. */
export type ToWorker =
  | { readonly kind: 'piece'; readonly piece: Uint8Array<ArrayBuffer>; readonly storedBytesRead: number }
  | { readonly kind: 'end'; readonly end: SlowLogEnd };

/** From the worker. Classes come in parts, so that nobody is held up by a hundred thousand of them. */
export type FromWorker =
  | { readonly kind: 'progress'; readonly progress: DigestProgress }
  | { readonly kind: 'taken' }
  | { readonly kind: 'classes'; readonly classes: readonly StatementClass[] }
  | {
      readonly kind: 'done';
      readonly capture: Omit<Capture, 'classes'>;
      /** Null for an archive. */
      readonly inode: string | null;
      readonly resumeAt: number;
      readonly schema: string;
    }
  | { readonly kind: 'failed'; readonly error: AppError };
