import { useState, type ReactNode } from 'react';
import type { Distribution, Share, StatementClass } from '@shared/model/query-capture';
import type { ReviewDetail } from '@shared/model/query-review';
import { formatBytes, formatCompact, formatClock, formatCount, formatDay, formatTime } from '../../lib/format';
import { FactsList } from '../../ui/facts-list';
import { IconChevronDown, IconChevronRight } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { SqlBlock } from '../../ui/sql-block';
import { OverTime } from './over-time';
import { TimeHistogram } from './time-histogram';
import { formatShare } from './query-words';

/** All figures of a class: each attribute of the log with its share of the whole, its spread, and who sent it. */
export function FiguresPanel({
  review,
  statementClass,
}: {
  readonly review: ReviewDetail;
  readonly statementClass: StatementClass;
}): ReactNode {
  const [open, setOpen] = useState(false);
  const Chevron = open ? IconChevronDown : IconChevronRight;
  const time = statementClass.metrics['Query_time'];
  return (
    <Panel
      flush
      title="Figures"
      note={`${Object.keys(statementClass.metrics).length} attributes`}
      right={
        <button type="button" className="link row" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Chevron size={13} /> {open ? 'Less' : 'All figures'}
        </button>
      }
    >
      {time !== undefined && time.buckets.length > 0 && <TimeHistogram buckets={time.buckets} />}
      <OverTime slots={statementClass.slots} capture={review.capture} annotations={review.review.annotations} />
      {open && (
        <>
          <AttributeTable all={review.capture.metrics} own={statementClass.metrics} />
          <div className="panel-body">
            <FactsList labelWidth={120} facts={factsOf(statementClass)} />
            {statementClass.samples.map((sample, index) => (
              <div key={index} style={{ marginTop: 8 }}>
                <div className="label">
                  Sample: {sample.reason.replace('-', ' ')}, {formatTime(sample.seconds)}
                  {sample.rowsExamined !== null && `, ${formatCount(sample.rowsExamined)} rows examined`}
                  {sample.atMs !== null && `, ${formatDay(sample.atMs)} ${formatClock(sample.atMs)} UTC`}
                  {sample.atByte !== null && `, at byte ${formatCount(sample.atByte)} of its log`}
                  {sample.schema !== '' && `, in ${sample.schema}`}
                  {sample.truncated && ', cut by the server'}
                </div>
                <div className="sample-sql">
                  <SqlBlock sql={sample.sql.length > 4000 ? `${sample.sql.slice(0, 4000)} …` : sample.sql} />
                </div>
                {sample.plan !== null && <pre className="sql framed">{sample.plan}</pre>}
              </div>
            ))}
          </div>
        </>
      )}
    </Panel>
  );
}

const figure = (attribute: string, value: number | null): string => {
  if (value === null) return '–';
  if (/(_time|_wait)$/.test(attribute)) return formatTime(value);
  if (/(_bytes|_sizes?|Bytes_\w+)$/i.test(attribute)) return formatBytes(value);
  return value !== 0 && Math.abs(value) < 10 && !Number.isInteger(value) ? value.toFixed(2) : formatCompact(value);
};

function AttributeTable({
  all,
  own,
}: {
  readonly all: Readonly<Record<string, Distribution>>;
  readonly own: Readonly<Record<string, Distribution>>;
}): ReactNode {
  return (
    <table className="board attributes" aria-label="Attributes">
      <colgroup>
        <col />
        {heads.map((head) => (
          <col key={head} width="57" />
        ))}
      </colgroup>
      <thead>
        <tr>
          <th>Attribute</th>
          {heads.map((head) => (
            <th key={head} className="num">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {told(own).map(([name, one]) => {
          const whole = all[name]?.total ?? 0;
          return (
            <tr key={name}>
              <td>{name.replaceAll('_', ' ')}</td>
              <td className="num">{whole > 0 ? formatShare(one.total / whole) : '–'}</td>
              <td className="num">{figure(name, one.total)}</td>
              <td className="num">{figure(name, one.min)}</td>
              <td className="num">{figure(name, one.count > 0 ? one.total / one.count : null)}</td>
              <td className="num">{figure(name, one.p50)}</td>
              <td className="num">{figure(name, one.p95)}</td>
              <td className="num">{figure(name, one.p99)}</td>
              <td className="num">{figure(name, one.max)}</td>
              <td className="num">{figure(name, one.stddev)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** What says something first; attributes that were zero throughout come last. */
const told = (own: Readonly<Record<string, Distribution>>): readonly (readonly [string, Distribution])[] =>
  Object.entries(own).toSorted(([, a], [, b]) => Number(b.total > 0) - Number(a.total > 0));

const heads = ['of all', 'sum', 'min', 'mean', 'median', 'p95', 'p99', 'max', 'deviation'] as const;

const sharesText = (shares: readonly Share[]): string =>
  shares
    .slice(0, 8)
    .map(({ name, calls, seconds }) => `${name || '(none)'} ${formatCompact(calls)} calls, ${formatTime(seconds)}`)
    .join(' · ');

const factsOf = (one: StatementClass): readonly { readonly label: string; readonly value: ReactNode }[] => [
  ...(one.errors === null ? [] : [{ label: 'Errors', value: formatCount(one.errors) }]),
  ...(one.warnings === null ? [] : [{ label: 'Warnings', value: formatCount(one.warnings) }]),
  ...Object.entries(one.flags).map(([flag, calls]) => ({
    label: flag.replaceAll('_', ' '),
    value: `${formatCount(calls)} of ${formatCount(one.calls)} calls`,
  })),
  ...(
    [
      ['Schemas', one.schemas],
      ['Users', one.users],
      ['Hosts', one.hosts],
      ['Applications', one.applications],
    ] as const
  )
    .filter(([, shares]) => shares.length > 0)
    .map(([label, shares]) => ({ label, value: sharesText(shares) })),
  { label: 'pt-query-digest id', value: <span className="mono">{one.ptChecksum}</span> },
  ...(one.serverDigests.length === 0
    ? []
    : [{ label: 'Server digest', value: <span className="mono">{one.serverDigests.slice(0, 3).join(' ')}</span> }]),
];
