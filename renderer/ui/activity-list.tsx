import { memo, type ReactNode } from 'react';
import type { Activity } from '@shared/model/activity';
import { useNow } from '../lib/clock';
import { formatClock, formatDay, formatMoment } from '../lib/format';
import { StatusIcon } from './status-badge';

/** Lines of the activity log, newest first: when, how grave, what, by whom. */
export function ActivityList({
  lines,
  clusterName,
}: {
  readonly lines: readonly Activity[];
  /** Where lines of several clusters stand together: the name of a line's cluster. */
  readonly clusterName?: (clusterId: string) => string;
}): ReactNode {
  const day = Math.floor(useNow() / 86_400_000);
  return (
    <div role="list" aria-label="Activity" style={{ padding: '3px 0', fontSize: 12 }}>
      {lines.map((line) => (
        <ActivityLine
          key={line.seq}
          line={line}
          day={day}
          cluster={clusterName && line.clusterId !== null ? clusterName(line.clusterId) : null}
        />
      ))}
    </div>
  );
}

const ActivityLine = memo(function ActivityLine({
  line,
  day,
  cluster,
}: {
  readonly line: Activity;
  readonly day: number;
  readonly cluster: string | null;
}): ReactNode {
  return (
    <div
      role="listitem"
      className="row"
      data-activity={line.kind}
      style={{ minHeight: 26, padding: '0 10px', gap: 7 }}
      title={`${formatDay(line.atMs)} ${formatClock(line.atMs)} UTC`}
    >
      <span className="c-t3 none" style={{ width: 60 }}>
        {formatMoment(line.atMs, day * 86_400_000 + 1)}
      </span>
      <StatusIcon mark={line.severity} size={13} />
      {cluster !== null && <span className="name nowrap">{cluster}</span>}
      <span className="ellipsis grow" title={line.text}>
        {line.text}
      </span>
      <span className="label nowrap">{line.by}</span>
    </div>
  );
});
