import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import type { CallInput } from '@shared/ipc/contract';
import type { ClassRow } from '@shared/model/query-review';
import { useKeys } from '../../lib/keyboard';
import { useClassPages } from '../../lib/pages';
import { useSettling } from '../../lib/use-settling';
import { EmptyState } from '../../ui/empty-state';
import { ErrorCard } from '../../ui/error-card';
import { useDrawnRows } from '../../ui/use-drawn-rows';
import { useVirtualRows } from '../../ui/virtual-rows';
import { TriageRow, triageRowHeight } from './triage-row';

/** The rows of the queue. They alone are drawn anew while it scrolls: nothing around them is. */
export function TriageRows({
  query,
  selected,
  onSelect,
  onFirst,
  onTotal,
}: {
  readonly query: Omit<CallInput<'query.classes'>, 'offset' | 'limit'>;
  readonly selected: string | null;
  readonly onSelect: (classId: string) => void;
  readonly onFirst: (classId: string) => void;
  readonly onTotal: (total: number) => void;
}): ReactNode {
  const list = useRef<HTMLDivElement>(null);
  // Known from the first page on; the rows in sight say which pages are asked for.
  const [count, setCount] = useState(0);
  const { range, asked, totalHeight, scrollTo } = useVirtualRows({ count, height: triageRowHeight, element: list });
  const pages = useClassPages(query, asked.first, asked.last);
  if (pages.total !== null && pages.total !== count) setCount(pages.total);
  const [marked, choose] = useSettling(selected, onSelect);
  const firstId = pages.row(0)?.classId ?? null;
  const tell = useEffectEvent(() => {
    if (firstId !== null) onFirst(firstId);
    if (pages.total !== null) onTotal(pages.total);
  });
  useEffect(() => tell(), [firstId, pages.total]);
  useLayoutEffect(() => {
    // Another question has another worst class, and that is its first row.
    list.current?.scrollTo(0, 0);
  }, [query]);
  const { rows: drawn, isWhole } = useDrawnRows(range, pages.row);
  useRowKeys({ query, count, drawn, row: pages.row, marked, scrollTo, choose });
  return (
    <>
      {pages.error && <ErrorCard error={pages.error} />}
      {pages.total === 0 && <EmptyState text="No class matches." />}
      <div
        ref={list}
        className="scroll triage-scroll"
        tabIndex={0}
        role="listbox"
        aria-label="Statement classes"
        aria-busy={!isWhole}
        data-testid="triage"
      >
        <div className="triage-places" style={{ height: totalHeight }}>
          {drawn.map(([index, row]) => (
            <TriageRow
              key={index}
              top={index * triageRowHeight}
              row={row}
              selected={row.classId === marked}
              onSelect={choose}
            />
          ))}
        </div>
      </div>
    </>
  );
}

/** J, K and the arrows walk from the marked class, also when it was scrolled out of sight. */
function useRowKeys(list: {
  readonly query: unknown;
  readonly count: number;
  readonly drawn: readonly (readonly [number, ClassRow])[];
  readonly row: (index: number) => ClassRow | undefined;
  readonly marked: string | null;
  readonly scrollTo: (index: number) => void;
  readonly choose: (classId: string) => void;
}): void {
  const { query, count, drawn, row, marked, scrollTo, choose } = list;
  // Where the keys left the mark: its page may be gone, and the place still holds while the order does.
  const left = useRef<{ readonly query: unknown; readonly classId: string; readonly index: number } | null>(null);
  const markedPlace = (): number | undefined => {
    const seen = drawn.find(([, { classId }]) => classId === marked);
    if (seen !== undefined) return seen[0];
    const place = left.current;
    return place !== null && place.query === query && place.classId === marked ? place.index : undefined;
  };
  const step = (by: 1 | -1) => (): void => {
    const at = markedPlace();
    const next = at === undefined ? 0 : Math.min(count - 1, Math.max(0, at + by));
    scrollTo(next);
    const one = row(next);
    if (one === undefined) return;
    left.current = { query, classId: one.classId, index: next };
    choose(one.classId);
  };
  useKeys([
    { keys: 'J', what: 'Next class', run: step(1) },
    { keys: 'K', what: 'Class before', run: step(-1) },
    { keys: 'ArrowDown', what: 'Next class', run: step(1) },
    { keys: 'ArrowUp', what: 'Class before', run: step(-1) },
    // At once: the browser's animation would fly over all rows and show none of them.
    { keys: 'Home', what: 'Top of the list', run: () => scrollTo(0) },
    { keys: 'End', what: 'End of the list', run: () => scrollTo(count - 1) },
  ]);
}
