import { useEffect, useEffectEvent } from 'react';

/** What a key press does. Keys are written as shown to people: `J`, `/`, `Ctrl Enter`, `Shift P`, `G F` (one after the other). */
export interface KeyBinding {
  readonly keys: string;
  readonly what: string;
  readonly run: () => void;
  /** Also while the person types in a field. */
  readonly inFields?: boolean;
}

const sequenceMs = 1_000;

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)) &&
  !(target instanceof HTMLInputElement && ['checkbox', 'radio', 'button'].includes(target.type));

/** The press as people write it: `Ctrl Enter`, `J`, `?`. Shift stands alone only with keys that do not change by it. */
export function pressOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key.replace('Escape', 'Esc');
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push('Ctrl');
  if (event.altKey) parts.push('Alt');
  if (event.shiftKey && (event.key.length > 1 || /[a-z]/i.test(event.key))) parts.push('Shift');
  return [...parts, key].join(' ');
}

/** All bindings that live now, newest screen last: what `?` lists. */
const live = new Set<readonly KeyBinding[]>();
export const liveBindings = (): readonly KeyBinding[] => [...live].flat();

/** Binds keys while mounted. Plain keys rest while a field has the focus or a menu or the palette is open. */
export function useKeys(bindings: readonly KeyBinding[]): void {
  const current = useEffectEvent((press: string, sequence: string, inField: boolean): boolean => {
    const found = bindings.find(
      (each) => (each.keys === press || each.keys === sequence) && (!inField || each.inFields === true),
    );
    found?.run();
    return found !== undefined;
  });
  const register = useEffectEvent(() => {
    live.add(bindings);
    return bindings;
  });
  useEffect(() => {
    let before = '';
    let beforeAt = 0;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const press = pressOf(event);
      const sequence = event.timeStamp - beforeAt < sequenceMs ? `${before} ${press}` : press;
      // Also where the focus has left an open box: a button that rests while its work runs loses it to the page.
      const inOverlay =
        document.querySelector('[role=dialog]') !== null ||
        (event.target instanceof HTMLElement && event.target.closest('[role=menu]') !== null);
      before = press;
      beforeAt = event.timeStamp;
      if (current(press, sequence, isField(event.target) || inOverlay)) event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
  useEffect(() => {
    const mine = register();
    return () => void live.delete(mine);
  });
}

/** The row after (`step` 1) or before (-1) the selected one; the first when none is. */
export function stepRow(ids: readonly string[], selected: string | null, step: 1 | -1): string | null {
  const at = selected === null ? -1 : ids.indexOf(selected);
  if (at < 0) return ids[0] ?? null;
  return ids[Math.min(ids.length - 1, Math.max(0, at + step))] ?? null;
}

/** J, K, arrows and Enter over the rows of a list. */
export function rowBindings(list: {
  readonly ids: readonly string[];
  readonly selected: string | null;
  readonly select: (id: string) => void;
  readonly open?: (id: string) => void;
}): readonly KeyBinding[] {
  const move = (step: 1 | -1) => (): void => {
    const next = stepRow(list.ids, list.selected, step);
    if (next === null) return;
    list.select(next);
    document.querySelector(`[data-row="${CSS.escape(next)}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  const open = list.open;
  return [
    { keys: 'J', what: 'Next row', run: move(1) },
    { keys: 'K', what: 'Previous row', run: move(-1) },
    { keys: 'ArrowDown', what: 'Next row', run: move(1) },
    { keys: 'ArrowUp', what: 'Previous row', run: move(-1) },
    ...(open
      ? [
          {
            keys: 'Enter',
            what: 'Open the row',
            run: () => {
              // A focused button or link keeps its own Enter.
              const focused = document.activeElement;
              if (focused instanceof HTMLButtonElement || focused instanceof HTMLAnchorElement) focused.click();
              else if (list.selected !== null) open(list.selected);
            },
          },
        ]
      : []),
  ];
}
