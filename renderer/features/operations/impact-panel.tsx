import type { ReactNode } from 'react';
import { movesPrimary, type Plan } from '@shared/model/plan';
import { formatCount, formatMs, formatSeconds } from '../../lib/format';
import { Panel } from '../../ui/panel';
import { StatusBadge } from '../../ui/status-badge';
import { PlanChanges } from './plan-changes';
import { plannedTotalMs, type changedFacts } from './plan-words';

function refusedSentence(plan: Plan): string {
  const others = plan.candidates.some((each) => each.state !== 'excluded');
  if (plan.choices.some((each) => each.possible && !each.chosen))
    return 'Nothing was changed. Choose another way below, or mend what is named and ask again.';
  return plan.verdict?.offersFailover === false || !others
    ? 'Nothing was changed. Mend what is named and ask again.'
    : 'Nothing was changed. Choose another one below, or mend what is named and ask again.';
}

/** The price before the click: what is lost, how long writes wait, what happens; or why not. */
export function ImpactPanel({
  plan,
  changes,
}: {
  readonly plan: Plan;
  readonly changes: ReturnType<typeof changedFacts>;
}): ReactNode {
  const { impact } = plan;
  const moves = movesPrimary(plan.kind);
  return (
    <Panel flush tone={plan.applyable ? undefined : 'watch'}>
      <div
        className="scroll"
        style={{ padding: '10px 14px' }}
        data-testid="impact"
        tabIndex={0}
        role="region"
        aria-label="Impact"
      >
        <div className="label">
          {!plan.applyable
            ? 'Not possible now'
            : moves
              ? `From ${impact.primary} to ${impact.candidate}`
              : `The price for ${plan.cluster}`}
        </div>
        {plan.applyable ? (
          <div className="row" style={{ gap: 14, margin: '1px 0 5px', flexWrap: 'wrap' }}>
            <span className={impact.lostTransactions === 0 ? 'figure c-ok' : 'figure c-act'}>
              {formatCount(impact.lostTransactions)}
              <span className="unit">
                {/* What only the instance holds stands beside it: this figure is about the primary's writes alone. */}
                {plan.divergence === null ? 'transactions lost' : `lost of what ${impact.primary} holds`}
              </span>
            </span>
            <span className="figure">
              about{' '}
              {moves ? formatMs(impact.writeGapMs) : formatSeconds(Math.round(plannedTotalMs(plan.steps) / 100) / 10)}
              <span className="unit">{moves ? 'without writes' : 'in all; writes go on'}</span>
            </span>
          </div>
        ) : (
          <div className="figure" style={{ margin: '1px 0 5px' }}>
            {plan.verdict?.offersFailover === false ? 'No failover' : 'Refused'}
          </div>
        )}
        {plan.refusals.map((refusal) => (
          <div key={refusal} data-refusal className="refusal">
            <StatusBadge mark="failed">{refusal}</StatusBadge>
          </div>
        ))}
        {(plan.applyable ? impact.sentences : [refusedSentence(plan)]).map((sentence) => (
          <div key={sentence} style={{ fontSize: 12.5, lineHeight: 1.5 }} className="c-t2">
            {sentence}
          </div>
        ))}
        <PlanChanges changes={changes} />
      </div>
    </Panel>
  );
}
