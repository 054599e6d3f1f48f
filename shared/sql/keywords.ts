import { lowerCase } from './char-class';

/**
 * Words that (but for `soft` ones) are never an operand, so that a sign after them belongs to the number and a parenthesis after them is no
 * argument list. Those that a rule names have a constant; the others are only known as keywords.
 */
export const Keyword = {
  none: 0,
  null: 1,
  true: 2,
  false: 3,
  is: 4,
  not: 5,
  in: 6,
  values: 7,
  value: 8,
  limit: 9,
  offset: 10,
  asc: 11,
  union: 12,
  use: 13,
  select: 14,
  insert: 15,
  replace: 16,
  update: 17,
  delete: 18,
  from: 19,
  join: 20,
  into: 21,
  table: 22,
  order: 23,
  for: 24,
  set: 25,
  row: 26,
  except: 27,
  intersect: 28,
  /** `_utf8mb4` and its like, before a string or a hexadecimal literal; `_charset` in a server's digest. */
  introducer: 29,
  other: 30,
  /** A keyword to a quote beside it, a name to all else. */
  soft: 31,
  /** What begins a clause that may hold literals, as far as no rule names the word. */
  clause: 32,
} as const;

export type Keyword = (typeof Keyword)[keyof typeof Keyword];

// Reserved in MySQL 9.x or MariaDB 10.11 ("Keywords and Reserved Words"), as far as they stand before an expression, a
// parenthesis or a literal. Types and functions are not here: what follows `varchar` or `count` is an argument list.
const others = `
  against all alter analyze and as before between case character charset collate constraint create cross default
  delayed desc describe distinct distinctrow div drop dual dumpfile elseif enclosed escape escaped exists explain
  force foreign fulltext group grouping ignore index infile inner interval key kill lateral like load lock match mod
  natural of only optimize or outer outfile over partition primary procedure recursive references regexp rename
  rlike schema separator soname sounds spatial straight_join to trigger truncate unique unlock using while window
  with xor`;

const clauses = `by call do else having identified on return returning show starting terminated then when where`;

// May be a name, a function or the end of an expression too; known because a literal may stand directly after them.
const soft = `
  any comment database date day end engine hour if left microsecond minute month names password path quarter right second
  some time timestamp week year`;

const introducers = `
  _armscii8 _ascii _big5 _binary _charset _cp1250 _cp1251 _cp1256 _cp1257 _cp850 _cp852 _cp866 _cp932 _dec8 _eucjpms _euckr
  _gb18030 _gb2312 _gbk _geostd8 _greek _hebrew _hp8 _keybcs2 _koi8r _koi8u _latin1 _latin2 _latin5 _latin7 _macce
  _macroman _sjis _swe7 _tis620 _ucs2 _ujis _utf16 _utf16le _utf32 _utf8 _utf8mb3 _utf8mb4`;

/** Must be the hash that a word has after `hashStep` over its codes. Letters count alike in both cases. */
export const hashStart = 0;
export const hashStep = (hash: number, code: number): number => (Math.imul(hash, 31) + (code | 0x20)) | 0;

const slotMask = 1023;
const slotOf = (hash: number): number => (hash ^ (hash >>> 10)) & slotMask;
const slotWords: string[] = Array.from({ length: slotMask + 1 }, () => '');
const slotKeywords = new Uint8Array(slotMask + 1);

function add(word: string, keyword: Keyword): void {
  let hash = hashStart;
  for (let at = 0; at < word.length; at += 1) hash = hashStep(hash, word.charCodeAt(at));
  let slot = slotOf(hash);
  while (slotKeywords[slot] !== Keyword.none) slot = (slot + 1) & slotMask;
  slotKeywords[slot] = keyword;
  slotWords[slot] = word;
}

for (const [word, keyword] of Object.entries(Keyword)) {
  if (keyword !== Keyword.none && keyword < Keyword.introducer) add(word, keyword);
}
for (const word of introducers.trim().split(/\s+/)) add(word, Keyword.introducer);
for (const word of soft.trim().split(/\s+/)) add(word, Keyword.soft);
for (const word of clauses.split(' ')) add(word, Keyword.clause);
for (const word of others.trim().split(/\s+/)) add(word, Keyword.other);

/** The keyword that `sql[start, end)` is, in either case; `Keyword.none` if it is another word. */
export function findKeyword(sql: string, start: number, end: number, hash: number): number {
  const length = end - start;
  for (let slot = slotOf(hash); slotKeywords[slot] !== Keyword.none; slot = (slot + 1) & slotMask) {
    const word = slotWords[slot] as string;
    if (word.length !== length) continue;
    let at = 0;
    while (at < length && lowerCase[sql.charCodeAt(start + at)] === word.charCodeAt(at)) at += 1;
    if (at === length) return slotKeywords[slot] as number;
  }
  return Keyword.none;
}

const clauseKeywords = new Set<number>([
  Keyword.clause,
  Keyword.from,
  Keyword.in,
  Keyword.into,
  Keyword.join,
  Keyword.limit,
  Keyword.select,
  Keyword.set,
  Keyword.table,
  Keyword.update,
  Keyword.value,
  Keyword.values,
]);

/** Index: a keyword. 1: it begins a clause, so that what stands before it is code even if quotes after it are broken. */
export const opensClause = Uint8Array.from({ length: Keyword.clause + 1 }, (_, at) => (clauseKeywords.has(at) ? 1 : 0));
