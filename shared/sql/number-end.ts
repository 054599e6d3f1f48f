import { isDigitCode, isWordCode } from './char-class';

const dot = 0x2e;
const radixOfHex = 0x78;
const radixOfBinary = 0x62;

/**
 * Where the number that begins at `start` (a digit, or a dot before one) ends, before `limit`: `1`, `.5`, `1.`, `1e-3`,
 * `0x1F`, `0b01`. A name that begins with digits (`2024_orders`, `0x1G`, `1e`) gives the complement of its end, `~end`.
 * `1.5abc` is valid nowhere: all of it is a number, because half of a literal would be shown as a name.
 */
export function findNumberEnd(sql: string, start: number, limit: number): number {
  const radix = start + 1 < limit && sql.charCodeAt(start) === 0x30 ? sql.charCodeAt(start + 1) | 0x20 : 0;
  if (radix === radixOfHex || radix === radixOfBinary) {
    const end = skipRadixDigits(sql, start + 2, limit, radix);
    if (end > start + 2 && (end >= limit || !isWordCode(sql.charCodeAt(end)))) return end;
  }
  let at = skipDigits(sql, start, limit);
  const hasDot = at < limit && sql.charCodeAt(at) === dot && (at + 1 >= limit || sql.charCodeAt(at + 1) !== dot);
  if (hasDot) at = skipDigits(sql, at + 1, limit);
  at = skipExponent(sql, at, limit);
  const digitsEnd = at;
  while (at < limit && isWordCode(sql.charCodeAt(at))) at += 1;
  return at === digitsEnd || hasDot ? at : ~at;
}

function skipDigits(sql: string, from: number, limit: number): number {
  let at = from;
  while (at < limit && isDigitCode(sql.charCodeAt(at))) at += 1;
  return at;
}

function skipExponent(sql: string, from: number, limit: number): number {
  if (from >= limit || (sql.charCodeAt(from) | 0x20) !== 0x65) return from;
  let at = from + 1;
  if (at < limit && (sql.charCodeAt(at) === 0x2b || sql.charCodeAt(at) === 0x2d)) at += 1;
  return at < limit && isDigitCode(sql.charCodeAt(at)) ? skipDigits(sql, at, limit) : from;
}

function skipRadixDigits(sql: string, from: number, limit: number, radix: number): number {
  let at = from;
  for (; at < limit; at += 1) {
    const code = sql.charCodeAt(at);
    const letter = code | 0x20;
    const isDigit =
      radix === radixOfBinary
        ? code === 0x30 || code === 0x31
        : isDigitCode(code) || (letter >= 0x61 && letter <= 0x66);
    if (!isDigit) break;
  }
  return at;
}
