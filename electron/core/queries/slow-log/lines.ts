export const newline = 10;
export const carriageReturn = 13;

/** A line's end without its line feed and carriage return. @param end behind both */
export function trimLine(text: string, at: number, end: number): number {
  let to = end;
  if (to > at && text.charCodeAt(to - 1) === newline) to--;
  if (to > at && text.charCodeAt(to - 1) === carriageReturn) to--;
  return to;
}
