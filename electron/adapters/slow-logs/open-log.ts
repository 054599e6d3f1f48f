import type { SkippedBytes } from '@shared/model/query-capture';
import type { OpenSlowLog } from '../../core/ports/slow-logs';
import { boundPieces } from './bounded-pieces';
import { decompress, type Compression } from './decompress';

/** A log as bytes come from a disk or a host. */
export interface StoredLog {
  readonly name: string;
  readonly compression: Compression;
  readonly startByte: number;
  readonly inode: string;
  /** To be read; null: not known. */
  readonly storedBytes: number | null;
  readonly stored: AsyncIterable<Uint8Array>;
  readonly maxBytes: number | undefined;
  readonly notes: readonly string[];
  /** Uncompressed bytes that must come; null: not known. */
  readonly wantedBytes: number | null;
  /** True: its server may be writing it. */
  readonly isGrowing: boolean;
  /** True: the pieces are compressed on the way alone; the log itself is plain and can be resumed. */
  readonly isPlain: boolean;
}

/** Stored bytes as an open log: unpacked, bounded, counted. */
export function openLog(log: StoredLog): OpenSlowLog {
  let storedRead = 0;
  async function* counted(): AsyncIterable<Uint8Array> {
    for await (const piece of log.stored) {
      storedRead += piece.length;
      yield piece;
    }
  }
  const contents = decompress(counted(), log.compression);
  const bounded = boundPieces(contents.pieces, log.maxBytes);
  let bytes = 0;
  async function* read(): AsyncIterable<Uint8Array> {
    for await (const piece of bounded.pieces) {
      bytes += piece.length;
      yield piece;
    }
  }
  return {
    name: log.name,
    startByte: log.startByte,
    inode: log.isPlain ? log.inode : null,
    storedBytes: log.storedBytes,
    pieces: read(),
    storedBytesRead: () => storedRead,
    end: () => {
      const notes = [...log.notes];
      const skipped: SkippedBytes[] = [];
      const damage = contents.damage();
      if (bounded.isBounded()) {
        const limit = (log.maxBytes ?? 0).toLocaleString('en');
        notes.push(`Only ${limit} bytes were read, as asked: the log is longer.`);
      } else if (damage !== null) {
        const left = Math.max(1, (log.storedBytes ?? storedRead) - contents.bytesUsed());
        skipped.push({ reason: 'damaged-archive', bytes: left, times: 1, firstAtByte: contents.bytesUsed() });
        const read = contents.bytesUsed().toLocaleString('en');
        notes.push(
          `The archive is damaged or not complete (${damage}): ${read} of its compressed bytes were read, ${left.toLocaleString('en')} were not.`,
        );
      }
      // A log that was truncated or taken away while it was read: a shell's pipe ends well all the same.
      if (damage === null && log.wantedBytes !== null && bytes < log.wantedBytes && !bounded.isBounded())
        notes.push(`Only ${bytes.toLocaleString('en')} of ${log.wantedBytes.toLocaleString('en')} bytes came.`);
      return { skipped, notes, goesOn: log.isGrowing || bounded.isBounded() };
    },
  };
}
