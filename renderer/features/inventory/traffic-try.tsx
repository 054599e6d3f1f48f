import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Cluster } from '@shared/model/inventory';
import type { ProxyReading, ProxyServer, TrafficTry as Tried } from '@shared/model/traffic';
import { formatClock } from '../../lib/format';
import { useAct } from '../../lib/queries';
import { ErrorCard } from '../../ui/error-card';
import { StatusBadge } from '../../ui/status-badge';
import { useState } from 'react';
import './traffic-try.css';

/** Asks what stands behind the hooks as they stand in the form, saved or not, and shows what a move would send. */
export function TrafficTry({
  cluster,
  refusal,
}: {
  readonly cluster: Cluster;
  readonly refusal: string | null;
}): ReactNode {
  const [tried, setTried] = useState<Tried | null>(null);
  const attempt = useAct('inventory.tryTraffic');
  return (
    <div className="traffic-try">
      <div className="row">
        <Button
          variant="default"
          disabled={refusal !== null}
          loading={attempt.busy}
          onClick={() => attempt.run({ cluster }, setTried)}
        >
          Test traffic
        </Button>
        <span className="label">{refusal ?? 'Reads only. Nothing is moved.'}</span>
      </div>
      {attempt.error && <ErrorCard error={attempt.error} />}
      {tried && <Result tried={tried} />}
    </div>
  );
}

function Result({ tried }: { readonly tried: Tried }): ReactNode {
  return (
    <div data-testid="traffic-try" className="col" style={{ gap: 8 }}>
      {tried.proxies.map((one) => (
        <Proxy key={one.proxy} reading={one} />
      ))}
      {tried.notes.map((note) => (
        <span key={note} className="small">
          {note}
        </span>
      ))}
      {tried.wouldSend.length > 0 && (
        <div>
          <span className="label">{tried.move} would send, in this order:</span>
          <pre className="sql framed">{tried.wouldSend.join('\n')}</pre>
        </div>
      )}
      <span className="label">Seen at {formatClock(tried.atMs)} UTC</span>
    </div>
  );
}

function Proxy({ reading }: { readonly reading: ProxyReading }): ReactNode {
  const { proxy, servers, problems } = reading;
  return (
    <div data-proxy={proxy}>
      <StatusBadge mark={problems.length === 0 ? 'ok' : 'watch'}>
        <span className="mono">{proxy}</span>
      </StatusBadge>
      {problems.map((problem) => (
        <div key={problem} className="small">
          {problem}
        </div>
      ))}
      {servers.length > 0 && (
        <table className="board" aria-label={`Servers of ${proxy}`}>
          <colgroup>
            <col style={{ width: '22%' }} />
            <col style={{ width: '36%' }} />
            <col style={{ width: '23%' }} />
            <col style={{ width: '19%' }} />
          </colgroup>
          <thead>
            <tr>
              <th>Server</th>
              <th>Address</th>
              <th>State</th>
              <th>Instance</th>
            </tr>
          </thead>
          <tbody>
            {servers.map((one) => (
              <tr key={`${one.name} ${one.host}:${one.port}`}>
                <td className="name">{one.name}</td>
                <td className="mono" title={`${one.host}:${one.port}`}>
                  {one.host}:{one.port}
                </td>
                <td>{stateWords(one)}</td>
                <td>{one.instance || 'none of these'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

const stateWords = ({ state, up, sessions }: ProxyServer): string =>
  `${state}${state === 'open' && !up ? ', down' : ''}${sessions === null || sessions === 0 ? '' : `, ${sessions} conn.`}`;
