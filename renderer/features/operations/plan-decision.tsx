import { Button, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Plan } from '@shared/model/plan';
import { useNow } from '../../lib/clock';
import { plural } from '../../lib/format';
import { useKeys } from '../../lib/keyboard';
import { useAct } from '../../lib/queries';
import { navigate } from '../../lib/router';
import { useUnlock } from '../../lib/unlock';
import { DecisionBar } from '../../ui/decision-bar';
import { ErrorCard } from '../../ui/error-card';
import { IconRefresh } from '../../ui/icons';
import { KeyHint } from '../../ui/key-hint';
import { StatusBadge } from '../../ui/status-badge';
import { TypedField } from '../../ui/typed-field';
import { UnlockForm } from '../../ui/unlock-form';
import { AttestationField } from './attestation-field';
import { losesSomething } from './kind-words';
import { PlanSegments } from './plan-segments';
import { goRefusal } from './plan-words';

/** Foot of the plan: what passes, how far one can go back, what must be typed, and the one button that starts it. */
export function PlanDecision({
  plan,
  locked,
  asking,
  onAskAgain,
}: {
  readonly plan: Plan;
  readonly locked: boolean;
  readonly asking: boolean;
  readonly onAskAgain: () => void;
}): ReactNode {
  const [typed, setTyped] = useState('');
  const [sworn, setSworn] = useState('');
  const [reason, setReason] = useState('');
  const now = useNow();
  const approve = useAct('operation.approve', { refresh: ['operation.list'] });
  const { unlock } = useUnlock();
  const refusal = goRefusal({ plan, typed, sworn, locked, nowMs: now });
  const possible = plan.applyable && plan.verdict?.offersFailover !== false;
  const expired = possible && now > plan.expiresAtMs;
  const go = (): void => {
    if (refusal !== null) return;
    approve.run(
      {
        planId: plan.id,
        confirmName: typed,
        reason: reason.trim(),
        ...(plan.attestation === null ? {} : { attestation: sworn }),
      },
      ({ runId }) => navigate({ name: 'run', runId, stage: 'run' }),
    );
  };
  useKeys([
    {
      keys: 'Ctrl Enter',
      what: 'The main act, once the name is typed',
      run: expired ? onAskAgain : go,
      inFields: true,
    },
  ]);
  return (
    <>
      {approve.error && (
        <div className="over-decision">
          <ErrorCard error={approve.error} />
        </div>
      )}
      {locked && possible && (
        <div className="over-decision">
          <UnlockForm
            focus={false}
            why={`${plan.cluster} is locked: nothing on it can be changed until you unlock it.`}
            cluster={plan.cluster}
            busy={unlock.busy}
            error={unlock.error}
            onUnlock={(why, minutes) => unlock.run({ clusterId: plan.clusterId, reason: why, minutes })}
          />
        </div>
      )}
      {plan.attestation && possible && (
        <AttestationField attestation={plan.attestation} value={sworn} onChange={setSworn} />
      )}
      <DecisionBar>
        <ChecksWord plan={plan} />
        {possible ? <PlanSegments plan={plan} /> : <span className="grow" />}
        {possible && (
          <div className="row none" style={{ gap: 6 }}>
            <TextInput
              aria-label="Reason for the report"
              placeholder="reason"
              w={96}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <TypedField label="Type the cluster" expected={plan.cluster} value={typed} onChange={setTyped} />
          </div>
        )}
        {expired || !possible ? (
          <Button h={38} fz={14} px={16} loading={asking} leftSection={<IconRefresh size={15} />} onClick={onAskAgain}>
            Ask again
          </Button>
        ) : (
          <div className="col none go">
            <Button
              h={38}
              fz={14}
              px={16}
              data-testid="go"
              {...(losesSomething(plan) ? { color: 'red' } : {})}
              disabled={refusal !== null}
              title={refusal ?? ''}
              loading={approve.busy}
              rightSection={
                <span className="wide">
                  <KeyHint>Ctrl Enter</KeyHint>
                </span>
              }
              onClick={go}
            >
              {plan.actLabel}
            </Button>
            {refusal !== null && <span className="label">Not yet: {refusal}</span>}
          </div>
        )}
      </DecisionBar>
    </>
  );
}

function ChecksWord({ plan }: { readonly plan: Plan }): ReactNode {
  const warnings = plan.checks.filter((check) => check.status !== 'pass');
  return (
    <div className="col" style={{ gap: 1, flex: '0 1 210px', minWidth: 104 }}>
      <StatusBadge mark="ok">{plural(plan.checks.length - warnings.length, 'check passes', 'checks pass')}</StatusBadge>
      {warnings.length > 0 && (
        <StatusBadge mark="watch" plain>
          {plural(warnings.length, 'does not', 'do not')}: {warnings[0]?.title}
        </StatusBadge>
      )}
    </div>
  );
}
