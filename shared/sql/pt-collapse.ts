/** How pt-query-digest shortens what repeats in a statement. See pt-fingerprint.ts. */

/** So many parts of a union are compared before the rest stays as it is: the comparisons grow with the square. */
const unionBudget = 1_000_000;

/** Of INSERT or REPLACE INTO … VALUES with more than one row all after the first row is dropped, ON DUPLICATE KEY too. */
export function dropFurtherRows(sql: string): string {
  const head = /^(?:insert|replace)(?: ignore)?[\t-\r ]+into/i.exec(sql)?.[0];
  if (head === undefined) return sql;
  const values = /values[\t-\r ]*\(/gi;
  values.lastIndex = head.length + 1;
  if (!values.exec(sql)) return sql;
  for (let close = sql.indexOf(')', values.lastIndex); close >= 0; close = sql.indexOf(')', close + 1)) {
    let at = skipSpace(sql, close + 1);
    if (sql[at] !== ',') continue;
    at = skipSpace(sql, at + 1);
    if (sql[at] === '(') return sql.slice(0, close + 1);
  }
  return sql;
}

/** As the bytes that pt sees: no other space of Unicode counts. */
const isSpace = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** `in (?, ?)`, `values (?), (?)` and the like become `in(?+)` and `values(?+)`. */
export function collapseLists(text: string): string {
  const word = /\b(?:in|values?)(?=[\s,]*\()/g;
  let result = '';
  let at = 0;
  for (let found = word.exec(text); found; found = word.exec(text)) {
    const end = skipLists(text, word.lastIndex);
    if (end === word.lastIndex) continue;
    result += `${text.slice(at, word.lastIndex)}(?+)`;
    at = end;
    word.lastIndex = end;
  }
  return result + text.slice(at);
}

/** After the last of the parentheses from `from` that hold marks, commas and blanks alone. */
function skipLists(text: string, from: number): number {
  let end = from;
  for (;;) {
    const open = skipAny(text, end, ' ,');
    if (text[open] !== '(') return end;
    const close = skipAny(text, open + 1, ' ,?');
    if (text[close] !== ')') return end;
    end = close + 1;
  }
}

function skipAny(text: string, from: number, chars: string): number {
  let at = from;
  while (at < text.length && chars.includes(text.charAt(at))) at += 1;
  return at;
}

// `X union X union all X` becomes X with a comment "repeat union all" after it; X begins with a SELECT and is the shortest
// that repeats. (A line comment, because the text that pt appends would end any other.)
export function collapseUnions(text: string): string {
  const unions = [...text.matchAll(/ union(?: all)? /g)].map(({ index, 0: word }) => ({ index, word }));
  if (unions.length === 0) return text;
  const select = /\bselect /g;
  let budget = unionBudget;
  let result = '';
  let at = 0;
  let next = 0;
  for (let found = select.exec(text); found; found = select.exec(text)) {
    while ((unions[next]?.index ?? Infinity) < select.lastIndex) next += 1;
    for (let tried = next; tried < unions.length && budget > 0; tried += 1, budget -= 1) {
      const union = unions[tried] as { index: number; word: string };
      const part = text.slice(found.index, union.index);
      if (!text.startsWith(part, union.index + union.word.length)) continue;
      const { end, word } = skipRepeats(text, union.index, part);
      result += `${text.slice(at, union.index)} /*repeat${word}*/`;
      at = end;
      select.lastIndex = end;
      break;
    }
  }
  return result + text.slice(at);
}

function skipRepeats(text: string, from: number, part: string): { end: number; word: string } {
  let end = from;
  let word = '';
  for (;;) {
    const union = [' union all ', ' union '].find((one) => text.startsWith(one + part, end));
    if (union === undefined) return { end, word };
    end += union.length + part.length;
    word = union.trimEnd();
  }
}

/**
 * After the first ORDER BY, every ` asc` goes, also as the beginning of a longer word; but one that follows another without
 * anything between stays.
 */
export function dropAscending(text: string): string {
  const order = /\border by /.exec(text);
  if (!order) return text;
  let at = order.index + order[0].length;
  let result = text.slice(0, at);
  for (let asc = text.indexOf(' asc', at + 1); asc >= 0; asc = text.indexOf(' asc', at + 1)) {
    result += text.slice(at, asc);
    at = asc + ' asc'.length;
  }
  return result + text.slice(at);
}
