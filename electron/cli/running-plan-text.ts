import type { RunningPlan } from '@shared/ipc/query.contract';
import type { PlanNode } from '@shared/model/query-plan';
import { redact } from '@shared/sql/redact';
import { lineOf } from '../core/queries/plans/plan-structure';
import { redactPlan } from '../core/queries/report/redact-review';
import { countText, timeText } from '../core/queries/report/report-figures';
import { table } from './table';

/** The same answer without a value of the statement, for whoever pastes it somewhere. Evidence quotes conditions: it goes. */
export const withoutValues = (running: RunningPlan): RunningPlan => ({
  ...running,
  statement: redact(running.statement),
  explained:
    running.explained.kind === 'plan' ? { kind: 'plan', plan: redactPlan(running.explained.plan) } : running.explained,
  findings: running.findings.map((finding) => ({ ...finding, evidence: '' })),
});

/** The plan for a terminal: whose it is, its lines indented, and what the rules find. */
export function runningPlanText({ explained, basis, because, statement, soFarMs, findings }: RunningPlan): string {
  if (explained.kind === 'refused')
    return [statement, `No plan: ${explained.refusal.reason}`].filter(Boolean).join('\n');
  const { plan } = explained;
  const isFigured = soFarMs !== null;
  const cells = (node: PlanNode): readonly string[] => [
    `${'  '.repeat(node.depth)}${lineOf(node)}`,
    countText(node.estimatedRows),
    ...(isFigured
      ? [countText(node.actualRows), countText(node.loops), timeText(node.ownMs === null ? null : node.ownMs / 1000)]
      : [countText(node.estimatedCost)]),
  ];
  return [
    statement,
    basis === 'text'
      ? `Not the plan that runs: what the server would choose for the same text now. ${because}`
      : isFigured
        ? `The plan that runs, with its figures after ${timeText(soFarMs / 1000)}`
        : 'The plan that runs, as it was estimated before it began',
    '',
    table(
      ['Operation', 'Estimated', ...(isFigured ? ['So far', 'Loops', 'Own time'] : ['Cost'])],
      plan.nodes.map(cells),
    ),
    ...findings.map(({ code, evidence, advice }) => `${evidence === '' ? code : evidence}. ${advice}`),
  ].join('\n');
}
