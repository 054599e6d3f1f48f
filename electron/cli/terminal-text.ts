/**
 * Text for a terminal: what servers and hooks said may hold escape sequences that would move the cursor or write over a
 * line; all control characters but the line break and the tab are shown as ␛ or by their number.
 */
export function terminalText(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (one) =>
    one === '\r'
      ? ''
      : one === '\u001b'
        ? '␛'
        : `⟨U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
}
