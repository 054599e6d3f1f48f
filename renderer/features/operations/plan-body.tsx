import type { ReactNode } from 'react';
import type { Plan } from '@shared/model/plan';
import { CandidatesPanel } from './candidates-panel';
import { ChecksPanel } from './checks-panel';
import { FencePanel } from './fence-panel';
import { ImpactPanel } from './impact-panel';
import { LossPanel } from './loss-panel';
import { chosenLoss, type changedFacts } from './plan-words';
import { StepsPanel } from './steps-panel';
import { VerdictPanel } from './verdict-panel';

/** A plan of any kind, by what it carries: verdict, price, candidates, fence, checks, steps, in the order of reading. */
export function PlanBody({
  plan,
  changes,
  onChoose,
}: {
  readonly plan: Plan;
  readonly changes: ReturnType<typeof changedFacts>;
  readonly onChoose: (instanceId: string) => void;
}): ReactNode {
  const loss = plan.applyable ? chosenLoss(plan) : null;
  const { verdict } = plan;
  // Where no failover is offered, how it would be done must not lead a tired person on.
  const offered = verdict?.offersFailover !== false;
  const fenced = offered && plan.fence.length > 0;
  const price = loss ? (
    <LossPanel plan={plan} loss={loss} changes={changes} />
  ) : (
    <ImpactPanel plan={plan} changes={changes} />
  );
  return (
    <>
      <div className={verdict ? 'plan-top failover' : 'plan-top'}>
        {verdict && <VerdictPanel verdict={verdict} />}
        {price}
        {!fenced && !verdict && <ChecksPanel checks={plan.checks} />}
      </div>
      {offered && plan.candidates.length > 0 && <CandidatesPanel plan={plan} onChoose={onChoose} />}
      <div className={fenced ? 'plan-foot fenced' : 'plan-foot'}>
        {fenced && <FencePanel fence={plan.fence} primary={plan.impact.primary} />}
        {(fenced || verdict) && <ChecksPanel checks={plan.checks} narrow={fenced} />}
        {offered && (plan.steps.length > 0 || !verdict) && <StepsPanel plan={plan} />}
      </div>
    </>
  );
}
