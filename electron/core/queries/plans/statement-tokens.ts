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

const pieces =
  /(?<blank>\s+|--(?=[\s\0-\x1f]|$)[^\n]*|#[^\n]*)|(?<named>:[A-Za-z_]\w*)|(?<number>0x[0-9a-fA-F]+\b|0b[01]+\b|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w$]))|(?<word>[\w$\u0080-\uffff]+)|(?<variable>@@?[\w$.]*)|(?<symbol>:=|<=>|->>|->|<>|!=|>=|<=|\|\||&&|<<|>>|[\s\S])/y;

/**
 * Pieces of a statement in order. Never throws: text that ends inside quotes or a comment ends in `unfinished`. Strings with
 * an introducer (`_utf8mb4'…'`, `x'…'`, `N'…'`) are one piece.
 */
export function tokensOf(sql: string, rules: QuoteRules = usualQuotes): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const add = (kind: TokenKind, end: number): void => {
    tokens.push({ kind, text: sql.slice(at, end), start: at, end });
    at = end;
  };
  while (at < sql.length) {
    const char = sql[at];
    if (char === '/' && sql[at + 1] === '*') {
      const end = sql.indexOf('*/', at + 2);
      const kind =
        sql[at + 2] === '+' ? 'hint' : /^(?:!|M!)/.test(sql.slice(at + 2, at + 4)) ? 'executable-comment' : null;
      if (end < 0) add('unfinished', sql.length);
      else if (kind === null) at = end + 2;
      else add(kind, end + 2);
      continue;
    }
    const introducer = /^(?:_\w+\s*|[nxbNXB])(?=')/.exec(sql.slice(at, at + 40))?.[0].length ?? 0;
    const quote = sql[at + introducer];
    if (quote === "'" || quote === '"' || quote === '`') {
      const end = endOfQuoted(sql, at + introducer, rules);
      const isName = quote === '`' || (quote === '"' && rules.ansiQuotes);
      add(end < 0 ? 'unfinished' : isName ? 'name' : 'string', end < 0 ? sql.length : end);
      continue;
    }
    pieces.lastIndex = at;
    const groups = pieces.exec(sql)?.groups ?? {};
    if (groups['blank'] !== undefined) at += groups['blank'].length;
    else if (groups['named'] !== undefined) add('placeholder', at + groups['named'].length);
    else if (groups['number'] !== undefined) add('number', at + groups['number'].length);
    else if (groups['word'] !== undefined) add('word', at + groups['word'].length);
    else if (groups['variable'] !== undefined) add('variable', at + groups['variable'].length);
    else add(char === '?' ? 'placeholder' : 'symbol', at + (groups['symbol']?.length ?? 1));
  }
  return tokens;
}

/** Place behind the closing quote; -1 when there is none. A doubled quote belongs to the text. */
function endOfQuoted(sql: string, start: number, rules: QuoteRules): number {
  const quote = sql[start];
  const escapes = quote !== '`' && rules.backslashEscapes;
  for (let at = start + 1; at < sql.length; at += 1) {
    const char = sql[at];
    if (char === '\\' && escapes) at += 1;
    else if (char === quote) {
      if (sql[at + 1] !== quote) return at + 1;
      at += 1;
    }
  }
  return -1;
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
