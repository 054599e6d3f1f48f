import type { ReactNode } from 'react';
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

/** Everything about one class: the statement and its figures, its plan, what was tried, what is decided. */
export function ClassPanel({
  detail,
  classId,
  jobs,
  instanceId,
  onInstance,
}: {
  readonly detail: ReviewDetail;
  readonly classId: string;
  readonly jobs: readonly QueryJob[];
  readonly instanceId: string | null;
  readonly onInstance: (instanceId: string | null) => void;
}): ReactNode {
  const reviewId = detail.review.id;
  const answer = useCall('query.class', { reviewId, classId });
  if (answer.error) return <ErrorCard error={answer.error} />;
  if (answer.data === undefined) return <SkeletonRows />;
  const one = answer.data;
  const asked = { reviewId, detail: one, instanceId, onInstance };
  return (
    <>
      <ClassHead one={one} detail={detail} />
      <FiguresPanel review={detail} statementClass={one.statementClass} />
      <PlanPanel {...asked} redacted={detail.review.redacted} />
      <ExperimentPanel
        {...asked}
        redacted={detail.review.redacted}
        jobs={jobs.filter((job) => job.classId === classId)}
      />
      <DecisionPanel reviewId={reviewId} detail={one} />
    </>
  );
}

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
