import { useLayoutEffect, useReducer, useRef } from 'react';
import { drawRows, mostFresh } from './draw-rows';
import type { RowRange } from './row-range';

/** The rows to draw now, by their places; what a frame has no time for follows in the next ones. See {@link drawRows}. */
export function useDrawnRows<Row>(
  range: RowRange,
  row: (index: number) => Row | undefined,
): readonly (readonly [number, Row])[] {
  const drawn = useRef<ReadonlyMap<number, Row>>(new Map());
  const spent = useRef<{ readonly frame: unknown; readonly rows: number }>({ frame: null, rows: 0 });
  const [, drawMore] = useReducer((count: number) => count + 1, 0);
  // One time for all that happens in a frame: its scroll event, its callbacks, and what React draws until the next.
  const frame = document.timeline.currentTime;
  const before = spent.current.frame === frame ? spent.current.rows : 0;
  const { rows, fresh, isWhole } = drawRows({ drawn: drawn.current, range, row, most: mostFresh - before });
  useLayoutEffect(() => {
    drawn.current = rows;
    spent.current = { frame, rows: before + fresh };
    if (isWhole) return undefined;
    const next = requestAnimationFrame(drawMore);
    return () => cancelAnimationFrame(next);
  });
  return [...rows];
}
