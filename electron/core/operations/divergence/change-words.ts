import type { LoggedChange } from './binary-log-text';

/** Longest value and longest sentence that a table on the screen takes. */
const longestValue = 60;
const longestChange = 300;

/** One logged change for a person: `INSERT id=7, balance=3`, `UPDATE id=7: balance 3 → 5`, or the statement's text. */
export function changeWords(change: LoggedChange, columns: readonly string[] | undefined): string {
  const { kind, before, after, text } = change;
  if (kind === 'statement') return shortened(text.replaceAll(/\s+/g, ' '), longestChange);
  const name = (number: number): string => columns?.[number - 1] ?? `@${number}`;
  const listed = (values: ReadonlyMap<number, string>): string =>
    [...values].map(([number, value]) => `${name(number)}=${shortened(value, longestValue)}`).join(', ');
  if (kind === 'INSERT') return shortened(`INSERT ${listed(after)}`, longestChange);
  if (kind === 'DELETE') return shortened(`DELETE ${listed(before)}`, longestChange);
  const changed = [...after].filter(([number, value]) => before.get(number) !== value);
  // The first column stands for the row: which one is the key does not stand in the log.
  const [first] = before;
  const row = first ? `${name(first[0])}=${shortened(first[1], longestValue)}: ` : '';
  const steps = changed.map(
    ([number, value]) =>
      `${name(number)} ${before.has(number) ? shortened(before.get(number) ?? '', longestValue) : '?'} → ${shortened(value, longestValue)}`,
  );
  return shortened(`UPDATE ${row}${steps.join(', ') || 'nothing changed'}`, longestChange);
}

const shortened = (text: string, atMost: number): string =>
  text.length <= atMost ? text : `${text.slice(0, atMost - 1)}…`;
