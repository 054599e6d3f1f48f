import type { Mark } from './status-badge';

/** One line of the palette. `refusal` keeps it visible and says why it cannot run now. */
export interface PaletteEntry {
  readonly id: string;
  readonly group: 'Do next' | 'Go to' | 'Do';
  readonly kind: 'act' | 'finding' | 'instance' | 'place';
  readonly mark: Mark;
  readonly title: string;
  readonly detail: string;
  readonly keys?: string;
  readonly refusal?: string;
  /** Shown before anything is typed. */
  readonly atStart: boolean;
  readonly run: () => void;
}

const most = 40;
const prefixes: Readonly<Record<string, PaletteEntry['kind']>> = { '>': 'act', '#': 'finding', '@': 'instance' };

/** Every typed word must occur; `>`, `#` and `@` narrow to acts, findings and instances. "Do next" always stays on top. */
export function filterPalette(entries: readonly PaletteEntry[], query: string): readonly PaletteEntry[] {
  const text = query.trim();
  const kind = prefixes[text.charAt(0)];
  const words = (kind ? text.slice(1) : text).toLowerCase().split(/\s+/).filter(Boolean);
  return entries
    .filter((entry) => {
      if (kind !== undefined) {
        if (entry.kind !== kind) return false;
      } else if (words.length === 0) return entry.atStart;
      else if (entry.group === 'Do next' && entry.mark === 'act') return true;
      const hay = `${entry.title} ${entry.detail}`.toLowerCase();
      return words.every((word) => hay.includes(word));
    })
    .slice(0, most);
}
