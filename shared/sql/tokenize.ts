import { findSoundEnd } from './sound-quoting';
import { SqlCursor } from './sql-cursor';
import { TokenKind } from './token-kind';

/** One token: `sql.slice(start, end)`. */
export interface SqlToken {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** A `Keyword`; 0 for all that is none. */
  readonly keyword: number;
}

/**
 * All tokens of a statement, in order. Every character is in exactly one token or is whitespace between two. Where quotes
 * cannot be believed the rest is one string. For what is done once for a class; a fingerprint walks without objects.
 */
export function tokenize(sql: string): readonly SqlToken[] {
  const cursor = new SqlCursor();
  const tokens = readAll(cursor, sql, 0, sql.length);
  const soundEnd = findSoundEnd(sql, cursor);
  if (soundEnd === sql.length) return tokens;
  while ((tokens.at(-1)?.end ?? 0) > soundEnd) tokens.pop();
  let start = soundEnd;
  while (start < sql.length && sql.charCodeAt(start) <= 0x20) start += 1;
  if (start < sql.length) tokens.push({ kind: TokenKind.string, start, end: sql.length, keyword: 0 });
  return tokens;
}

/** Tokens of what stands in a hint; one string if its quotes cannot be believed. */
export function tokenizeHint(sql: string, { start, end }: SqlToken): readonly SqlToken[] {
  const from = start + 3;
  const to = end - 2;
  const cursor = new SqlCursor();
  const tokens = readAll(cursor, sql, from, to);
  return cursor.isSound() ? tokens : [{ kind: TokenKind.string, start: from, end: to, keyword: 0 }];
}

function readAll(cursor: SqlCursor, sql: string, from: number, to: number): SqlToken[] {
  cursor.open(sql, from, to, true);
  const tokens: SqlToken[] = [];
  while (cursor.next()) {
    tokens.push({ kind: cursor.kind as TokenKind, start: cursor.start, end: cursor.end, keyword: cursor.keyword });
  }
  return tokens;
}
