/** Some bytes that are looked for, also four at once: a comparison then takes a quarter of the time. */
export interface LogPattern {
  readonly bytes: Uint8Array;
  /** Little-endian; up to three bytes at the end are in none. */
  readonly words: Int32Array;
}

/** @param bytes are kept: they must not change */
export function patternOf(bytes: Uint8Array): LogPattern {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = Int32Array.from({ length: bytes.length >> 2 }, (_, word) => view.getInt32(word * 4, true));
  return { bytes, words };
}

/** @param latin1 one character a byte */
export function patternOfText(latin1: string): LogPattern {
  return patternOf(bytesOfText(latin1));
}

/** @param latin1 one character a byte */
export function bytesOfText(latin1: string): Uint8Array {
  const bytes = new Uint8Array(latin1.length);
  for (let at = 0; at < latin1.length; at++) bytes[at] = latin1.charCodeAt(at);
  return bytes;
}
