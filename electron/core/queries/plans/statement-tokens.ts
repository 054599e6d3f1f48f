import { SqlCursor } from '@shared/sql/sql-cursor';
import { TokenKind as SqlTokenKind } from '@shared/sql/token-kind';

/** What a piece of a statement is. `name`: a quoted identifier; `word`: any unquoted one, keywords included. */
export type TokenKind =
  | 'word'
  | 'name'
  | 'string'
  | 'number'
  | 'variable'
  | 'placeholder'
  | 'hint'
  | 'executable-comment'
  | 'symbol'
  | 'unfinished';

/** One piece with its place in the text; comments and blanks are none. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** How a session reads quotes: from its sql_mode. */
export interface QuoteRules {
  /** Not NO_BACKSLASH_ESCAPES. */
  readonly backslashEscapes: boolean;
  /** ANSI_QUOTES: "…" is a name. */
  readonly ansiQuotes: boolean;
}

export const usualQuotes: QuoteRules = { backslashEscapes: true, ansiQuotes: false };

/** Rules of a session by its `@@sql_mode`. */
export const quoteRulesOf = (sqlMode: string): QuoteRules => ({
  backslashEscapes: !/NO_BACKSLASH_ESCAPES/i.test(sqlMode),
  ansiQuotes: /ANSI_QUOTES|(?:^|,)ANSI(?:,|$)/i.test(sqlMode),
});

/** `?+` and `...` stand for values as well: in a fingerprint, and where a server cut a list. */
const kinds: Readonly<Partial<Record<number, TokenKind>>> = {
  [SqlTokenKind.word]: 'word',
  [SqlTokenKind.digitWord]: 'word',
  [SqlTokenKind.quotedName]: 'name',
  [SqlTokenKind.variable]: 'variable',
  [SqlTokenKind.string]: 'string',
  [SqlTokenKind.number]: 'number',
  [SqlTokenKind.placeholder]: 'placeholder',
  [SqlTokenKind.valueList]: 'placeholder',
  [SqlTokenKind.hint]: 'hint',
  [SqlTokenKind.codeOpen]: 'executable-comment',
  [SqlTokenKind.codeClose]: 'executable-comment',
};

/**
 * Pieces of a statement in order, by the one tokenizer of `shared/sql`. There quotes are judged by the text, because a log
 * says nothing of its session; here the rules of the session are known, and a guard may not guess. Never throws: text that
 * ends inside quotes or a comment ends in `unfinished`.
 */
export function tokensOf(sql: string, rules: QuoteRules = usualQuotes): readonly Token[] {
  const cursor = new SqlCursor();
  cursor.open(sql, 0, sql.length, rules.backslashEscapes);
  const tokens: Token[] = [];
  while (cursor.next()) {
    const { start, end } = cursor;
    const text = sql.slice(start, end);
    // The tokenizer notes what never ends; only the last piece can be that.
    const isOpen = cursor.unterminated || (cursor.kind === SqlTokenKind.comment && isOpenComment(text));
    if (cursor.kind === SqlTokenKind.comment && !isOpen) continue;
    const last = tokens.at(-1);
    if (last?.end === start && isSymbol(last, ':') && cursor.kind === SqlTokenKind.word) {
      tokens.splice(-1, 1, { kind: 'placeholder', text: `:${text}`, start: start - 1, end });
    } else tokens.push({ kind: isOpen ? 'unfinished' : kindOf(cursor.kind, text, rules), text, start, end });
  }
  return tokens;
}

const isOpenComment = (text: string): boolean => text.startsWith('/*') && (text.length < 4 || !text.endsWith('*/'));

function kindOf(kind: number, text: string, rules: QuoteRules): TokenKind {
  // A name that holds a quote is a string to the tokenizer, which prefers to redact it.
  if (kind === SqlTokenKind.string && (text.startsWith('`') || (text.startsWith('"') && rules.ansiQuotes)))
    return 'name';
  return kinds[kind] ?? 'symbol';
}

/** A word in lower case; '' for every other piece, so that a quoted `select` is never taken for the verb. */
export const wordOf = (token: Token | undefined): string => (token?.kind === 'word' ? token.text.toLowerCase() : '');

/** True: exactly this symbol. */
export const isSymbol = (token: Token | undefined, symbol: string): boolean =>
  token?.kind === 'symbol' && token.text === symbol;

/** An identifier without its quotes; null for what is none. */
export function nameOf(token: Token | undefined): string | null {
  if (token?.kind === 'word') return token.text;
  if (token?.kind !== 'name') return null;
  const quote = token.text.charAt(0);
  return token.text.slice(1, -1).replaceAll(quote + quote, quote);
}

/** Depth of parentheses before each piece. */
export function depthsOf(tokens: readonly Token[]): readonly number[] {
  let depth = 0;
  return tokens.map((token) => {
    if (isSymbol(token, ')')) depth -= 1;
    const here = depth;
    if (isSymbol(token, '(')) depth += 1;
    return here;
  });
}
