/** Markup that may stand in a page as it is. Made by {@link html} alone, which escapes everything else. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | null | Html | readonly Html[];

/** A template whose places are escaped, unless they are markup themselves; null is nothing. */
export function html(fixed: TemplateStringsArray, ...places: readonly Part[]): Html {
  return new Html(fixed.reduce((text, piece, index) => text + render(places[index - 1] ?? null) + piece));
}

/** Markup from a constant of our own: a style sheet. */
export function trusted(text: string): Html {
  return new Html(text);
}

function render(part: Part): string {
  if (part === null) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map((one) => one.text).join('');
  return escapeHtml(String(part));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Text for HTML, in elements and in quoted attributes. Control characters, and the marks that turn the direction of what
 * follows, are shown by their number: a server's text must not pass for another.
 */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (one) => entities[one] ?? one)
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (one) =>
      one === '\r' ? '' : `\u27e8U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}\u27e9`,
    );
}
