import type { ReactNode } from 'react';
import type { FleetSnapshot, TunnelState } from '@shared/model/fleet';
import { useNow } from '../../lib/clock';
import { failoverKey, failoverRoute } from '../../lib/failover';
import { formatAge, formatClock, formatDay, formatMs, formatRemaining } from '../../lib/format';
import { useFailoverQueue } from '../../lib/outages';
import { useCall } from '../../lib/queries';
import { navigate } from '../../lib/router';
import { IconDatabase, IconKey } from '../../ui/icons';
import { KeyHint } from '../../ui/key-hint';
import { StatusIcon } from '../../ui/status-badge';

/** Always visible: tunnels, how many answered, age of the last poll, where secrets live, the clock. */
export function StatusBar({ fleet }: { readonly fleet: FleetSnapshot | undefined }): ReactNode {
  const now = useNow();
  const info = useCall('app.info', {}).data;
  const notice = info?.notices[0];
  const empty = fleet !== undefined && fleet.clusters.length === 0;
  const [worst] = useFailoverQueue();
  const tunnels = fleet?.tunnels ?? [];
  return (
    <footer className="statusbar" aria-label="Status">
      {worst && (
        <span className="c-act">
          <button
            type="button"
            className="link row"
            style={{ gap: 6 }}
            data-testid="failover-hint"
            onClick={() => navigate(failoverRoute(worst))}
          >
            <KeyHint>{failoverKey}</KeyHint>
            Plan failover on {worst.name}
          </button>
        </span>
      )}
      {empty && <span>No clusters yet</span>}
      {fleet !== undefined && tunnels.length === 0 && <span>No tunnels</span>}
      {tunnels.length > 0 && (
        <span className="tunnels">
          {tunnels.map((tunnel) => (
            <TunnelItem key={tunnel.id} tunnel={tunnel} nowMs={now} />
          ))}
        </span>
      )}
      {fleet !== undefined && !empty && (
        <span data-testid="answered">
          <IconDatabase size={12} />
          {fleet.answered} of {fleet.total} answered
        </span>
      )}
      {fleet !== undefined && !empty && <LastPoll atMs={fleet.lastPollAtMs} nowMs={now} />}
      {notice && (
        <span className={notice.severity === 'note' ? 'c-t2' : `c-${notice.severity}`} title={notice.nextStep}>
          <StatusIcon mark={notice.severity} size={12} />
          {notice.text}
        </span>
      )}
      <span className="space" />
      {info && (
        <span className={info.secrets === 'memory' ? 'c-watch' : ''} title="Where passwords and passphrases are kept">
          <IconKey size={12} />
          Secrets: {info.secrets === 'memory' ? 'memory only, gone at exit' : 'keychain'}
        </span>
      )}
      <span>
        {formatDay(now)} {formatClock(now)} UTC
      </span>
    </footer>
  );
}

function LastPoll({ atMs, nowMs }: { readonly atMs: number | null; readonly nowMs: number }): ReactNode {
  if (atMs === null) return <span>No poll yet</span>;
  const age = nowMs - atMs;
  return <span className={age > 4_000 ? 'c-watch' : ''}>Last poll {formatAge(age)} ago</span>;
}

function TunnelItem({ tunnel, nowMs }: { readonly tunnel: TunnelState; readonly nowMs: number }): ReactNode {
  const text = tunnelText(tunnel, nowMs);
  const bad = tunnel.state === 'reconnecting' || tunnel.state === 'blocked';
  const mark = tunnel.state === 'up' ? 'ok' : bad ? 'watch' : 'todo';
  return (
    <span className={bad ? 'c-watch' : ''} data-tunnel={tunnel.name} data-state={tunnel.state}>
      <StatusIcon mark={mark} size={12} />
      {tunnel.name} <span className={bad ? '' : 'c-t3'}>{text}</span>
    </span>
  );
}

function tunnelText(tunnel: TunnelState, nowMs: number): string {
  switch (tunnel.state) {
    case 'up':
      return formatMs(tunnel.roundTripMs);
    case 'idle':
      return 'idle';
    case 'connecting':
      return 'connecting';
    case 'blocked':
      return 'blocked, needs you';
    case 'reconnecting':
      return tunnel.nextTryAtMs === null
        ? `reconnecting, try ${tunnel.attempt}`
        : `reconnecting, try ${tunnel.attempt}, next in ${formatRemaining(tunnel.nextTryAtMs - nowMs)}`;
  }
}
