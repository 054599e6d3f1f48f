import type { SlowLogPosition } from '../../core/ports/slow-logs';

/** Where a reading begins, and why not where the one before ended. */
export interface LogStart {
  readonly startByte: number;
  readonly notes: readonly string[];
}

/**
 * Where a log is to be read from. Another inode: the log was rotated, the one before may hold statements that no reading
 * has seen. Smaller than before: it was truncated (`copytruncate`), and the same holds.
 */
export function findStart(
  log: { readonly path: string; readonly inode: string; readonly sizeBytes: number },
  from: SlowLogPosition | undefined,
): LogStart {
  if (from === undefined || from.path !== log.path) return { startByte: 0, notes: [] };
  const read = from.offset.toLocaleString('en');
  if (from.inode !== log.inode)
    return {
      startByte: 0,
      notes: [
        `The log was rotated: what the server wrote after byte ${read} of the log before is not in these figures.`,
      ],
    };
  if (log.sizeBytes < from.offset)
    return {
      startByte: 0,
      notes: [`The log was truncated: what the server wrote after byte ${read} of it before is not in these figures.`],
    };
  return { startByte: from.offset, notes: [] };
}
