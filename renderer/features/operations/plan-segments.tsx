import type { ReactNode } from 'react';
import type { Plan } from '@shared/model/plan';
import { pointOfNoReturn } from './plan-words';

/** Steps by planned time, parted at the point of no return. */
export function PlanSegments({ plan }: { readonly plan: Plan }): ReactNode {
  const line = pointOfNoReturn(plan.steps);
  const count = plan.steps.length;
  if (count === 0) return <span className="grow" />;
  return (
    <div style={{ flex: '1 1 150px', minWidth: 150 }}>
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
          <span className="c-t2">No point of no return</span>
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
