import type { ReactNode } from 'react';
import type { Plan } from '@shared/model/plan';
import { formatCount, formatMs } from '../../lib/format';
import { Panel } from '../../ui/panel';
import { StatusBadge } from '../../ui/status-badge';
import { PlanChanges } from './plan-changes';
import type { changedFacts } from './plan-words';

const refusedSentence = (plan: Plan): string =>
  plan.candidates.length === 0 || plan.verdict?.offersFailover === false
    ? 'Nothing was changed. Mend what is named and ask again.'
    : 'Nothing was changed. Choose another candidate below, or mend what is named and ask again.';

/** The price before the click: what is lost, how long writes wait, what happens; or why not. */
export function ImpactPanel({
  plan,
  changes,
}: {
  readonly plan: Plan;
  readonly changes: ReturnType<typeof changedFacts>;
}): ReactNode {
  const { impact } = plan;
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
          {plan.applyable ? `From ${impact.primary} to ${impact.candidate}` : 'Not possible now'}
        </div>
        {plan.applyable ? (
          <div className="row" style={{ gap: 14, margin: '1px 0 5px', flexWrap: 'wrap' }}>
            <span className={impact.lostTransactions === 0 ? 'figure c-ok' : 'figure c-act'}>
              {formatCount(impact.lostTransactions)}
              <span className="unit">transactions lost</span>
            </span>
            <span className="figure">
              about {formatMs(impact.writeGapMs)}
              <span className="unit">without writes</span>
            </span>
          </div>
        ) : (
          <div className="figure" style={{ margin: '1px 0 5px' }}>
            {plan.verdict?.offersFailover === false ? 'No failover' : 'Refused'}
          </div>
        )}
        {plan.refusals.map((refusal) => (
          <div key={refusal} data-refusal>
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
