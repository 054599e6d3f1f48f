import { SqlCursor } from './sql-cursor';

/** How to read the quotes of a statement so that no part of a literal is taken for code. */
export interface SoundQuoting {
  /** False: as the server reads under NO_BACKSLASH_ESCAPES. */
  readonly backslashEscapes: boolean;
  /** From this character on the quotes cannot be believed: all of it counts as one literal. The length: all is sound. */
  readonly soundUntil: number;
}

const other = new SqlCursor();

/**
 * Judges the quotes of a statement after `cursor` went over all of it with backslash escapes. A log does not say which
 * sql_mode a statement was written in, and a broken or truncated statement may have a quote too many or too few, so the
 * text itself must tell:
 * - a quote directly beside a name or number, a backslash outside of strings and a string without end are valid nowhere;
 *   then everything from the clause on in which the first quote stands counts as one literal;
 * - where `\'` occurs, the statement is read a second time without escapes. The reading that holds wins; if both
 *   hold, everything from there on counts as one literal.
 * Double quotes are always strings: under ANSI_QUOTES a name is redacted, which costs a name and leaks nothing.
 */
export function judgeQuoting(sql: string, cursor: SqlCursor): SoundQuoting {
  const isBad = cursor.doubt || cursor.unterminated;
  const whole = { backslashEscapes: true, soundUntil: sql.length };
  if (cursor.firstEscapedQuote < 0) {
    return isBad ? { ...whole, soundUntil: cursor.clauseStart } : whole;
  }
  other.open(sql, 0, sql.length, false);
  while (other.next());
  other.close();
  const holdsWithout = !other.doubt && !other.unterminated;
  if (isBad) {
    return holdsWithout
      ? { backslashEscapes: false, soundUntil: sql.length }
      : { ...whole, soundUntil: cursor.clauseStart };
  }
  return holdsWithout ? { ...whole, soundUntil: cursor.firstEscapedQuote } : whole;
}

/** As `judgeQuoting`, for callers that did not walk over the statement yet. */
export function findSoundQuoting(sql: string): SoundQuoting {
  const cursor = new SqlCursor();
  cursor.open(sql, 0, sql.length, true);
  while (cursor.next());
  return judgeQuoting(sql, cursor);
}
