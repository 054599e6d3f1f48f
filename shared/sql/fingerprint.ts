import { findAdminCommand } from './admin-command';
import { TextBuffer, writeTokens } from './fingerprint-text';
import { pushValue, reduceTokens } from './reduce';
import { findSoundEnd } from './sound-quoting';
import { SqlCursor } from './sql-cursor';
import { ReducedKind, TokenStack } from './token-stack';

const cursor = new SqlCursor();
const stack = new TokenStack();
const hintStack = new TokenStack();
const out = new TextBuffer();

/**
 * The statement without what differs from one run to the next: equal for two statements exactly when they are of one
 * class. Small letters outside backticks, one spacing, no comments, `?` for each literal, `?+` for two or more in a row,
 * `(?+)` for a list or rows of VALUES; repeated rows with expressions and repeated parts of a UNION once; `limit ?` for
 * every form; no ASC. Kept: hints (they change the plan), NULL in IS NULL, digits in names, code in executable comments.
 *
 * No literal is in it, whatever the text is (sound-quoting.ts says what is done where quotes cannot be believed). A
 * fingerprint is its own fingerprint. Never throws; its time is linear in the length. UTF-8 decoded as latin1 gives the
 * same fingerprint, decoded as latin1.
 */
export function fingerprint(sql: string): string {
  const command = findAdminCommand(sql);
  if (command !== null) return `administrator command: ${command}`;
  reduceRange(sql, stack, 0, sql.length);
  const soundEnd = findSoundEnd(sql, cursor);
  if (soundEnd < sql.length) {
    reduceRange(sql, stack, 0, soundEnd);
    pushValue(stack, ReducedKind.value);
  }
  writeTokens(sql, stack, out, (start, end) => writeHint(sql, start, end));
  cursor.close();
  return out.take();
}

function reduceRange(sql: string, onto: TokenStack, from: number, to: number): void {
  onto.clear();
  cursor.open(sql, from, to, true);
  reduceTokens(sql, cursor, onto);
}

/** What stands in a hint is reduced like the rest: SET_VAR and MAX_EXECUTION_TIME hold literals. */
function writeHint(sql: string, start: number, end: number): void {
  reduceRange(sql, hintStack, start + 3, end - 2);
  if (!cursor.isSound()) {
    hintStack.clear();
    pushValue(hintStack, ReducedKind.value);
  }
  out.reserve(8);
  put('/*+ ');
  writeTokens(sql, hintStack, out, () => undefined);
  out.reserve(3);
  put(' */');
}

function put(text: string): void {
  for (let at = 0; at < text.length; at += 1) out.codes[out.length++] = text.charCodeAt(at);
}
