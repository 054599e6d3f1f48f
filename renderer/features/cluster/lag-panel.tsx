import { Fragment, type ReactNode } from 'react';
import type { ClusterHistory, ClusterState, HistoryPoint, InstanceState } from '@shared/model/fleet';
import { useNow } from '../../lib/clock';
import { replicasOf } from '../../lib/fleet';
import { formatAge, formatBytes, formatSeconds } from '../../lib/format';
import { useCall } from '../../lib/queries';
import { EmptyState } from '../../ui/empty-state';
import { ErrorCard } from '../../ui/error-card';
import { Panel } from '../../ui/panel';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { markOf, StatusBadge } from '../../ui/status-badge';
import { TimeSeries, type SeriesLine, type SeriesPoint } from '../../ui/time-series';

const windowMs = 20 * 60_000;
const stepMs = 5_000;
const points = 240;

const lines: readonly SeriesLine[] = [
  { key: 'server', tone: 'var(--t3)', width: 1.2, dash: '2 3', stepped: true },
  { key: 'worker', tone: 'var(--s3)', width: 1.3, dash: '5 3' },
  { key: 'position', tone: 'var(--s2)', width: 1.4 },
  { key: 'heartbeat', tone: 'var(--s1)', width: 1.7 },
];

const toPoint = (point: HistoryPoint): SeriesPoint => ({
  atMs: point.atMs,
  values: {
    server: point.serverLag,
    worker: point.workerLag,
    position: point.positionLag,
    heartbeat: point.heartbeatLag,
  },
});

/** Lag of each replica over the last 20 minutes, four ways, each replica on its own scale over one time axis. */
export function LagPanel({ cluster }: { readonly cluster: ClusterState }): ReactNode {
  const now = useNow();
  const toMs = Math.floor(now / stepMs) * stepMs;
  // Asked in steps of 5 s; the answer before stays until the next one is here.
  const history = useCall(
    'cluster.history',
    { clusterId: cluster.id, fromMs: toMs - windowMs, toMs, points },
    { keepBefore: true },
  );
  const drawn = history.data;
  const replicas = replicasOf(cluster);
  return (
    <Panel
      flush
      title="Lag by replica"
      note="last 20 min"
      right={
        <>
          <span style={{ color: 'var(--s1)' }}>━ heartbeat</span>
          <span style={{ color: 'var(--s2-text)' }}>━ position seen</span>
          <span style={{ color: 'var(--s3)' }}>╍ worker timestamps</span>
          <span>┈ server</span>
          {history.data && (
            <span className="wide" title={`${formatBytes(history.data.bound.bytes)} on disk`}>
              kept {history.data.bound.secondPointsHours} h by 1 s, {history.data.bound.minutePointsDays} d by 1 min
            </span>
          )}
        </>
      }
    >
      {history.error && (
        <div style={{ padding: 10 }}>
          <ErrorCard error={history.error} />
        </div>
      )}
      {replicas.length === 0 && <EmptyState text="No replica: there is no lag to show." />}
      {replicas.length > 0 && history.data === undefined && history.error === null && <SkeletonRows />}
      {drawn && (
        <div className="col scroll" tabIndex={0}>
          {replicas.map((replica, index) => (
            <LagRow
              key={replica.id}
              replica={replica}
              withHeartbeat={cluster.heartbeat.kind !== 'none'}
              history={drawn}
              last={index === replicas.length - 1}
            />
          ))}
        </div>
      )}
    </Panel>
  );
}

function LagRow({
  replica,
  withHeartbeat,
  history,
  last,
}: {
  readonly replica: InstanceState;
  readonly withHeartbeat: boolean;
  readonly history: ClusterHistory;
  readonly last: boolean;
}): ReactNode {
  const series = history.instances.find((each) => each.instanceId === replica.id)?.points ?? [];
  const { lag } = replica;
  return (
    <div className="lag-row" data-instance={replica.name} data-lag={lag?.seconds ?? 'null'}>
      <div style={{ padding: '7px 10px' }}>
        <div className="name small ellipsis">{replica.name}</div>
        <StatusBadge mark={replica.reach === 'answering' ? markOf(replica.severity) : 'stale'} size={12}>
          <span style={{ fontSize: 11 }}>{lag?.seconds == null ? 'NULL' : formatSeconds(lag.seconds)}</span>
        </StatusBadge>
        {replica.channels.some((channel) => channel.delaySeconds > 0) && (
          <div className="label">
            delayed {formatAge(Math.max(...replica.channels.map((each) => each.delaySeconds)) * 1_000)} on purpose
          </div>
        )}
      </div>
      <div>
        <TimeSeries
          label={`Lag of ${replica.name}`}
          points={series.map(toPoint)}
          lines={lines}
          fromMs={history.fromMs}
          toMs={history.toMs}
          gapMs={Math.max(3 * history.stepMs, 15_000)}
          withTime={last}
        />
      </div>
      <LagWays replica={replica} withHeartbeat={withHeartbeat} />
    </div>
  );
}

const basisKey = {
  heartbeat: 'heartbeat',
  position: 'position seen',
  worker: 'workers',
  server: 'server',
  none: '',
} as const;

/** The four answers side by side: what the server says may be 0 while the truth is minutes. */
function LagWays({
  replica,
  withHeartbeat,
}: {
  readonly replica: InstanceState;
  readonly withHeartbeat: boolean;
}): ReactNode {
  const { lag } = replica;
  if (lag === null)
    return (
      <div className="label" style={{ padding: '6px 10px' }}>
        not asked yet
      </div>
    );
  const ways = [
    { word: 'heartbeat', tone: 'var(--s1)', value: lag.heartbeatSeconds, none: withHeartbeat ? 'Unknown' : 'off' },
    { word: 'position seen', tone: 'var(--s2-text)', value: lag.positionSeconds, none: 'Unknown' },
    { word: 'workers', tone: 'var(--s3)', value: lag.workerSeconds, none: 'NULL' },
    { word: 'server', tone: 'var(--t3)', value: lag.serverSeconds, none: 'NULL' },
  ];
  return (
    <div style={{ padding: '6px 10px', borderLeft: '1px solid var(--line)', overflow: 'hidden' }}>
      <div className="lag-ways">
        {ways.map((way) => (
          <Fragment key={way.word}>
            <span style={{ color: way.tone }}>━</span>
            <span className={way.word === basisKey[lag.basis] ? 'name' : 'c-t2'}>{way.word}</span>
            <span className="num">{way.value === null ? way.none : formatSeconds(way.value)}</span>
          </Fragment>
        ))}
      </div>
      {lag.why !== '' && (
        <div className="label ellipsis" title={lag.why} style={{ marginTop: 2 }}>
          {lag.why}
        </div>
      )}
    </div>
  );
}
