import { memo, useDeferredValue, type ReactNode } from 'react';
import type { QueryJob } from '@shared/model/query-job';
import type { ClassDetail, ReviewDetail } from '@shared/model/query-review';
import { formatCompact, formatCount, formatMoment, formatTime } from '../../lib/format';
import { useNow } from '../../lib/clock';
import { useCall } from '../../lib/queries';
import { ErrorCard } from '../../ui/error-card';
import { Panel } from '../../ui/panel';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { SqlBlock } from '../../ui/sql-block';
import { Unit } from '../../ui/unit';
import { DecisionPanel } from './decision-panel';
import { ExperimentPanel } from './experiment-panel';
import { FiguresPanel } from './figures-panel';
import { PlanPanel } from './plan-panel';

interface ClassParts {
  readonly detail: ReviewDetail;
  readonly jobs: readonly QueryJob[];
  readonly instanceId: string | null;
  readonly onInstance: (instanceId: string | null) => void;
}

/**
 * Everything about one class: the statement and its figures, its plan, what was tried, what is decided. It is drawn between the
 * frames of the list beside it; until it is there the class before stays to be read, but nothing can be done with it.
 */
export function ClassPanel({ classId, ...parts }: ClassParts & { readonly classId: string }): ReactNode {
  const answer = useCall('query.class', { reviewId: parts.detail.review.id, classId }, { keepBefore: true });
  const one = useDeferredValue(answer.data);
  if (answer.error) return <ErrorCard error={answer.error} />;
  if (one === undefined) return <SkeletonRows />;
  return (
    <div className="col gap-panels class-body" inert={one.statementClass.id !== classId}>
      <ClassBody key={one.statementClass.id} one={one} {...parts} />
    </div>
  );
}

const ClassBody = memo(function ClassBody({
  one,
  detail,
  jobs,
  instanceId,
  onInstance,
}: ClassParts & { readonly one: ClassDetail }): ReactNode {
  const { review } = detail;
  const asked = { reviewId: review.id, detail: one, instanceId, onInstance, redacted: review.redacted };
  return (
    <>
      <ClassHead one={one} detail={detail} />
      <FiguresPanel review={detail} statementClass={one.statementClass} />
      <PlanPanel {...asked} />
      <ExperimentPanel {...asked} jobs={jobs.filter((job) => job.classId === one.statementClass.id)} />
      <DecisionPanel reviewId={review.id} detail={one} />
    </>
  );
});

function ClassHead({ one, detail }: { readonly one: ClassDetail; readonly detail: ReviewDetail }): ReactNode {
  const now = useNow();
  const { statementClass, row, rank } = one;
  const comparison = row.comparison;
  const { classCount: total, fromMs, toMs } = detail.capture;
  const windowSeconds = fromMs === null || toMs === null || toMs <= fromMs ? null : (toMs - fromMs) / 1000;
  return (
    <Panel
      title={`Class ${formatCount(rank)} of ${formatCount(total)}`}
      note={<span className="mono">{statementClass.id}</span>}
      right={statementClass.tables.slice(0, 4).join(', ')}
    >
      <div className="class-sql">
        <SqlBlock sql={statementClass.fingerprint} framed={false} />
      </div>
      <div className="class-figures">
        <Figure label="Calls" value={formatCompact(statementClass.calls)} />
        {windowSeconds !== null && <Figure label="Calls/s" value={formatCount(statementClass.calls / windowSeconds)} />}
        <Figure label="Query time" value={formatTime(row.seconds)} />
        <Figure label="p50" value={formatTime(statementClass.metrics['Query_time']?.p50 ?? null)} />
        <Figure label="p95" value={formatTime(row.p95Seconds)} />
        <Figure label="Slowest" value={formatTime(row.maxSeconds)} />
        <Figure
          label="Read for one sent"
          value={row.examinedPerSent === null ? '–' : formatCompact(Math.round(row.examinedPerSent))}
        />
        <Figure
          label="Last seen"
          value={statementClass.lastSeenMs === null ? '–' : formatMoment(statementClass.lastSeenMs, now)}
          unit="UTC"
        />
      </div>
      {comparison !== null && (
        <div className={comparison.movement === 'regressed' ? 'small c-watch' : 'small c-t2'} data-testid="comparison">
          {comparison.evidence}
        </div>
      )}
      {one.item?.reopenedBecause && (
        <div className="small c-watch" data-testid="reopened">
          {one.item.reopenedBecause}
        </div>
      )}
    </Panel>
  );
}

function Figure({
  label,
  value,
  unit,
}: {
  readonly label: string;
  readonly value: string;
  readonly unit?: string;
}): ReactNode {
  return (
    <div>
      <div className="label">{label}</div>
      <div className="name nowrap">
        {value}
        {unit !== undefined && value !== '–' && <Unit>{unit}</Unit>}
      </div>
    </div>
  );
}
