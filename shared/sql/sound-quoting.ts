import { SqlCursor } from './sql-cursor';

const other = new SqlCursor();

/**
 * Up to which character the quotes of a statement can be believed; all after it must count as one literal. Its length: all
 * of it is sound. `cursor` went over the whole statement before.
 *
 * A log does not say in which sql_mode a statement was written, and a broken or truncated statement has a quote too many or
 * too few, so the text itself must tell:
 * - a quote directly beside a name or number, a backslash outside of strings and a string without end are valid nowhere:
 *   sound is what stands before the clause that holds the first quote;
 * - where `\'` occurs, the statement is read a second time as under NO_BACKSLASH_ESCAPES. If that reading holds too,
 *   sound is what stands before that string. If it alone holds, that is no proof: a broken statement may read well by
 *   chance.
 * Double quotes are always strings: under ANSI_QUOTES a name is redacted, which costs a name and leaks nothing.
 */
export function findSoundEnd(sql: string, cursor: SqlCursor): number {
  if (cursor.isSound()) return sql.length;
  if (cursor.doubt || cursor.unterminated) return cursor.clauseStart;
  other.open(sql, 0, sql.length, false);
  while (other.next());
  other.close();
  return other.doubt || other.unterminated ? sql.length : cursor.firstEscapedQuote;
}
