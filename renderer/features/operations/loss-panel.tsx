import type { ReactNode } from 'react';
import type { Loss, Plan } from '@shared/model/plan';
import { formatSeconds } from '../../lib/format';
import { FactsList } from '../../ui/facts-list';
import { Panel } from '../../ui/panel';
import { basisWords, certainWords, lossFigure, unseenWords } from './loss-words';
import type { changedFacts } from './plan-words';
import { PlanChanges } from './plan-changes';

/** The price of the choice that is shown: lost for certain, what nobody could count, and on what that rests. */
export function LossPanel({
  plan,
  loss,
  changes,
}: {
  readonly plan: Plan;
  readonly loss: Loss;
  readonly changes: ReturnType<typeof changedFacts>;
}): ReactNode {
  const { value, tone } = lossFigure(loss);
  return (
    <Panel flush>
      <div
        className="scroll"
        style={{ padding: '8px 14px' }}
        data-testid="loss"
        tabIndex={0}
        role="region"
        aria-label="Loss"
      >
        <div className="label">If {plan.impact.candidate} is promoted</div>
        <div className="row" style={{ gap: '0 14px', margin: '1px 0 4px', flexWrap: 'wrap' }}>
          <span className={`figure c-${tone}`} data-testid="loss-figure">
            {value}
            <span className="unit">transactions lost</span>
          </span>
          <span className="figure">
            about {formatSeconds(plan.impact.writeGapMs / 1_000)}
            <span className="unit">until writes are back</span>
          </span>
        </div>
        <div className="loss-sentence">{loss.sentence}</div>
        <FactsList
          labelWidth={92}
          facts={[
            {
              label: 'For certain',
              value: certainWords(loss),
            },
            { label: 'Not counted', value: unseenWords(loss) },
            { label: 'Counted by', value: basisWords[loss.basis] },
          ]}
        />
        <PlanChanges changes={changes} />
      </div>
    </Panel>
  );
}
