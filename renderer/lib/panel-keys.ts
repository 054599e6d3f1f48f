import { call } from './bridge';
import type { KeyBinding } from './keyboard';
import { notifyDone } from './notify';

const focusable = 'button:not([disabled]), input:not([disabled]), select, textarea, a[href], [tabindex="0"]';

/** Keys that work on every screen: F6 goes round the panels, Ctrl C copies the selected row as text. */
export const panelKeys: readonly KeyBinding[] = [
  { keys: 'F6', what: 'Next panel', run: () => focusPanel(1), inFields: true },
  { keys: 'Shift F6', what: 'Panel before', run: () => focusPanel(-1), inFields: true },
  { keys: 'Ctrl C', what: 'Copy the row as text', run: copyRow },
];

/** Place of the next panel, round and round; `from` is -1 where none has the focus. */
export const nextPanel = (from: number, count: number, step: 1 | -1): number =>
  from < 0 ? (step === 1 ? 0 : count - 1) : (from + step + count) % count;

function focusPanel(step: 1 | -1): void {
  const panels = [...document.querySelectorAll<HTMLElement>('main .panel, main .decision-bar')].filter(
    (panel) => panel.querySelector(focusable) !== null,
  );
  if (panels.length === 0) return;
  const from = panels.findIndex((panel) => panel.contains(document.activeElement));
  const target = panels[nextPanel(from, panels.length, step)]?.querySelector<HTMLElement>(focusable);
  target?.focus();
  target?.scrollIntoView({ block: 'nearest' });
}

/** Cells by tabs, as a spreadsheet or a chat takes them. Text that is marked is copied as marked. */
function copyRow(): void {
  const marked = window.getSelection()?.toString() ?? '';
  const row = document.querySelector('main tr[aria-selected="true"]');
  const text = marked === '' && row ? rowText(row) : marked;
  if (text === '') return;
  void call('app.copyText', { text }).then(() => notifyDone(marked === '' ? 'Row copied' : 'Text copied'));
}

/** Text of a row, its cells parted by tabs. */
const rowText = (row: Element): string =>
  [...row.querySelectorAll('td')].map((cell) => (cell.textContent ?? '').trim().replace(/\s+/g, ' ')).join('\t');
