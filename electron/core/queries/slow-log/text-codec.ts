/**
 * Bytes and text of a slow log. The log is read as Latin-1, one character a byte: so places are exact, nothing that is not
 * valid UTF-8 gets lost, and a megabyte is decoded in a copy. Only what a person will read is turned into real text.
 */
export interface TextCodec {
  /** One character for each byte. */
  latin1(bytes: Uint8Array): string;
  /** True when all of it is valid UTF-8: then no statement in it needs to be looked at. False may be wrong (a cut character). */
  isUtf8(bytes: Uint8Array): boolean;
  /** The real text of Latin-1 characters; what is not valid UTF-8 becomes U+FFFD. */
  toText(latin1: string): { readonly text: string; readonly isValid: boolean };
  /** The same characters, which keep no larger text alive (a slice of a chunk would hold the whole chunk in memory). */
  copy(latin1: string): string;
}
