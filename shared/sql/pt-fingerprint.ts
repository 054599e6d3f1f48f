import { collapseLists, collapseUnions, dropFurtherRows, dropAscending } from './pt-collapse';
import { abstractNumbers, abstractStrings, dropComments, squeezeSpace } from './pt-literals';

/**
 * The fingerprint that pt-query-digest and pt-fingerprint (percona-toolkit 3.2.1) make of a statement, with all that is odd
 * about it, so that captures join with reviews that stand under its checksums. Written from what the program answers;
 * docs/evidence/fingerprint.md has the comparison. Give it what pt gets from a log: without the `;` that ends the statement.
 *
 * It may hold literals (`'a\\'`, `CALL f('a')`, an open quote): show `fingerprint`, never this.
 */
export function ptFingerprint(sql: string): string {
  if (sql.startsWith('SELECT /*!40001 SQL_NO_CACHE */ * FROM `')) return 'mysqldump';
  if (/\/\*\w+\.\w+:[0-9]\/[0-9]\*\//.test(sql)) return 'percona-toolkit';
  if (sql.startsWith('administrator command: ')) return sql;
  const [, call = '', procedure = ''] = /^[\t-\r ]*(call[\t-\r ]+)([^\t-\r ]+)/i.exec(sql) ?? [];
  const argumentsAt = procedure.lastIndexOf('(');
  if (argumentsAt > 0) return lower(call + procedure.slice(0, argumentsAt));

  let text = dropComments(dropFurtherRows(sql));
  if (/^use [^\t-\r ]+\n?$/i.test(text)) return text.endsWith('\n') ? 'use ?\n' : 'use ?';
  text = abstractNumbers(abstractStrings(text));
  text = lower(squeezeSpace(text)).replace(/\bnull\b/g, '?');
  text = collapseUnions(collapseLists(text));
  return dropAscending(text.replace(/\blimit \?(?:, ?\?| offset \?)?/, 'limit ?'));
}

/** ASCII alone, as pt does; other letters keep their case. */
const lower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** As pt stores it in review and history tables: all 32 digits, upper case. `md5Hex` takes UTF-8. */
export const ptChecksumOf = (ptText: string, md5Hex: (text: string) => string): string => md5Hex(ptText).toUpperCase();

/** As reports of pt up to 3.0 and PMM name a class: the last 16 digits of the checksum. */
export const ptQueryIdOf = (ptText: string, md5Hex: (text: string) => string): string =>
  ptChecksumOf(ptText, md5Hex).slice(-16);
