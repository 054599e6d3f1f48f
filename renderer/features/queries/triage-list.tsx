import { Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from 'react';
import type { CallInput } from '@shared/ipc/contract';
import type { ClassRow, ClassSort, ReviewDetail } from '@shared/model/query-review';
import { formatCount } from '../../lib/format';
import { useKeys } from '../../lib/keyboard';
import { useClassPages } from '../../lib/pages';
import { EmptyState } from '../../ui/empty-state';
import { ErrorCard } from '../../ui/error-card';
import { IconFilter } from '../../ui/icons';
import { KeyHint } from '../../ui/key-hint';
import { Panel } from '../../ui/panel';
import { useVirtualRows } from '../../ui/virtual-rows';
import { TriageFilters, type TriageFilter } from './triage-filters';
import { TriageRow, triageRowHeight } from './triage-row';

const sorts: readonly { readonly value: ClassSort; readonly label: string }[] = [
  { value: 'seconds', label: 'Query time, sum' },
  { value: 'p95', label: 'Time, p95' },
  { value: 'p99', label: 'Time, p99' },
  { value: 'max', label: 'Time, slowest' },
  { value: 'mean', label: 'Time, mean' },
  { value: 'calls', label: 'Calls' },
  { value: 'rows-examined', label: 'Rows examined' },
  { value: 'rows-per-row-sent', label: 'Rows read for one sent' },
  { value: 'change', label: 'Change since last' },
  { value: 'first-seen', label: 'First seen' },
];

/** The queue: every class of the capture, the costliest first. Only rows in sight exist, however many there are. */
export function TriageList({
  reviewId,
  detail,
  selected,
  onSelect,
  onFirst,
}: {
  readonly reviewId: string;
  readonly detail: ReviewDetail;
  readonly selected: string | null;
  readonly onSelect: (classId: string) => void;
  readonly onFirst: (classId: string) => void;
}): ReactNode {
  const [text, setText] = useState('');
  const [wanted] = useDebouncedValue(text.trim(), 150);
  const [sort, setSort] = useState<ClassSort>('seconds');
  const [filter, setFilter] = useState<TriageFilter>({});
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  // Known from the first page on; the rows in sight say which pages are asked for.
  const [total, setTotal] = useState(0);
  const rows = useVirtualRows({ count: total, height: triageRowHeight, element: list });
  const query: Omit<CallInput<'query.classes'>, 'offset' | 'limit'> = {
    reviewId,
    sort,
    direction: 'desc',
    filter: { ...filter, ...(wanted === '' ? {} : { text: wanted }) },
  };
  const pages = useClassPages(query, rows.first, rows.last);
  if (pages.total !== null && pages.total !== total) setTotal(pages.total);
  const firstId = pages.row(0)?.classId ?? null;
  const tellFirst = useEffectEvent((id: string) => onFirst(id));
  useEffect(() => {
    if (firstId !== null) tellFirst(firstId);
  }, [firstId]);
  const step = (by: 1 | -1): void => {
    const at = rows.find((index: number) => pages.row(index)?.classId === selected);
    const next = at === undefined ? 0 : Math.min((pages.total ?? 1) - 1, Math.max(0, at + by));
    const row = pages.row(next);
    rows.scrollTo(next);
    if (row) onSelect(row.classId);
  };
  useKeys([
    { keys: '/', what: 'Filter the classes', run: () => input.current?.focus() },
    { keys: 'J', what: 'Next class', run: () => step(1) },
    { keys: 'K', what: 'Class before', run: () => step(-1) },
    { keys: 'ArrowDown', what: 'Next class', run: () => step(1) },
    { keys: 'ArrowUp', what: 'Class before', run: () => step(-1) },
  ]);
  return (
    <Panel
      flush
      title="Triage"
      note={pages.total === null ? '' : `${formatCount(pages.total)} of ${formatCount(detail.capture.classCount)}`}
      right={
        <>
          <KeyHint>J</KeyHint>
          <KeyHint>K</KeyHint>
        </>
      }
    >
      <div className="triage-tools">
        <TextInput
          ref={input}
          aria-label="Filter"
          placeholder="Words, table, id, digest"
          leftSection={<IconFilter size={13} />}
          rightSection={<KeyHint>/</KeyHint>}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          className="grow"
        />
        <Select
          aria-label="Sorted by"
          data={[...sorts]}
          value={sort}
          onChange={(value) => setSort(sorts.find((each) => each.value === value)?.value ?? 'seconds')}
          allowDeselect={false}
          w={168}
        />
      </div>
      <TriageFilters detail={detail} filter={filter} onFilter={setFilter} />
      <div className="triage-head" aria-hidden>
        <span>Statement class</span>
        <span className="num">Share of time</span>
        <span className="num">p95</span>
        <span className="num">Calls</span>
        <span>Over time</span>
      </div>
      {pages.error && <ErrorCard error={pages.error} />}
      {pages.total === 0 && <EmptyState text="No class matches." />}
      <div
        ref={list}
        className="scroll triage-scroll"
        tabIndex={0}
        role="listbox"
        aria-label="Statement classes"
        data-testid="triage"
      >
        <div style={{ height: rows.totalHeight, position: 'relative' }}>
          {rows.visible.map(({ index, top }) => (
            <Row key={index} row={pages.row(index)} top={top} selected={selected} onSelect={onSelect} />
          ))}
        </div>
      </div>
    </Panel>
  );
}

function Row({
  row,
  top,
  selected,
  onSelect,
}: {
  readonly row: ClassRow | undefined;
  readonly top: number;
  readonly selected: string | null;
  readonly onSelect: (classId: string) => void;
}): ReactNode {
  return (
    <div className="triage-place" style={{ transform: `translateY(${top}px)`, height: triageRowHeight }}>
      {row && <TriageRow row={row} selected={row.classId === selected} onSelect={onSelect} />}
    </div>
  );
}
