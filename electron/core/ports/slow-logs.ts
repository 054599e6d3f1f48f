import type { Bastion } from '@shared/model/inventory';
import type { SkippedBytes } from '@shared/model/query-capture';

/** Where a slow log is. */
export type SlowLogPlace =
  | { readonly kind: 'file'; readonly path: string }
  /** On a host, through SSH. @see RemoteHost for `via` */
  | { readonly kind: 'host'; readonly via: readonly Bastion[]; readonly path: string };

/** Up to where a log was read. The caller keeps it, and the next reading goes on there. */
export interface SlowLogPosition {
  readonly path: string;
  /** The file's number, as text: another one means that the log was rotated. */
  readonly inode: string;
  /** In bytes of the uncompressed log. */
  readonly offset: number;
  /** The schema that the log last named before it: a server names one only when it changes. */
  readonly schema?: string;
}

export interface SlowLogRequest {
  readonly place: SlowLogPlace;
  /** Go on there; a log that was rotated or truncated since is read from its beginning, and that is said. */
  readonly from?: SlowLogPosition;
  /** Uncompressed bytes to read at most; the position then says where the next reading goes on. */
  readonly maxBytes?: number;
}

/** What shows only when all is read. */
export interface SlowLogEnd {
  /** True: the log goes on behind the last piece (its server writes it, or `maxBytes` was reached). */
  readonly goesOn: boolean;
  /** What could not be read: a damaged archive. */
  readonly skipped: readonly SkippedBytes[];
  /** What a reader of the figures must know, in plain sentences. */
  readonly notes: readonly string[];
}

/** A log that is being read. */
export interface OpenSlowLog {
  /** As a person knows it. */
  readonly name: string;
  /** Of the first byte that comes. */
  readonly startByte: number;
  /** Null for an archive: it cannot be resumed. */
  readonly inode: string | null;
  /** Bytes as stored that are to be read, for the progress; null: not known. */
  readonly storedBytes: number | null;
  /**
   * Uncompressed bytes, in pieces of at most 1 MiB, each valid until the next one is asked for. Read it once.
   * @throws MidwatchError `file-unreadable`, or of the host
   */
  readonly pieces: AsyncIterable<Uint8Array>;
  /** Bytes as stored that were read so far. */
  storedBytesRead(): number;
  /** After the last piece. */
  end(): SlowLogEnd;
}

/** Opens slow logs: plain, gzip or zstd, known by their content and not by their name. */
export interface SlowLogSource {
  /** @throws MidwatchError `file-unreadable`, `invalid-input` (a path that cannot be), or of the host */
  open(request: SlowLogRequest, signal: AbortSignal): Promise<OpenSlowLog>;
}
