import { useLayoutEffect, useReducer, useRef } from 'react';
import { flushSync } from 'react-dom';
import { drawRows, nextBudget, type FrameBudget } from './draw-rows';
import type { RowRange } from './row-range';

/** The rows to draw now in the order of their places; what a frame has no time for follows in the next ones. See {@link drawRows}. */
export function useDrawnRows<Row>(
  range: RowRange,
  row: (index: number) => Row | undefined,
): { readonly rows: readonly (readonly [number, Row])[]; readonly isWhole: boolean } {
  const drawn = useRef<ReadonlyMap<number, Row>>(new Map());
  const budget = useRef<FrameBudget | null>(null);
  const [, drawMore] = useReducer((count: number) => count + 1, 0);
  // One time for all that happens in a frame: its scroll event, its callbacks, and what React draws until the next.
  const frameMs = frameTimeMs();
  const now = nextBudget(budget.current, frameMs);
  const { rows, fresh, isWhole } = drawRows({ drawn: drawn.current, range, row, most: now.most - now.spent });
  useLayoutEffect(() => {
    drawn.current = rows;
    budget.current = { ...now, spent: now.spent + fresh };
    if (isWhole) return undefined;
    let next = 0;
    const later = (): void => {
      next = requestAnimationFrame(() => {
        // The frame of a scroll event calls back once more. Else within the frame: its layout is yet to come.
        if (frameTimeMs() === frameMs) later();
        else flushSync(drawMore);
      });
    };
    later();
    return () => cancelAnimationFrame(next);
  });
  return { rows: [...rows].toSorted(([a], [b]) => a - b), isWhole };
}

const frameTimeMs = (): number => Number(document.timeline.currentTime ?? 0);
