export const newline = 10;
export const carriageReturn = 13;

/** A line's end without its line feed and carriage return. @param end behind both */
export function trimLine(text: string, at: number, end: number): number {
  let to = end;
  if (to > at && text.charCodeAt(to - 1) === newline) to--;
  if (to > at && text.charCodeAt(to - 1) === carriageReturn) to--;
  return to;
}

/** What was left of a chunk, and the next one. */
export function joinBytes(rest: Uint8Array, chunk: Uint8Array): Uint8Array {
  if (rest.length === 0) return chunk;
  const bytes = new Uint8Array(rest.length + chunk.length);
  bytes.set(rest);
  bytes.set(chunk, rest.length);
  return bytes;
}
