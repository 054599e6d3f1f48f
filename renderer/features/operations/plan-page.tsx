import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Basis, Plan } from '@shared/model/plan';
import { useNow } from '../../lib/clock';
import { lostPrimaryOf } from '../../lib/failover';
import { useCluster } from '../../lib/fleet';
import { formatRemaining } from '../../lib/format';
import { useCall } from '../../lib/queries';
import { navigate, type PlanRoute } from '../../lib/router';
import { Age } from '../../ui/age';
import { ErrorCard } from '../../ui/error-card';
import { IconRefresh } from '../../ui/icons';
import { PageHead } from '../../ui/page';
import { Panel } from '../../ui/panel';
import { kindWord } from '../../ui/run-words';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { StatusBadge } from '../../ui/status-badge';
import { chosenOf } from './kind-words';
import './operations.css';
import { PlanBody } from './plan-body';
import { PlanDecision } from './plan-decision';
import { changedFacts } from './plan-words';
import { WizardStages } from './wizard-stages';

/** Plan and decide: everything that would happen, before anything happens. Draws any kind of plan. */
export function PlanPage({ asked }: { readonly asked: PlanRoute }): ReactNode {
  const { kind, clusterId, instanceId, candidateId, choice } = asked;
  const answer = useCall(
    'operation.plan',
    {
      kind,
      clusterId,
      ...(instanceId === null ? {} : { instanceId }),
      ...(candidateId === null ? {} : { candidateId }),
      ...(choice === null ? {} : { choice }),
    },
    // A plan is good for one run: the one of an earlier visit must not be there to be approved.
    { fresh: true },
  );
  const [before, setBefore] = useState<Basis | null>(null);
  const cluster = useCluster(clusterId);
  // A plan asked by a person during a drill is the drill's too: approving it is what the drill waits for.
  const drilled =
    useCall('drill.list', { clusterId }).data?.some((drill) => drill.state === 'awaiting-approval') === true;
  const lost = cluster && lostPrimaryOf(cluster);
  const plan = answer.data;
  const askAgain = (): void => {
    if (plan) setBefore(plan.basis);
    // Asking again is about the plan that is shown: another candidate or way must not slip under the person's hand.
    const shown = plan?.applyable === true ? { ...asked, ...pinned(plan, asked) } : asked;
    if (shown.candidateId !== candidateId || shown.choice !== choice) navigate(shown, true);
    else answer.ask();
  };
  return (
    <>
      <PageHead
        title={plan?.title ?? `Plan ${kindWord(kind).toLowerCase()}`}
        state={
          <>
            {kind === 'failover' && lost && <LostSince atMs={lost.sinceMs} />}
            {drilled && <StatusBadge mark="note">Part of a drill</StatusBadge>}
          </>
        }
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
        <WizardStages at={plan?.applyable === true && plan.verdict?.offersFailover !== false ? 'Decide' : 'Plan'} />
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
          <PlanBody
            plan={plan}
            candidateId={candidateId}
            changes={changedFacts(before, plan.basis)}
            onCandidate={(id) => navigate({ ...asked, candidateId: id }, true)}
            onChoice={(code) => navigate({ ...asked, choice: code }, true)}
          />
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

const pinned = (plan: Plan, asked: PlanRoute): Pick<PlanRoute, 'candidateId' | 'choice'> => ({
  candidateId: asked.candidateId ?? chosenOf(plan, null)?.instanceId ?? null,
  choice: asked.choice ?? plan.choices.find((each) => each.chosen)?.code ?? null,
});

/** How long the cluster has been without its primary: the clock of the person who decides. */
function LostSince({ atMs }: { readonly atMs: number }): ReactNode {
  const now = useNow();
  return <StatusBadge mark="act">No primary for {formatRemaining(now - atMs)}</StatusBadge>;
}
