import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import type { PlanNode, QueryPlan } from '@shared/model/query-plan';
import { formatCompact, formatCount, formatTime } from '../lib/format';
import './plan-tree.css';

/**
 * The plan as an indented tree: estimated against actual, own time of each line, the worst one marked. `unfinished`: its
 * statement still runs, and what is actual is so far.
 */
export function PlanTree({
  plan,
  unfinished = false,
}: {
  readonly plan: QueryPlan;
  readonly unfinished?: boolean;
}): ReactNode {
  const most = Math.max(0, ...plan.nodes.map((node) => node.ownMs ?? 0));
  return (
    <table className="board plan-tree" aria-label="Plan" data-testid="plan-tree">
      <colgroup>
        <col />
        <col width="86" />
        {plan.analyzed && <col width="86" />}
        {plan.analyzed && <col width="66" />}
        <col width={plan.analyzed ? 116 : 96} />
      </colgroup>
      <thead>
        <tr>
          <th>Operation</th>
          <th className="num">Estimated</th>
          {plan.analyzed && <th className="num">{unfinished ? 'So far' : 'Actual'}</th>}
          {plan.analyzed && <th className="num">Off by</th>}
          <th className="num">{plan.analyzed ? 'Own time' : 'Cost'}</th>
        </tr>
      </thead>
      <tbody>
        {plan.nodes.map((node) => (
          <tr
            key={node.id}
            className={clsx(node.id === plan.worstNodeId && 'worst')}
            title={node.condition ?? ''}
            data-worst={node.id === plan.worstNodeId}
          >
            <td style={{ paddingLeft: 8 + node.depth * 12 }}>
              {node.depth > 0 && <span className="c-t3">└ </span>}
              <span className="name">{node.operation}</span> <span className="c-t2">{placeOf(node)}</span>
            </td>
            <td className="num">{rows(node.estimatedRows)}</td>
            {plan.analyzed && <td className="num">{rows(node.actualRows)}</td>}
            {plan.analyzed && <td className={clsx('num', isFarOff(node) && 'c-watch name')}>{offBy(node.offBy)}</td>}
            <td className="num">{plan.analyzed ? <OwnTime node={node} most={most} /> : rows(node.estimatedCost)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function OwnTime({ node, most }: { readonly node: PlanNode; readonly most: number }): ReactNode {
  if (node.ownMs === null) return '–';
  return (
    <span className="row" style={{ justifyContent: 'flex-end', gap: 6 }}>
      <span className="bar own-bar">
        <i style={{ width: `${most > 0 ? (node.ownMs / most) * 100 : 0}%`, background: 'var(--watch)' }} />
      </span>
      {formatTime(node.ownMs / 1000)}
      {(node.loops ?? 1) > 1 && <span className="c-t3">×{formatCount(node.loops)}</span>}
    </span>
  );
}

const placeOf = (node: PlanNode): string =>
  [
    node.alias ?? node.table ?? '',
    node.index === null
      ? ''
      : `by ${node.index}${node.indexColumns.length > 0 ? ` (${node.indexColumns.join(', ')})` : ''}`,
    node.covering === true ? 'index alone' : '',
    node.sortKeys.join(', '),
  ]
    .filter(Boolean)
    .join(', ');

/** A cross join expects billions: more digits than its column holds. */
const rows = (value: number | null): string =>
  value !== null && value >= 1e7 ? formatCompact(value) : formatCount(value);

/** Ten times more or fewer than expected: the optimizer chose by a wrong picture. */
const isFarOff = ({ offBy: ratio }: PlanNode): boolean => ratio !== null && (ratio >= 10 || ratio <= 0.1);

const offBy = (ratio: number | null): string => {
  if (ratio === null) return '–';
  const times = ratio >= 1 ? ratio : 1 / Math.max(ratio, 1e-9);
  return `${ratio >= 1 ? '' : '1/'}${times >= 9.95 ? formatCount(times) : times.toFixed(1)}x`;
};
