import { useEffectEvent, useLayoutEffect, useState, type RefObject } from 'react';
import { flushSync } from 'react-dom';
import { rowRange, type RowRange } from './row-range';

/** The rows of a list of any length that exist now. */
export interface VirtualRows {
  readonly range: RowRange;
  /** Whose content is asked for: the range, but while the scroll bar is dragged across the list a few times a second only. */
  readonly asked: RowRange;
  readonly totalHeight: number;
  /** Brings a row into sight; one that is there does not move. */
  readonly scrollTo: (index: number) => void;
}

/** A jump by more rows than this meets nothing that was asked for before. */
const farRows = 100;
const farAskMs = 80;

/** Rows of one height. They are drawn within the very frame of the scroll event; in between only the compositor works. */
export function useVirtualRows(list: {
  readonly count: number;
  readonly height: number;
  readonly element: RefObject<HTMLElement | null>;
}): VirtualRows {
  const { count, height: rowHeight, element } = list;
  const [state, setState] = useState<Pick<VirtualRows, 'range' | 'asked'>>(firstState);
  const take = useEffectEvent((range: RowRange, mayAsk: boolean) => {
    const asked = mayAsk ? range : state.asked;
    if (!isSame(range, state.range) || !isSame(asked, state.asked)) setState({ range, asked });
  });
  useLayoutEffect(() => {
    const scroller = element.current;
    if (scroller === null) return undefined;
    let top = scroller.scrollTop;
    let moved = 0;
    let height = scroller.clientHeight;
    let asked = { first: 0, atMs: 0 };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (isAtRest: boolean): void => {
      const range = rowRange({ count, rowHeight, top, height, moved });
      const nowMs = performance.now();
      clearTimeout(timer);
      const mayAsk = isAtRest || Math.abs(range.first - asked.first) < farRows || nowMs - asked.atMs >= farAskMs;
      if (mayAsk) asked = { first: range.first, atMs: nowMs };
      else timer = setTimeout(look, farAskMs, true);
      take(range, mayAsk);
    };
    const onScroll = (): void => {
      // Asked for only here: after rows were drawn, the answer would have to lay them out first.
      const next = scroller.scrollTop;
      moved = next - top;
      top = next;
      // Else React draws a frame later, and the compositor shows the place of the rows without the rows.
      flushSync(() => look(false));
    };
    const onScrollEnd = (): void => look(true);
    const sizes = new ResizeObserver(() => {
      height = scroller.clientHeight;
      look(false);
    });
    sizes.observe(scroller);
    scroller.addEventListener('scroll', onScroll, { passive: true });
    scroller.addEventListener('scrollend', onScrollEnd);
    return () => {
      clearTimeout(timer);
      sizes.disconnect();
      scroller.removeEventListener('scroll', onScroll);
      scroller.removeEventListener('scrollend', onScrollEnd);
    };
  }, [element, count, rowHeight]);
  return {
    ...state,
    totalHeight: count * rowHeight,
    scrollTo: (index) => {
      const scroller = element.current;
      if (scroller === null) return;
      const top = index * rowHeight;
      const { scrollTop, clientHeight } = scroller;
      if (top < scrollTop) scroller.scrollTop = top;
      else if (top + rowHeight > scrollTop + clientHeight) scroller.scrollTop = top + rowHeight - clientHeight;
    },
  };
}

const firstState = { range: { first: 0, last: 12 }, asked: { first: 0, last: 12 } };

const isSame = (a: RowRange, b: RowRange): boolean => a.first === b.first && a.last === b.last;
