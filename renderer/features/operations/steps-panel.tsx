import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Plan } from '@shared/model/plan';
import { call } from '../../lib/bridge';
import { formatMs, formatRemaining, plural } from '../../lib/format';
import { useNow } from '../../lib/clock';
import { IconDownload } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { StepList } from '../../ui/step-list';
import { plannedTotalMs } from './plan-words';
import { StepDetail } from './step-detail';

/** The plan itself: each step, and everything it would send, before it is sent. */
export function StepsPanel({ plan }: { readonly plan: Plan }): ReactNode {
  const [picked, setPicked] = useState<string | null>(null);
  const now = useNow();
  const shown =
    plan.steps.find((step) => step.id === picked) ?? plan.steps.find((step) => step.pointOfNoReturn) ?? plan.steps[0];
  const leftMs = plan.expiresAtMs - now;
  return (
    <Panel
      flush
      className="grow"
      title="Plan"
      note={`${plural(plan.steps.length, 'step')}, about ${formatMs(plannedTotalMs(plan.steps))}`}
      right={
        <>
          <span className={leftMs <= 0 ? 'c-watch' : ''}>
            {leftMs > 0 ? `valid ${formatRemaining(leftMs)} more, then asked again` : 'expired: ask again'}
          </span>
          <Button
            variant="subtle"
            color="gray"
            h={22}
            leftSection={<IconDownload size={13} />}
            onClick={() =>
              void call('app.saveText', {
                suggestedName: `plan-${plan.cluster}.json`,
                text: JSON.stringify(plan, null, 2),
              })
            }
          >
            Export plan
          </Button>
        </>
      }
    >
      <div className="plan-steps">
        <div className="scroll">
          <StepList
            selected={shown?.id ?? null}
            onSelect={setPicked}
            steps={plan.steps.map((step) => ({
              id: step.id,
              mark: 'todo',
              title: step.title,
              target: step.target,
              time: formatMs(step.plannedMs),
              pointOfNoReturn: step.pointOfNoReturn,
            }))}
          />
        </div>
        <div className="scroll" style={{ padding: '8px 12px' }} tabIndex={0} role="region" aria-label="Step">
          {shown && <StepDetail step={shown} number={plan.steps.indexOf(shown) + 1} />}
        </div>
      </div>
    </Panel>
  );
}
