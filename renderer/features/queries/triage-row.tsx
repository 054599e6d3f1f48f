import { clsx } from 'clsx';
import { memo, type ReactNode } from 'react';
import type { ClassRow } from '@shared/model/query-review';
import { formatCompact, formatDay, formatTime } from '../../lib/format';
import { highlightSql } from '../../ui/highlight-sql';
import { Sparkline } from '../../ui/sparkline';
import { StatusBadge } from '../../ui/status-badge';
import { changeWords, formatShare, stateMarks, stateWords } from './query-words';

/** px; every row has it, so that the list knows where each stands. */
export const triageRowHeight = 60;

/** Beyond this a fingerprint is of no use in two lines. */
const shownLength = 220;

/** One class in the queue: what it is, where it stands, how much of the time it takes, how it moved. */
export const TriageRow = memo(function TriageRow({
  row,
  selected,
  onSelect,
}: {
  readonly row: ClassRow;
  readonly selected: boolean;
  readonly onSelect: (classId: string) => void;
}): ReactNode {
  const change = changeWords(row);
  const movement = row.comparison?.movement;
  return (
    <div
      className={clsx('triage-row', selected && 'selected')}
      role="option"
      aria-selected={selected}
      data-row={row.classId}
      onClick={() => onSelect(row.classId)}
    >
      <div className="triage-what">
        <div className="triage-sql mono">
          {highlightSql(row.fingerprint.slice(0, shownLength)).map((part, index) => (
            // Parts of one text have no identity but their place.
            <span key={index} className={part.kind}>
              {part.text}
            </span>
          ))}
        </div>
        <div className="row triage-state">
          <StatusBadge plain size={12} mark={stateMarks[row.state]}>
            {stateText(row)}
          </StatusBadge>
          {movement === 'regressed' && <span className="chip tone-watch">Regressed</span>}
          {movement === 'new' && <span className="chip">New class</span>}
          {row.planChanged && <span className="chip tone-watch">Plan changed</span>}
          {(row.flags['Full_scan'] ?? 0) > 0 && <span className="chip">Full scan</span>}
        </div>
      </div>
      <div className="num">
        <b>{formatShare(row.share)}</b>
        <div className="bar" style={{ marginTop: 4 }}>
          <i style={{ width: `${Math.max(1, row.share * 100)}%`, background: 'var(--s1)' }} />
        </div>
      </div>
      <div className="num">
        {formatTime(row.p95Seconds ?? row.meanSeconds)}
        {row.p95Seconds === null && <div className="label">mean</div>}
      </div>
      <div className="num">{formatCompact(row.calls)}</div>
      <div>
        {row.slots.length > 1 && <Sparkline values={row.slots} width={70} label="Query time over the capture" />}
        {change !== '' && (
          <span
            className={clsx('label nowrap', movement === 'regressed' && 'c-watch', movement === 'improved' && 'c-ok')}
          >
            {change}
          </span>
        )}
      </div>
    </div>
  );
});

const stateText = (row: ClassRow): string => {
  const word = stateWords[row.state];
  if (row.state === 'accepted' && row.acceptedUntilMs !== null)
    return `${word} until ${formatDay(row.acceptedUntilMs)}`;
  if (row.state === 'decided' && row.decisionKind !== null) return `${word}: ${row.decisionKind}`;
  if (row.state === 'done' && row.realised !== null) {
    const { before, after } = row.realised.secondsPerCall;
    return after > 0 ? `${word}: ${(before / after).toFixed(1)}x faster` : word;
  }
  return word;
};
