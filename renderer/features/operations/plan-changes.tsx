import type { ReactNode } from 'react';
import { StatusBadge } from '../../ui/status-badge';
import type { changedFacts } from './plan-words';

/** What the servers say otherwise than when the person last asked. */
export function PlanChanges({ changes }: { readonly changes: ReturnType<typeof changedFacts> }): ReactNode {
  return changes.map((change) => (
    <div key={change.fact}>
      <StatusBadge mark="watch" plain>
        Changed since you looked: {change.fact}, was {change.was}, is {change.is}
      </StatusBadge>
    </div>
  ));
}
