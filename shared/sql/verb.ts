import { findAdminCommand } from './admin-command';
import { TokenKind } from './token-kind';
import { tokenize, type SqlToken } from './tokenize';

const mainVerbs = new Set(['select', 'insert', 'replace', 'update', 'delete', 'table', 'values']);

/**
 * What a statement does, as its first word says: `select`, `insert`, `call` … in small letters. After WITH it is the word
 * that begins the statement proper; `admin` for a command that is no SQL; empty where there is no word.
 */
export function verbOf(sql: string): string {
  if (findAdminCommand(sql) !== null) return 'admin';
  return findVerb(sql, tokenize(sql));
}

/** As `verbOf`, of tokens that are there already. */
export function findVerb(sql: string, tokens: readonly SqlToken[]): string {
  let depth = 0;
  let isAfterWith = false;
  for (const { kind, start, end } of tokens) {
    if (kind === TokenKind.openParen) depth += 1;
    else if (kind === TokenKind.closeParen) depth -= 1;
    else if (kind === TokenKind.word) {
      const word = sql.slice(start, end).toLowerCase();
      if (!isAfterWith) {
        if (word !== 'with') return word;
        isAfterWith = true;
      } else if (depth <= 0 && mainVerbs.has(word)) return word;
    }
  }
  return isAfterWith ? 'with' : '';
}
