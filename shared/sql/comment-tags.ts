import { findSoundEnd } from './sound-quoting';
import { SqlCursor } from './sql-cursor';
import { TokenKind } from './token-kind';

// sqlcommenter: key='value' with URL encoding, `\'` for a quote; marginalia: key:value without quotes.
const commenter = /([\w.%-]+)\s*=\s*'((?:[^'\\]|\\.)*)'/y;
const marginalia = /([A-Za-z_][\w.-]*)\s*:\s*([^,*]*)/y;

const cursor = new SqlCursor();
const noTags: ReadonlyMap<string, string> = new Map();

/**
 * Tags that applications write into block comments of their statements: `key='value',…` (sqlcommenter,
 * google.github.io/sqlcommenter/spec) and `key:value,…` (marginalia, github.com/basecamp/marginalia). A comment counts only
 * if all of it is tags. Keys as written; of a key that comes twice the last. Values may be of any content: show them as
 * text, and never where literals must not stand.
 */
export function commentTagsOf(sql: string): ReadonlyMap<string, string> {
  if (!sql.includes('/*')) return noTags;
  const tags = new Map<string, string>();
  const comments: string[] = [];
  const ends: number[] = [];
  // Asked for every event of a log: no tokens are made.
  cursor.open(sql, 0, sql.length, true);
  while (cursor.next()) {
    const { kind, start, end } = cursor;
    if (kind !== TokenKind.comment || !sql.startsWith('/*', start) || !sql.endsWith('*/', end)) continue;
    comments.push(sql.slice(start + 2, end - 2).trim());
    ends.push(end);
  }
  const soundEnd = comments.length > 0 ? findSoundEnd(sql, cursor) : 0;
  cursor.close();
  for (const [index, text] of comments.entries()) {
    if ((ends[index] as number) > soundEnd) break;
    for (const [key, value] of readTags(text, commenter) ?? readTags(text, marginalia) ?? []) {
      tags.set(decode(key), decode(value));
    }
  }
  return tags;
}

/** Null if the text is not made of such tags alone. */
function readTags(text: string, pattern: RegExp): readonly (readonly [string, string])[] | null {
  const tags: (readonly [string, string])[] = [];
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (!found) return null;
    tags.push([found[1] as string, (found[2] as string).trim()]);
    at = pattern.lastIndex;
    if (at === text.length) break;
    const gap = /\s*,\s*/y;
    gap.lastIndex = at;
    if (!gap.test(text)) return null;
    at = gap.lastIndex;
  }
  return tags.length > 0 ? tags : null;
}

function decode(text: string): string {
  const plain = text.replace(/\\(.)/g, '$1');
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain; // a lone % is no encoding
  }
}
