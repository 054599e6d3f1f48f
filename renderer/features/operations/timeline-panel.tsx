import type { ReactNode } from 'react';
import type { Moment } from '@shared/model/report';
import { formatExactClock, formatSeconds } from '../../lib/format';
import { Panel } from '../../ui/panel';

/** What happened when, counted from the click; what came before it is negative. */
export function TimelinePanel({ timeline }: { readonly timeline: readonly Moment[] }): ReactNode {
  return (
    <Panel flush className="timeline" title="Timeline" note="from the journal" right="since the click">
      <div className="scroll" tabIndex={0} role="region" aria-label="Timeline, one row each">
        <table className="board" aria-label="Timeline">
          <colgroup>
            <col width="100" />
            <col />
            <col width="96" />
          </colgroup>
          <tbody>
            {timeline.map((moment, index) => (
              <tr key={`${moment.atMs} ${index}`}>
                <td className="mono c-t3">{formatExactClock(moment.atMs)}</td>
                <td title={moment.text}>{moment.text}</td>
                <td className="num c-t2">
                  {moment.sinceMs < 0 ? '−' : '+'}
                  {formatSeconds(Math.abs(moment.sinceMs) / 1_000)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
