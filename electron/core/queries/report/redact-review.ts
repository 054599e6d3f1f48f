import type { Capture } from '@shared/model/query-capture';
import type { Difference, SetResult } from '@shared/model/query-experiment';
import type { PlanNode, QueryPlan } from '@shared/model/query-plan';
import type { IndexExperiment, Review, ReviewItem, RewriteExperiment } from '@shared/model/query-review';
import { redact } from '@shared/sql/redact';

/**
 * The review without the values of statements: samples, conditions of plans, server notes, rows that differed. What people
 * wrote (notes, reasons, tickets) and names of schemas, tables, users and hosts stay: nobody but them knows what is in it.
 */
export function redactReview(review: Review, capture: Capture): { readonly review: Review; readonly capture: Capture } {
  return {
    review: {
      ...review,
      redacted: true,
      items: Object.fromEntries(Object.entries(review.items).map(([id, item]) => [id, redactItem(item)])),
    },
    capture: {
      ...capture,
      classes: capture.classes.map((one) => ({
        ...one,
        samples: one.samples.map((sample) => ({ ...sample, sql: redact(sample.sql), plan: null })),
      })),
    },
  };
}

const redactItem = (item: ReviewItem): ReviewItem => ({
  ...item,
  decision: item.decision === null ? null : { ...item.decision, change: redactChange(item.decision) },
  planAtCapture: item.planAtCapture && redactPlan(item.planAtCapture),
  planNow: item.planNow && redactPlan(item.planNow),
  indexExperiments: item.indexExperiments.map(redactIndex),
  rewriteExperiments: item.rewriteExperiments.map(redactRewrite),
});

/** A DDL has no values of rows and must stay whole; anything else is read as a statement. */
const redactChange = ({ kind, change }: NonNullable<ReviewItem['decision']>): string =>
  kind === 'index' ? change : redact(change);

const redactNode = (node: PlanNode): PlanNode => ({
  ...node,
  condition: node.condition === null ? null : redact(node.condition),
  sortKeys: node.sortKeys.map(redact),
});

/** A plan without conditions, sort keys and raw text of the server that hold values. */
export const redactPlan = (plan: QueryPlan): QueryPlan => ({
  ...plan,
  nodes: plan.nodes.map(redactNode),
  raw: '',
  tree: null,
  // Warnings of a server quote the values that they are about.
  notes: plan.notes.map((note) => ({ ...note, text: redact(note.text) })),
});

const redactIndex = (experiment: IndexExperiment): IndexExperiment => ({
  ...experiment,
  trial: {
    ...experiment.trial,
    before: redactPlan(experiment.trial.before),
    after: redactPlan(experiment.trial.after),
    comparison:
      experiment.trial.comparison.kind === 'changed'
        ? {
            ...experiment.trial.comparison,
            lines: experiment.trial.comparison.lines.map((line) => ({ ...line, text: redact(line.text) })),
          }
        : experiment.trial.comparison,
  },
});

/** What parted, without the rows themselves. */
const redactDifference = (difference: Difference): Difference => ({
  ...difference,
  sentence: `The results differ: ${difference.kind.replace('-', ' ')}${difference.atRow === null ? '' : `, at row ${difference.atRow + 1}`}`,
  original: null,
  rewrite: null,
});

/** Notes and reasons may hold a server's own words, and those quote values: they stay here. */
function redactSet(set: SetResult): SetResult {
  switch (set.verdict.kind) {
    case 'equal':
      return { ...set, verdict: { ...set.verdict, notes: [] } };
    case 'differs':
      return { ...set, verdict: { ...set.verdict, difference: redactDifference(set.verdict.difference), notes: [] } };
    case 'undecided':
      return { ...set, verdict: { ...set.verdict, reason: 'Not decided', notes: [] } };
  }
}

const redactRewrite = (experiment: RewriteExperiment): RewriteExperiment => ({
  ...experiment,
  rewrite: redact(experiment.rewrite),
  result: { ...experiment.result, sets: experiment.result.sets.map(redactSet), notes: [] },
});
