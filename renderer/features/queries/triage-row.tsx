import { clsx } from 'clsx';
import { memo, type ReactNode } from 'react';
import type { ClassRow } from '@shared/model/query-review';
import { formatCompact, formatDay, formatTime } from '../../lib/format';
import { highlightSql, type SqlPart } from '../../ui/highlight-sql';
import { Sparkline } from '../../ui/sparkline';
import { StatusBadge } from '../../ui/status-badge';
import { changeWords, formatShare, stateMarks, stateWords } from './query-words';

/** px, also in queries.css; every row has it, so that the list knows where each stands. */
export const triageRowHeight = 60;

/** Beyond this a fingerprint is of no use in two lines. */
const shownLength = 220;

/** One class in the queue: what it is, where it stands, how much of the time it takes, how it moved. */
export const TriageRow = memo(function TriageRow({
  top,
  row,
  selected,
  onSelect,
}: {
  /** px below the top of the list. */
  readonly top: number;
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
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onSelect(row.classId)}
    >
      <div className="triage-what">
        <div className="triage-sql mono">
          {joined(highlightSql(row.fingerprint.slice(0, shownLength))).map((part, index) =>
            part.kind === 'plain' ? (
              part.text
            ) : (
              // Parts of one text have no identity but their place.
              <span key={index} className={part.kind}>
                {part.text}
              </span>
            ),
          )}
        </div>
        <div className="row triage-state">
          {row.state === 'new' ? (
            // Nearly every row: the badge's icon alone would be nine elements.
            <span className="triage-untouched">{stateWords.new}</span>
          ) : (
            <StatusBadge plain size={12} mark={stateMarks[row.state]}>
              {stateText(row)}
            </StatusBadge>
          )}
          {movement === 'regressed' && <span className="chip tone-watch">Regressed</span>}
          {movement === 'new' && <span className="chip">New class</span>}
          {row.planChanged && <span className="chip tone-watch">Plan changed</span>}
          {(row.flags['Full_scan'] ?? 0) > 0 && <span className="chip">Full scan</span>}
        </div>
      </div>
      <div className="num">
        <b>{formatShare(row.share)}</b>
        <div className="triage-share" style={{ backgroundSize: `${Math.max(1, row.share * 100)}% 100%` }} />
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

/** Fewer parts for the same look: a space between two words of one kind has no colour. */
function joined(parts: readonly SqlPart[]): readonly SqlPart[] {
  const found: SqlPart[] = [];
  for (const [at, part] of parts.entries()) {
    const last = found.at(-1);
    const isBetween = part.kind === 'plain' && part.text.trim() === '' && parts[at + 1]?.kind === last?.kind;
    if (last !== undefined && (isBetween || part.kind === last.kind))
      found[found.length - 1] = { kind: last.kind, text: last.text + part.text };
    else found.push(part);
  }
  return found;
}

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
