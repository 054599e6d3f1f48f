/** How pt-query-digest takes comments, strings and numbers out of a statement. See pt-fingerprint.ts. */

/**
 * Comments of both forms, also inside strings. One-line comments stay where a quote follows in the line; `--` needs no
 * space; executable comments stay, and so does the rest of a comment that is empty or open.
 */
export function dropComments(sql: string): string {
  return dropLineComments(dropBlockComments(sql));
}

function dropBlockComments(sql: string): string {
  let text = '';
  let at = 0;
  for (let open = sql.indexOf('/*'); open >= 0;) {
    const isKept = open + 2 >= sql.length || sql[open + 2] === '!';
    const close = isKept ? -1 : sql.indexOf('*/', open + 3);
    if (!isKept && close < 0) break;
    if (!isKept) {
      text += sql.slice(at, open);
      at = close + 2;
    }
    open = sql.indexOf('/*', isKept ? open + 1 : at);
  }
  return text + sql.slice(at);
}

function dropLineComments(sql: string): string {
  const start = /--|#/g;
  let text = '';
  let at = 0;
  for (let found = start.exec(sql); found; found = start.exec(sql)) {
    const stop = firstAt(sql, start.lastIndex, isQuoteOrLineEnd);
    if (stop < sql.length && (sql[stop] === "'" || sql[stop] === '"')) {
      // Between here and the quote no other comment can end either; without this jump many dashes cost the square.
      start.lastIndex = stop;
      continue;
    }
    text += sql.slice(at, found.index);
    at = stop;
    start.lastIndex = stop;
  }
  return text + sql.slice(at);
}

const isQuoteOrLineEnd = (code: number): boolean => code === 0x22 || code === 0x27 || code === 0x0a || code === 0x0d;

function firstAt(text: string, from: number, isIt: (code: number) => boolean): number {
  let at = from;
  while (at < text.length && !isIt(text.charCodeAt(at))) at += 1;
  return at;
}

/** First all escaped quotes go, then double-quoted strings, then single-quoted ones; doubled quotes give two marks. */
export function abstractStrings(sql: string): string {
  return abstractQuoted(abstractQuoted(sql.replace(/\\["']/g, ''), '"'), "'");
}

function abstractQuoted(sql: string, quote: string): string {
  let text = '';
  let at = 0;
  for (;;) {
    const open = sql.indexOf(quote, at);
    const close = open < 0 ? -1 : sql.indexOf(quote, open + 1);
    if (close < 0) return text + sql.slice(at);
    text += `${sql.slice(at, open)}?`;
    at = close + 1;
  }
}

/**
 * Each digit or sign, with all that could belong to a number or a hexadecimal one after it, also inside names; then one
 * `x`, `b`, dot or sign before a mark falls into it.
 */
export const abstractNumbers = (sql: string): string =>
  sql.replace(/[-+0-9][-+0-9a-fbx.]*/g, '?').replace(/[-+.bx]\?/g, '?');

/** Without space in front; everywhere else one blank for any run of it. */
export const squeezeSpace = (sql: string): string => sql.replace(/^[\t-\r ]+/, '').replace(/[ \n\t\r\f]+/g, ' ');
