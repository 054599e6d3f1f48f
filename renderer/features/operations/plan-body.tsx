import type { ReactNode } from 'react';
import type { Plan } from '@shared/model/plan';
import { CandidatesPanel } from './candidates-panel';
import { ChecksPanel } from './checks-panel';
import { ChoicesPanel } from './choices-panel';
import { DivergencePanel } from './divergence-panel';
import { FencePanel } from './fence-panel';
import { ImpactPanel } from './impact-panel';
import { LossPanel } from './loss-panel';
import { chosenLoss, type changedFacts } from './plan-words';
import { StepsPanel } from './steps-panel';
import { VerdictPanel } from './verdict-panel';

/** A plan of any kind, by what it carries: verdict, divergence, price, choices, candidates, fence, checks, steps, in the order of reading. */
export function PlanBody({
  plan,
  candidateId,
  changes,
  onCandidate,
  onChoice,
}: {
  readonly plan: Plan;
  /** The candidate that was asked for. */
  readonly candidateId: string | null;
  readonly changes: ReturnType<typeof changedFacts>;
  readonly onCandidate: (instanceId: string) => void;
  readonly onChoice: (code: string) => void;
}): ReactNode {
  const loss = plan.applyable ? chosenLoss(plan) : null;
  const { verdict, divergence } = plan;
  // Where no failover is offered, how it would be done must not lead a tired person on.
  const offered = verdict?.offersFailover !== false;
  const fenced = offered && plan.fence.length > 0;
  const first = verdict ?? divergence;
  const price = loss ? (
    <LossPanel plan={plan} loss={loss} changes={changes} />
  ) : (
    <ImpactPanel plan={plan} changes={changes} />
  );
  return (
    <>
      <div className={`plan-top ${first ? 'failover' : ''} ${plan.steps.length === 0 ? 'alone' : ''}`}>
        {verdict && <VerdictPanel verdict={verdict} region={plan.checks.find((each) => each.code === 'region-lost')} />}
        {divergence && <DivergencePanel divergence={divergence} />}
        {price}
        {!fenced && !first && <ChecksPanel checks={plan.checks} />}
      </div>
      {plan.choices.length > 0 && <ChoicesPanel choices={plan.choices} onChoose={onChoice} />}
      {offered && plan.candidates.length > 0 && (
        <CandidatesPanel plan={plan} candidateId={candidateId} onChoose={onCandidate} />
      )}
      {(first !== null || plan.steps.length > 0) && (
        <div className={fenced ? 'plan-foot fenced' : divergence ? 'plan-foot beside' : 'plan-foot'}>
          {fenced && <FencePanel fence={plan.fence} primary={plan.impact.primary} />}
          {(fenced || first) && <ChecksPanel checks={plan.checks} narrow={fenced || divergence !== null} />}
          {offered && plan.steps.length > 0 && <StepsPanel plan={plan} />}
        </div>
      )}
    </>
  );
}
