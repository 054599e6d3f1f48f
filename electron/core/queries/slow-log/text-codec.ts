/**
 * Bytes and text of a slow log. The log is read as bytes; what is looked at as text is Latin-1, one character a byte, so
 * places are exact and nothing that is not valid UTF-8 gets lost. Only what a person will read is turned into real text.
 */
export interface TextCodec {
  /** One character for each byte. */
  latin1(bytes: Uint8Array): string;
  /** True when all of it is valid UTF-8: then no statement in it needs to be looked at. False may be wrong (a cut character). */
  isUtf8(bytes: Uint8Array): boolean;
  /** The real text of Latin-1 characters; what is not valid UTF-8 becomes U+FFFD. */
  toText(latin1: string): { readonly text: string; readonly isValid: boolean };
  /** The same characters, which keep no larger text alive (a slice of a statement would hold the whole statement in memory). */
  copy(latin1: string): string;
}
