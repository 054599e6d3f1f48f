import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { AppError } from '@shared/errors';
import type { Plan } from '@shared/model/plan';
import { formatSeconds } from '../../lib/format';
import { ErrorCard } from '../../ui/error-card';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { StatusBadge } from '../../ui/status-badge';

/** What the drill would do, or every reason why it cannot be started. */
export function DrillForecast({
  plan,
  error,
  onAsk,
}: {
  readonly plan: Plan | undefined;
  readonly error: AppError | null;
  readonly onAsk: () => void;
}): ReactNode {
  if (error) {
    return (
      <ErrorCard error={error} quiet>
        <Button variant="default" onClick={onAsk}>
          Ask again
        </Button>
      </ErrorCard>
    );
  }
  if (!plan) return <SkeletonRows />;
  const { impact } = plan;
  // What a drill may lose stands here before it is started.
  const doubts = plan.checks.filter((check) => check.status !== 'pass');
  return (
    <div className="forecast" data-testid="forecast" data-applyable={plan.applyable}>
      {plan.applyable ? (
        <>
          <StatusBadge mark="ok">Can be drilled</StatusBadge>
          {impact.candidate !== '' && (
            <div>
              From {impact.primary} to {impact.candidate}, about {formatSeconds(impact.writeGapMs / 1_000)} without
              writes.
            </div>
          )}
          {doubts.map((check) => (
            <div key={check.code} data-check={check.code}>
              <span className="c-watch">{check.title}: </span>
              {check.evidence}. {check.advice}
            </div>
          ))}
          {impact.sentences.map((sentence) => (
            <div key={sentence} className="c-t2">
              {sentence}
            </div>
          ))}
        </>
      ) : (
        <>
          <StatusBadge mark="failed">Cannot be drilled now</StatusBadge>
          {plan.refusals.map((refusal) => (
            <div key={refusal} data-refusal>
              {refusal}
            </div>
          ))}
          <Button variant="default" h={24} mt={4} onClick={onAsk}>
            Ask again
          </Button>
        </>
      )}
    </div>
  );
}
