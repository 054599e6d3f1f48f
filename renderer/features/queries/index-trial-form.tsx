import { Button, SegmentedControl } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { IndexAdvice, LeftoverIndex } from '@shared/model/query-experiment';
import type { ClassDetail } from '@shared/model/query-review';
import { formatBytes, formatCompact } from '../../lib/format';
import { useInstance } from '../../lib/fleet';
import { useAct } from '../../lib/queries';
import { ErrorCard } from '../../ui/error-card';
import { StatusBadge } from '../../ui/status-badge';
import { InstancePick } from './instance-pick';
import type { AskedPanel } from './plan-panel';
import { mayBePrimary, TrialOnPrimary } from './trial-on-primary';

/** What the rules propose for the plan, with reason, size and price; each can be tried at once. */
export function IndexTrialForm({ reviewId, detail, instanceId, onInstance }: AskedPanel): ReactNode {
  const [method, setMethod] = useState<'invisible' | 'copy'>('invisible');
  const [chosenPrimary, setChosenPrimary] = useState<string | null>(null);
  const instance = useInstance(instanceId);
  const needsChoice = method === 'invisible' && mayBePrimary(instance);
  // The choice is for one server: another one is asked about anew.
  const onPrimary = needsChoice && chosenPrimary === instanceId;
  const advise = useAct('query.advise');
  const attempt = useAct('query.tryIndex');
  const [found, setFound] = useState<{
    readonly advice: readonly IndexAdvice[];
    readonly without: readonly { readonly table: string; readonly reason: string }[];
    readonly leftovers: readonly LeftoverIndex[];
  } | null>(null);
  const ofClass = { reviewId, classId: detail.statementClass.id, sample: 0 };
  return (
    <>
      <div className="panel-body row ask-row">
        <InstancePick value={instanceId} onChange={onInstance} />
        <Button
          variant="default"
          disabled={instanceId === null}
          loading={advise.busy}
          data-testid="advise"
          onClick={() => instanceId !== null && advise.run({ ...ofClass, instanceId }, setFound)}
        >
          Which index would help?
        </Button>
        <SegmentedControl
          aria-label="Where it is tried"
          size="xs"
          data={[
            { value: 'invisible', label: 'On this server, invisible' },
            { value: 'copy', label: 'On a copy of some rows' },
          ]}
          value={method}
          onChange={(value) => setMethod(value === 'copy' ? 'copy' : 'invisible')}
        />
      </div>
      {instanceId !== null && <UsedIndexes reviewId={reviewId} detail={detail} instanceId={instanceId} />}
      {instance && needsChoice && (
        <TrialOnPrimary
          instance={instance}
          checked={onPrimary}
          onChange={(checked) => setChosenPrimary(checked ? instance.id : null)}
        />
      )}
      {advise.error && <ErrorCard error={advise.error} />}
      {found?.advice.map((advice) => (
        <div key={`${advice.table}${keyOf(advice)}`} className="panel-body advice" data-testid="advice">
          <div className="row">
            <StatusBadge mark="note">
              {advice.table} ({keyOf(advice)})
            </StatusBadge>
            <span className="grow" />
            <Button
              h={24}
              disabled={instanceId === null || (needsChoice && !onPrimary)}
              title={needsChoice && !onPrimary ? 'A primary must be chosen above' : ''}
              loading={attempt.busy}
              data-testid="try-index"
              onClick={() =>
                instanceId !== null &&
                attempt.run({
                  ...ofClass,
                  instanceId,
                  method,
                  onPrimary,
                  schema: advice.schema,
                  table: advice.table,
                  columns: advice.columns.map(({ name, descending }) => ({ name, descending })),
                })
              }
            >
              {method === 'copy'
                ? 'Try it on a copy'
                : onPrimary
                  ? `Try it on ${instance?.name ?? ''}, invisible`
                  : 'Try it invisible'}
            </Button>
          </div>
          <div className="small c-t2">
            {advice.rule}: {advice.evidence}
          </div>
          <div className="small">
            Costs {advice.sizeBytes === null ? 'an unknown size' : `about ${formatBytes(advice.sizeBytes)}`};{' '}
            {advice.writesPerSecond === null
              ? advice.writeEvidence
              : `${formatCompact(advice.writesPerSecond)} rows written each second would keep it up`}
            {advice.makesRedundant.length > 0 && `; makes ${advice.makesRedundant.join(', ')} superfluous`}
          </div>
          {advice.cautions.map((caution) => (
            <div key={caution} className="small c-watch">
              {caution}
            </div>
          ))}
        </div>
      ))}
      {found !== null && found.advice.length + found.without.length === 0 && (
        <div className="panel-body small c-t2" data-testid="no-advice">
          No line of the plan reads much, so no index is proposed. Estimates may be wrong: run and measure it first,
          then ask again.
        </div>
      )}
      {instanceId !== null &&
        found?.leftovers.map((leftover) => (
          <Leftover key={`${leftover.table}${leftover.index}`} instanceId={instanceId} leftover={leftover} />
        ))}
      {found?.without.map((line) => (
        <div key={line.table} className="panel-body small c-t2" data-testid="no-advice">
          {line.table}: {line.reason}
        </div>
      ))}
      {attempt.error && <ErrorCard error={attempt.error} />}
    </>
  );
}

/** Indexes that the plan uses: what would the statement do without one? Nothing is changed for that. */
function UsedIndexes({
  reviewId,
  detail,
  instanceId,
}: {
  readonly reviewId: string;
  readonly detail: ClassDetail;
  readonly instanceId: string;
}): ReactNode {
  const attempt = useAct('query.tryWithout');
  const plan = detail.item?.planNow ?? detail.item?.planAtCapture ?? null;
  const schema = detail.statementClass.samples[0]?.schema ?? '';
  const used = new Map(
    (plan?.nodes ?? []).flatMap((node) =>
      node.index === null || node.table === null || node.index === 'PRIMARY'
        ? []
        : [[`${node.table} ${node.index}`, { schema: node.schema ?? schema, table: node.table, index: node.index }]],
    ),
  );
  if (used.size === 0) return null;
  return (
    <div className="panel-body row ask-row" style={{ paddingTop: 0 }}>
      <span className="label">Or without one that it uses:</span>
      {[...used.values()].map((place) => (
        <Button
          key={`${place.table} ${place.index}`}
          variant="default"
          h={24}
          loading={attempt.busy}
          data-testid="try-without"
          onClick={() => attempt.run({ reviewId, classId: detail.statementClass.id, sample: 0, instanceId, ...place })}
        >
          {place.index} of {place.table}
        </Button>
      ))}
      {attempt.error && <ErrorCard error={attempt.error} />}
    </div>
  );
}

/** An index that a trial could not take away: its console was killed, or the server was gone. */
function Leftover({
  instanceId,
  leftover,
}: {
  readonly instanceId: string;
  readonly leftover: LeftoverIndex;
}): ReactNode {
  const remove = useAct('query.removeLeftover', {
    done: ({ gone }) => (gone ? `${leftover.index} is gone` : `${leftover.index} is still there`),
  });
  return (
    <div className="panel-body" data-testid="leftover">
      <div className="row">
        <StatusBadge mark="watch">
          An earlier trial left {leftover.index} on {leftover.table}: every write keeps it up
        </StatusBadge>
        <span className="grow" />
        <Button variant="default" h={24} loading={remove.busy} onClick={() => remove.run({ instanceId, ...leftover })}>
          Remove it
        </Button>
      </div>
      {remove.error && <ErrorCard error={remove.error} />}
    </div>
  );
}

const keyOf = (advice: IndexAdvice): string =>
  advice.columns.map(({ name, descending }) => (descending ? `${name} DESC` : name)).join(', ');
