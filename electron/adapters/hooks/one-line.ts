/** What a program said, as one line for a person: control characters (escape sequences too) become spaces, at most `length`. */
export function oneLine(text: string, length = 300): string {
  const plain = text
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
    // C0, DEL, C1, and the marks that turn the direction of text around.
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return plain.length <= length ? plain : `${plain.slice(0, length - 1)}…`;
}

/** What a hook said goes into journal and report: a token that it echoed does not. */
export function withoutToken(text: string, token: string | null): string {
  return token === null || token === '' ? text : text.replaceAll(token, '[token]');
}
