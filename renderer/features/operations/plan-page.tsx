import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Basis, OperationKind } from '@shared/model/operation';
import { useCluster } from '../../lib/fleet';
import { useCall } from '../../lib/queries';
import { navigate } from '../../lib/router';
import { Age } from '../../ui/age';
import { ErrorCard } from '../../ui/error-card';
import { IconRefresh } from '../../ui/icons';
import { PageHead } from '../../ui/page';
import { Panel } from '../../ui/panel';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { CandidatesPanel } from './candidates-panel';
import { ChecksPanel } from './checks-panel';
import { ImpactPanel } from './impact-panel';
import './operations.css';
import { PlanDecision } from './plan-decision';
import { changedFacts } from './plan-words';
import { Stages } from './stages';
import { StepsPanel } from './steps-panel';

/** Plan and decide: everything that would happen, before anything happens. Draws any kind of plan. */
export function PlanPage({
  kind,
  clusterId,
  candidateId,
}: {
  readonly kind: OperationKind;
  readonly clusterId: string;
  readonly candidateId: string | null;
}): ReactNode {
  const answer = useCall('operation.plan', { kind, clusterId, ...(candidateId === null ? {} : { candidateId }) });
  const [before, setBefore] = useState<Basis | null>(null);
  const cluster = useCluster(clusterId);
  const plan = answer.data;
  const askAgain = (): void => {
    if (plan) setBefore(plan.basis);
    // Asking again is about the plan that is shown: another candidate must not slip under the person's hand.
    const shown = plan?.candidates.find((one) => one.instance === plan.impact.candidate)?.instanceId;
    if (plan?.applyable && candidateId === null && shown !== undefined) {
      navigate({ name: 'plan', kind, clusterId, candidateId: shown }, true);
    } else answer.ask();
  };
  return (
    <>
      <PageHead
        title={plan?.title ?? `Plan ${kind}`}
        facts={
          plan && (
            <Age
              atMs={plan.createdAtMs}
              oldAfterMs={plan.expiresAtMs - plan.createdAtMs}
              prefix="asked "
              suffix=" ago"
            />
          )
        }
      >
        <Stages at={plan?.applyable === true ? 'Decide' : 'Plan'} />
        {plan?.applyable !== false && (
          <Button variant="default" loading={answer.asking} leftSection={<IconRefresh size={13} />} onClick={askAgain}>
            Ask again
          </Button>
        )}
      </PageHead>
      <div className="page-body" style={{ paddingBottom: 10 }}>
        {answer.error && (
          <ErrorCard error={answer.error}>
            <Button variant="default" onClick={askAgain}>
              Plan again
            </Button>
            <Button variant="default" onClick={() => navigate({ name: 'cluster', clusterId, tab: 'overview' })}>
              Back to the cluster
            </Button>
          </ErrorCard>
        )}
        {plan === undefined && answer.error === null && (
          <Panel flush title="Plan" note="asking every instance; nothing changes" className="grow">
            <SkeletonRows />
          </Panel>
        )}
        {plan && (
          <>
            <div className="plan-top">
              <ImpactPanel plan={plan} changes={changedFacts(before, plan.basis)} />
              <ChecksPanel checks={plan.checks} />
            </div>
            <CandidatesPanel
              plan={plan}
              onChoose={(instanceId) => navigate({ name: 'plan', kind, clusterId, candidateId: instanceId }, true)}
            />
            <StepsPanel plan={plan} />
          </>
        )}
      </div>
      {plan && (
        <PlanDecision
          plan={plan}
          locked={cluster !== undefined && cluster.unlock === null}
          asking={answer.asking}
          onAskAgain={askAgain}
        />
      )}
    </>
  );
}
