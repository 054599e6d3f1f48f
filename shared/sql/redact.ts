import { findAdminCommand } from './admin-command';
import { beginsName } from './reduce';
import { TokenKind } from './token-kind';
import { tokenize, tokenizeHint, type SqlToken } from './tokenize';

/**
 * The statement as it was written, line by line, with `?` for every literal and without comments, which may hold literals
 * too. Hints and executable comments stay; NULL, TRUE and FALSE stay, because they tell nothing. For reports and exports.
 * As a fingerprint it holds no literal, whatever the text is.
 */
export function redact(sql: string): string {
  const command = findAdminCommand(sql);
  if (command !== null) return `administrator command: ${command}`;
  return redactTokens(sql, tokenize(sql), 0, sql.length);
}

function redactTokens(sql: string, tokens: readonly SqlToken[], from: number, to: number): string {
  let text = '';
  let at = from;
  for (const [index, token] of tokens.entries()) {
    text += sql.slice(at, token.start);
    at = token.end;
    text += redactToken(sql, tokens, index);
  }
  return text + sql.slice(at, to);
}

function redactToken(sql: string, tokens: readonly SqlToken[], index: number): string {
  const token = tokens[index] as SqlToken;
  switch (token.kind) {
    case TokenKind.string:
    case TokenKind.number:
      return '?';
    case TokenKind.digitWord:
      return isName(tokens, index) ? sql.slice(token.start, token.end) : '?';
    case TokenKind.comment:
      // What stood on both sides must not grow together.
      return needsGap(sql, token) ? ' ' : '';
    case TokenKind.hint:
      return `/*+${redactTokens(sql, tokenizeHint(sql, token), token.start + 3, token.end - 2)}*/`;
    default:
      return sql.slice(token.start, token.end);
  }
}

/** Directly after a name and a dot, or where a table is named. */
function isName(tokens: readonly SqlToken[], index: number): boolean {
  const before = tokens[index - 1];
  if (!before) return false;
  if (beginsName(before.keyword)) return true;
  const owner = tokens[index - 2]?.kind;
  return before.kind === TokenKind.dot && (owner === TokenKind.word || owner === TokenKind.quotedName);
}

const isSpace = (code: number): boolean => Number.isNaN(code) || code <= 0x20;

const needsGap = (sql: string, { start, end }: SqlToken): boolean =>
  !isSpace(sql.charCodeAt(start - 1)) && !isSpace(sql.charCodeAt(end));
