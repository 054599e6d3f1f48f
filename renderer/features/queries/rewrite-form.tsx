import { Button, Checkbox, Textarea } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { formatCount } from '../../lib/format';
import { useAct } from '../../lib/queries';
import { ErrorCard } from '../../ui/error-card';
import { InstancePick } from './instance-pick';
import type { AskedPanel } from './plan-panel';

/** Rounds of original, rewrite, rewrite, original: fewer leave too wide an interval. */
const rounds = 10;

/** The statement to change, and the button that holds it against the original on every sample of the class. */
export function RewriteForm({ reviewId, detail, instanceId, onInstance }: AskedPanel): ReactNode {
  const { statementClass } = detail;
  const original = statementClass.samples[0]?.sql ?? '';
  const [rewrite, setRewrite] = useState(original);
  const [allowOtherNames, setAllowOtherNames] = useState(false);
  const attempt = useAct('query.tryRewrite');
  const isChanged = rewrite.trim() !== original.trim();
  return (
    <div className="panel-body col" style={{ gap: 8 }}>
      <Textarea
        aria-label="Rewrite"
        autosize
        minRows={3}
        maxRows={12}
        spellCheck={false}
        classNames={{ input: 'mono' }}
        value={rewrite}
        onChange={(event) => setRewrite(event.currentTarget.value)}
      />
      <span className="label">
        Change the statement. Its values are taken over by place; where that is not plain write :p1, :p2 … for the
        first, second … value of the original.
      </span>
      <Checkbox
        label="Other column names may stand in the result"
        description="For an application that reads columns by place. One that reads them by name would not find them."
        checked={allowOtherNames}
        onChange={(event) => setAllowOtherNames(event.currentTarget.checked)}
      />
      <div className="row ask-row">
        <InstancePick value={instanceId} onChange={onInstance} />
        <Button
          disabled={instanceId === null || !isChanged}
          title={isChanged ? '' : 'It is still the original'}
          loading={attempt.busy}
          data-testid="try-rewrite"
          onClick={() =>
            instanceId !== null &&
            attempt.run({
              reviewId,
              classId: statementClass.id,
              instanceId,
              rewrite: rewrite.trim(),
              rounds,
              allowOtherNames,
            })
          }
        >
          Compare rows and time
        </Button>
        <span className="label">
          read-only, one snapshot, up to {formatCount(12)} sets of values from{' '}
          {formatCount(statementClass.samples.length)} samples
        </span>
      </div>
      {attempt.error && <ErrorCard error={attempt.error} />}
    </div>
  );
}
