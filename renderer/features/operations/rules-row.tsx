import type { ReactNode } from 'react';
import type { Candidate } from '@shared/model/plan';
import { StatusIcon } from '../../ui/status-badge';

/** Each rule that a candidate was asked, with its evidence; what does not hold stands first. */
export function RulesRow({
  candidate,
  columns,
}: {
  readonly candidate: Candidate;
  readonly columns: number;
}): ReactNode {
  const ranked = [...candidate.rules].sort((a, b) => Number(a.holds) - Number(b.holds));
  return (
    <tr data-rules={candidate.instance}>
      <td />
      <td colSpan={columns - 1} className="rules-cell">
        {candidate.loss && <div className="c-t1">{candidate.loss.sentence}</div>}
        <ul className="rules" aria-label={`Rules of ${candidate.instance}`}>
          {ranked.map(({ rule, holds, evidence }) => (
            <li key={rule} data-holds={holds}>
              <StatusIcon mark={holds ? 'ok' : 'failed'} size={12} />
              <span className="name">{rule}</span>
              <span className="c-t2">
                {holds ? '' : 'Does not hold: '}
                {evidence}
              </span>
            </li>
          ))}
        </ul>
      </td>
    </tr>
  );
}
