/**
 * A checksum as a table of pt-query-digest holds it, in one form: 32 or 16 hexadecimal digits, upper case. Null for anything else.
 * Version 3 keeps all 32 digits of the MD5 as text; up to 2.2 it is a BIGINT UNSIGNED of the last 16 digits. A 2.x table
 * whose column was made CHAR(32) afterwards still holds decimals, so the text decides and not the column's type.
 */
export function readPtChecksum(text: string): string | null {
  if (/^[0-9a-f]{32}$/i.test(text)) return text.toUpperCase();
  if (/^-?\d{1,20}$/.test(text)) {
    // A column without UNSIGNED shows the upper half as negative numbers.
    return BigInt.asUintN(64, BigInt(text)).toString(16).toUpperCase().padStart(16, '0');
  }
  return /^[0-9a-f]{16}$/i.test(text) ? text.toUpperCase() : null;
}

/** Whether a checksum of a table, as {@link readPtChecksum} gives it, is the one of a class: in all digits that the table has. */
export const isPtChecksumOf = (stored: string, ptChecksum: string): boolean =>
  ptChecksum !== '' && ptChecksum.endsWith(stored);
