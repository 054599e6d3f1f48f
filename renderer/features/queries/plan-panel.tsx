import { Button, Select } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { PlanFinding, QueryPlan } from '@shared/model/query-plan';
import type { ClassDetail } from '@shared/model/query-review';
import { formatTime } from '../../lib/format';
import { useAct } from '../../lib/queries';
import { Age } from '../../ui/age';
import { ErrorCard } from '../../ui/error-card';
import { Panel } from '../../ui/panel';
import { PlanTree } from '../../ui/plan-tree';
import { StatusBadge } from '../../ui/status-badge';
import { InstancePick } from './instance-pick';
import { PlanChange } from './plan-change';

/** What a plan is asked with, shared by the panels of a class. */
export interface AskedPanel {
  readonly reviewId: string;
  readonly detail: ClassDetail;
  readonly instanceId: string | null;
  readonly onInstance: (instanceId: string | null) => void;
  readonly redacted: boolean;
}

const fiveSeconds = 5_000;

/** How a server would run the statement, or ran it: the tree, the worst line, what the rules find, and what changed. */
export function PlanPanel({ reviewId, detail, instanceId, onInstance, redacted }: AskedPanel): ReactNode {
  const { statementClass, item } = detail;
  const [sample, setSample] = useState('0');
  const explain = useAct('query.explain', { refresh: ['query.class', 'query.classes'] });
  const [found, setFound] = useState<readonly PlanFinding[]>([]);
  const [refused, setRefused] = useState('');
  const plan = item?.planNow ?? item?.planAtCapture ?? null;
  const samples = statementClass.samples;
  const ask = (analyze: boolean): void => {
    if (instanceId === null) return;
    explain.run(
      { reviewId, classId: statementClass.id, sample: Number(sample), instanceId, analyze, timeLimitMs: fiveSeconds },
      (answer) => {
        setFound(answer.findings);
        setRefused(answer.explained.kind === 'refused' ? answer.explained.refusal.reason : '');
      },
    );
  };
  const cannot = redacted || samples.length === 0;
  return (
    <Panel
      flush
      title="Plan"
      note={plan === null ? '' : planNote(plan)}
      right={plan !== null && <Age atMs={plan.takenAtMs} oldAfterMs={3_600_000} prefix="asked " suffix=" ago" />}
    >
      {plan !== null && <PlanTree plan={plan} />}
      {item?.planAtCapture && item.planNow && <PlanChange then={item.planAtCapture} now={item.planNow} />}
      {found.length > 0 && (
        <div className="panel-body findings" data-testid="plan-findings">
          {found.map((finding, index) => (
            <div key={`${finding.code}${index}`} data-finding={finding.code}>
              <StatusBadge mark={finding.weight === 'hint' ? 'note' : 'watch'}>{finding.evidence}</StatusBadge>{' '}
              <span className="c-t2">{finding.advice}</span>
            </div>
          ))}
        </div>
      )}
      <div className="panel-body row ask-row">
        {cannot ? (
          <span className="c-t2 small">
            {redacted
              ? 'This review came without the values of statements: no server can be asked with it.'
              : 'The source gave no statement of this class with its values: no server can be asked.'}
          </span>
        ) : (
          <>
            <InstancePick value={instanceId} onChange={onInstance} />
            <Select
              aria-label="With the sample"
              w={168}
              data={samples.map((each, index) => ({
                value: String(index),
                label: `${each.reason.replace('-', ' ')}, ${formatTime(each.seconds)}`,
              }))}
              value={sample}
              onChange={(value) => setSample(value ?? '0')}
              allowDeselect={false}
            />
            <Button
              variant="default"
              disabled={instanceId === null}
              loading={explain.busy}
              data-testid="explain"
              onClick={() => ask(false)}
            >
              Explain
            </Button>
            <Button
              variant="default"
              disabled={instanceId === null}
              loading={explain.busy}
              title="Runs the statement in a read-only transaction, five seconds at most"
              data-testid="analyze"
              onClick={() => ask(true)}
            >
              Run and measure
            </Button>
          </>
        )}
      </div>
      {refused !== '' && (
        <div className="panel-body" data-testid="plan-refused">
          <StatusBadge mark="watch">Not asked</StatusBadge> <span className="small">{refused}</span>
        </div>
      )}
      {explain.error && <ErrorCard error={explain.error} />}
    </Panel>
  );
}

const planNote = (plan: QueryPlan): string =>
  `${plan.analyzed ? 'measured' : 'estimated'}, ${plan.dialect === 'mysql' ? 'MySQL' : 'MariaDB'} ${plan.version}`;
