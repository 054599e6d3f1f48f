/**
 * Sixteen hexadecimal digits for a fingerprint: FNV-1a with 64 bits over its UTF-8 bytes (Fowler, Noll, Vo;
 * isthe.com/chongo/tech/comp/fnv). Give it decoded text, never bytes decoded as latin1.
 *
 * Among 10^6 classes two share an id with a probability of about n²/2^65 = 2.7e-8. It is no defence against somebody who
 * makes two statements collide on purpose: what joins captures should compare the fingerprints as well.
 */
export function classIdOf(fingerprint: string): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  const step = (byte: number): void => {
    // The prime is 2^40 + 0x1b3: 0x1b3 times the low half stays below 2^53, the rest is a shift into the high half.
    low = (low ^ byte) >>> 0;
    const product = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + (low << 8) + Math.floor(product / 0x100000000)) >>> 0;
    low = product >>> 0;
  };
  for (const char of fingerprint) {
    const code = char.codePointAt(0) as number;
    if (code < 0x80) step(code);
    else if (code < 0x800) {
      step(0xc0 | (code >> 6));
      step(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
      step(0xe0 | (code >> 12));
      step(0x80 | ((code >> 6) & 0x3f));
      step(0x80 | (code & 0x3f));
    } else {
      step(0xf0 | (code >> 18));
      step(0x80 | ((code >> 12) & 0x3f));
      step(0x80 | ((code >> 6) & 0x3f));
      step(0x80 | (code & 0x3f));
    }
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
