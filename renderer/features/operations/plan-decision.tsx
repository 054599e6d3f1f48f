import { Button, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Plan } from '@shared/model/operation';
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
import { StatusBadge, StatusIcon } from '../../ui/status-badge';
import { UnlockForm } from '../../ui/unlock-form';
import { goRefusal, pointOfNoReturn } from './plan-words';

/** Foot of the plan: what passes, how far one can go back, the typed name, and the one button that starts it. */
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
  const [reason, setReason] = useState('');
  const now = useNow();
  const approve = useAct('operation.approve', { refresh: ['operation.list'] });
  const { unlock } = useUnlock();
  const refusal = goRefusal({ plan, typed, sworn: '', locked, nowMs: now });
  const expired = plan.applyable && now > plan.expiresAtMs;
  const go = (): void => {
    if (refusal !== null) return;
    approve.run({ planId: plan.id, confirmName: typed, reason: reason.trim() }, ({ runId }) =>
      navigate({ name: 'run', runId, stage: 'run' }),
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
  const warnings = plan.checks.filter((check) => check.status !== 'pass');
  return (
    <>
      {approve.error && (
        <div style={{ padding: '0 14px 8px' }}>
          <ErrorCard error={approve.error} />
        </div>
      )}
      {locked && plan.applyable && (
        <div style={{ padding: '0 14px 8px' }}>
          <div className="small c-t2" style={{ marginBottom: 4 }}>
            {plan.cluster} is locked: nothing on it can be changed until you unlock it.
          </div>
          <UnlockForm
            focus={false}
            cluster={plan.cluster}
            busy={unlock.busy}
            error={unlock.error}
            onUnlock={(why, minutes) => unlock.run({ clusterId: plan.clusterId, reason: why, minutes })}
          />
        </div>
      )}
      <DecisionBar>
        <div className="col" style={{ gap: 1, flex: '0 1 210px' }}>
          <StatusBadge mark="ok">
            {plural(plan.checks.length - warnings.length, 'check passes', 'checks pass')}
          </StatusBadge>
          {warnings.length > 0 && (
            <StatusBadge mark="watch" plain>
              {plural(warnings.length, 'does not', 'do not')}: {warnings[0]?.title}
            </StatusBadge>
          )}
        </div>
        <PlanSegments plan={plan} />
        {plan.applyable && (
          <div className="row none" style={{ gap: 6 }}>
            <TextInput
              aria-label="Reason for the report"
              placeholder="reason"
              w={120}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <span className="label">Type the cluster</span>
            <TextInput
              aria-label="Type the cluster"
              w={116}
              placeholder={plan.cluster}
              value={typed}
              styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
              rightSection={typed === plan.cluster ? <StatusIcon mark="ok" size={13} /> : null}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          </div>
        )}
        {expired || !plan.applyable ? (
          <Button h={38} fz={14} px={16} loading={asking} leftSection={<IconRefresh size={15} />} onClick={onAskAgain}>
            Ask again
          </Button>
        ) : (
          <Button
            h={38}
            fz={14}
            px={16}
            data-testid="go"
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
        )}
      </DecisionBar>
    </>
  );
}

/** Steps by planned time, parted at the point of no return. */
function PlanSegments({ plan }: { readonly plan: Plan }): ReactNode {
  const line = pointOfNoReturn(plan.steps);
  const count = plan.steps.length;
  return (
    <div style={{ flex: '1 0 250px' }}>
      <div className="segments" style={{ height: 8 }}>
        {plan.steps.map((step, index) => {
          const forward = line !== null && index + 1 >= line;
          return (
            <i
              key={step.id}
              className={index + 1 === line ? 'after' : ''}
              style={{
                flex: Math.max(200, step.plannedMs),
                background: forward ? 'var(--act)' : 'var(--run)',
                opacity: 0.6,
              }}
            />
          );
        })}
      </div>
      <div className="row" style={{ fontSize: 11, marginTop: 3 }}>
        {line === null ? (
          <span className="c-t2">Each step can be undone</span>
        ) : (
          <>
            <span className="c-t2 ellipsis">1 to {line - 1}: can be undone</span>
            <span className="right c-act ellipsis">
              {line} to {count}: forward only
            </span>
          </>
        )}
      </div>
    </div>
  );
}
