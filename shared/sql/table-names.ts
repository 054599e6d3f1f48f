import { TokenKind } from './token-kind';
import type { SqlToken } from './tokenize';

/** A name that begins at a token: `a`, `` `a`.`b` ``. */
export interface NamedAt {
  /** Without backticks; parts with dots between. */
  readonly name: string;
  /** Index of the token after it. */
  readonly next: number;
  readonly isQualified: boolean;
}

const isPart = (token: SqlToken | undefined): boolean =>
  token?.kind === TokenKind.word || token?.kind === TokenKind.quotedName || token?.kind === TokenKind.digitWord;

/** The name at `index`; null where none stands, or it ends in a dot (`db.*`). */
export function readName(sql: string, tokens: readonly SqlToken[], index: number): NamedAt | null {
  const parts: string[] = [];
  let next = index;
  for (;;) {
    const token = tokens[next];
    if (!token || !isPart(token)) return null;
    const text = sql.slice(token.start, token.end);
    parts.push(token.kind === TokenKind.quotedName ? text.slice(1, -1).replaceAll('``', '`') : text);
    next += 1;
    if (tokens[next]?.kind !== TokenKind.dot) break;
    next += 1;
  }
  return { name: parts.join('.'), next, isQualified: parts.length > 1 };
}

/** Names that a WITH defines: `name AS (` or `name (columns) AS (`, after WITH, RECURSIVE or a comma. */
export function findCteNames(sql: string, tokens: readonly SqlToken[]): ReadonlySet<string> {
  const names = new Set<string>();
  const wordAt = (index: number): string => {
    const token = tokens[index];
    return token?.kind === TokenKind.word ? sql.slice(token.start, token.end).toLowerCase() : '';
  };
  if (!tokens.some((_, index) => wordAt(index) === 'with')) return names;
  for (let index = 1; index < tokens.length; index += 1) {
    const before = wordAt(index - 1);
    if (before !== 'with' && before !== 'recursive' && tokens[index - 1]?.kind !== TokenKind.comma) continue;
    const named = readName(sql, tokens, index);
    if (!named || named.isQualified) continue;
    let at = named.next;
    if (tokens[at]?.kind === TokenKind.openParen) {
      at += 1;
      while (isPart(tokens[at]) || tokens[at]?.kind === TokenKind.comma) at += 1;
      at += 1;
    }
    if (wordAt(at) === 'as' && tokens[at + 1]?.kind === TokenKind.openParen) names.add(named.name.toLowerCase());
  }
  return names;
}
