import type { ReactNode } from 'react';
import type { Divergence } from '@shared/model/plan';
import { formatCount, shortGtid } from '../../lib/format';
import { Panel } from '../../ui/panel';
import { StatusBadge } from '../../ui/status-badge';
import { divergenceFigures } from './divergence-words';

/** What the instance and the primary do not have in common, in numbers, and the rows that only the instance holds. */
export function DivergencePanel({ divergence }: { readonly divergence: Divergence }): ReactNode {
  const { rows, rowsLeftOut, instance, against, errantGtid } = divergence;
  const none = divergence.errantTransactions === 0;
  return (
    <Panel flush tone={none ? undefined : 'act'}>
      <div
        className="divergence none"
        data-testid="divergence"
        data-errant={divergence.errantTransactions ?? 'unknown'}
      >
        {divergenceFigures(divergence).map((figure) => (
          <div key={figure.label} title={figure.why}>
            <div className="label">{figure.label}</div>
            <div className={figure.tone === 'plain' ? 'figure' : `figure c-${figure.tone}`}>
              {figure.value}
              <span className="unit">{figure.unit}</span>
            </div>
            <div className="label divergence-why">{figure.why}</div>
          </div>
        ))}
      </div>
      {rows.length > 0 && (
        <div className="scroll" tabIndex={0} role="region" aria-label={`Rows only on ${instance}`}>
          <table className="board wraps" aria-label={`Rows only on ${instance}`}>
            <colgroup>
              <col width="24%" />
              <col width="24%" />
              <col />
            </colgroup>
            <thead>
              <tr>
                <th>Transaction</th>
                <th>Table</th>
                <th>Change that {against} lacks</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                <tr key={`${index} ${row.gtid}`}>
                  <td className="mono" title={row.gtid}>
                    {shortGtid(row.gtid)}
                  </td>
                  <td className="name" title={row.table}>
                    {row.table}
                  </td>
                  <td className="mono" title={row.change}>
                    {row.change}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rowsLeftOut !== '' && (
        <div className="left-out none" data-testid="rows-left-out">
          <StatusBadge mark="watch" plain>
            {rows.length === 0 ? 'Rows not shown' : `${formatCount(rows.length)} rows shown, not all`}: {rowsLeftOut}
          </StatusBadge>
        </div>
      )}
      {rows.length === 0 && rowsLeftOut === '' && errantGtid !== '' && (
        <div className="left-out none mono" title={errantGtid}>
          {shortGtid(errantGtid)}
        </div>
      )}
    </Panel>
  );
}
