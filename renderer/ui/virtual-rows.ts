import { useVirtualizer } from '@tanstack/react-virtual';
import type { RefObject } from 'react';

/** The rows in sight of a list of any length. */
export interface VirtualRows {
  /** Places of the first and last row that exist now. */
  readonly first: number;
  readonly last: number;
  readonly totalHeight: number;
  readonly visible: readonly { readonly index: number; readonly top: number }[];
  readonly scrollTo: (index: number) => void;
  /** The first row in sight for which it holds. */
  readonly find: (holds: (index: number) => boolean) => number | undefined;
}

/** Rows of one height; a few beyond both edges exist too, so that scrolling meets them. */
export function useVirtualRows(list: {
  readonly count: number;
  readonly height: number;
  readonly element: RefObject<HTMLElement | null>;
}): VirtualRows {
  const virtual = useVirtualizer({
    count: list.count,
    getScrollElement: () => list.element.current,
    estimateSize: () => list.height,
    overscan: 8,
    // A fast scroll would else draw inside of drawing until React gives up.
    useFlushSync: false,
  });
  const items = virtual.getVirtualItems();
  return {
    first: items[0]?.index ?? 0,
    last: items.at(-1)?.index ?? 12,
    totalHeight: virtual.getTotalSize(),
    visible: items.map((item) => ({ index: item.index, top: item.start })),
    scrollTo: (index) => virtual.scrollToIndex(index, { align: 'auto' }),
    find: (holds) => items.find((item) => holds(item.index))?.index,
  };
}
