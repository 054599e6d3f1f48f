import { clsx } from 'clsx';
import { useState, type ReactNode } from 'react';
import type { QueryPlan } from '@shared/model/query-plan';
import { PlanTree } from '../../ui/plan-tree';
import { StatusBadge } from '../../ui/status-badge';

/** Plan at capture against plan now: says whether the shape changed, and shows the earlier one when asked. */
export function PlanChange({ then, now }: { readonly then: QueryPlan; readonly now: QueryPlan }): ReactNode {
  const [open, setOpen] = useState(false);
  const changed = then.format === now.format && then.structure !== now.structure;
  return (
    <div className={clsx('panel-body', 'plan-change')} data-testid="plan-change" data-changed={changed}>
      <StatusBadge mark={changed ? 'watch' : 'ok'}>
        {changed ? 'The plan changed since this review first asked' : 'Same plan as when this review first asked'}
      </StatusBadge>
      {changed && (
        <button type="button" className="link c-run small" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide the earlier plan' : 'Show the earlier plan'}
        </button>
      )}
      {open && <PlanTree plan={then} />}
    </div>
  );
}
