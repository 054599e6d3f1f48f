import { memo, useMemo, useState, type ReactNode } from 'react';
import type { ClassSort, ReviewDetail } from '@shared/model/query-review';
import { formatCount } from '../../lib/format';
import { KeyHint } from '../../ui/key-hint';
import { Panel } from '../../ui/panel';
import { TriageFilters, type TriageFilter } from './triage-filters';
import { TriageRows } from './triage-rows';
import { TriageTools } from './triage-tools';

/** The queue: every class of the capture, the costliest first. Only rows in sight exist, however many there are. */
export const TriageList = memo(function TriageList({
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
  const [sort, setSort] = useState<ClassSort>('seconds');
  const [filter, setFilter] = useState<TriageFilter>({});
  const [total, setTotal] = useState<number | null>(null);
  const query = useMemo(
    () => ({ reviewId, sort, direction: 'desc' as const, filter: { ...filter, ...(text === '' ? {} : { text }) } }),
    [reviewId, sort, filter, text],
  );
  return (
    <Panel
      flush
      title="Triage"
      note={total === null ? '' : `${formatCount(total)} of ${formatCount(detail.capture.classCount)}`}
      right={
        <>
          <KeyHint>J</KeyHint>
          <KeyHint>K</KeyHint>
        </>
      }
    >
      <TriageTools sort={sort} onSort={setSort} onText={setText} />
      <TriageFilters detail={detail} filter={filter} onFilter={setFilter} />
      <div className="triage-head" aria-hidden>
        <span>Statement class</span>
        <span className="num">Share of time</span>
        <span className="num">p95</span>
        <span className="num">Calls</span>
        <span>Over time</span>
      </div>
      <TriageRows query={query} selected={selected} onSelect={onSelect} onFirst={onFirst} onTotal={setTotal} />
    </Panel>
  );
});
