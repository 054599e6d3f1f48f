import { nodeTextCodec } from '../../adapters/slow-logs/node-text-codec';
import { SlowLogParser } from '../queries/slow-log/parse-slow-log';
import type { SlowLogEvent } from '../queries/slow-log/slow-log-event';

/** A statement as a test looks at it. */
export interface ReadStatement {
  readonly from: number;
  readonly to: number;
  readonly sql: string;
  readonly time: string | null;
  readonly user: string;
  readonly host: string;
  readonly schema: string;
  readonly seconds: number;
  readonly cut: SlowLogEvent['cut'];
  readonly isUtf8: boolean;
  readonly hasError: boolean | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly yes: readonly string[];
  readonly plan: string;
}

/**
 * Reads a whole log in pieces of a size and checks what always holds: every byte is in a statement or skipped.
 *
 * @param log text as UTF-8, or bytes
 */
export function readAll(
  log: string | Uint8Array,
  options: { readonly pieceBytes?: number; readonly maxStatementBytes?: number; readonly isGrowing?: boolean } = {},
): { readonly statements: readonly ReadStatement[]; readonly parser: SlowLogParser } {
  const { pieceBytes = 1 << 20, isGrowing = false, ...rest } = options;
  const bytes = typeof log === 'string' ? new TextEncoder().encode(log) : log;
  const statements: ReadStatement[] = [];
  const parser: SlowLogParser = new SlowLogParser({
    ...rest,
    codec: nodeTextCodec,
    onEvent: (event) => statements.push(copyOf(event, parser.layouts.names)),
  });
  const piece = new Uint8Array(pieceBytes);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const part = bytes.subarray(at, at + pieceBytes);
    // One buffer for all pieces, as readers of files use: the parser must not keep it.
    piece.set(part);
    parser.push(piece.subarray(0, part.length));
  }
  parser.end(isGrowing);
  const skipped = parser.skipped.reduce((sum, place) => sum + place.bytes, 0);
  if (parser.bytesRead !== bytes.length || parser.eventBytes + skipped !== bytes.length)
    throw new Error(
      `of ${bytes.length} bytes ${parser.bytesRead} were read, ${parser.eventBytes} in statements, ${skipped} skipped`,
    );
  return { statements, parser };
}

function copyOf(event: SlowLogEvent, names: readonly string[]): ReadStatement {
  const metrics: Record<string, number> = {};
  for (let index = 0; index < event.metricCount; index++)
    metrics[names[event.metricIds[index] ?? -1] ?? ''] = event.metricValues[index] ?? NaN;
  return {
    from: event.startByte,
    to: event.endByte,
    sql: nodeTextCodec.toText(event.sql).text,
    time: Number.isNaN(event.timeMs) ? null : new Date(event.timeMs).toISOString(),
    user: nodeTextCodec.toText(event.user).text,
    host: event.host,
    schema: nodeTextCodec.toText(event.schema).text,
    seconds: event.seconds,
    cut: event.cut,
    isUtf8: event.isUtf8,
    hasError: event.hasError,
    metrics,
    yes: Array.from(event.yesIds.subarray(0, event.yesCount), (id) => names[id] ?? ''),
    plan: event.plan,
  };
}
