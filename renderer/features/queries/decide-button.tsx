import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Decision } from '@shared/model/query-review';
import { useAct } from '../../lib/queries';
import { ErrorCard } from '../../ui/error-card';

/** Writes a change down as the decision of a class. Nothing runs; `hint` says who has to do it. */
export function DecideButton({
  reviewId,
  classId,
  decision,
  word,
  hint,
}: {
  readonly reviewId: string;
  readonly classId: string;
  readonly decision: Omit<Decision, 'by' | 'atMs'>;
  readonly word: string;
  readonly hint: string;
}): ReactNode {
  const decide = useAct('query.act', {
    refresh: ['query.class', 'query.classes', 'query.review'],
    done: () => 'Decided: the next capture will judge it',
  });
  return (
    <>
      <div className="row">
        <Button
          data-testid={`decide-${decision.kind}`}
          loading={decide.busy}
          onClick={() => decide.run({ reviewId, classId, act: { act: 'decide', decision } })}
        >
          {word}
        </Button>
        <span className="label">{hint}</span>
      </div>
      {decide.error && <ErrorCard error={decide.error} />}
    </>
  );
}
