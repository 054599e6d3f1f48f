import type { ReactNode } from 'react';
import type { IndexTrial } from '@shared/model/query-experiment';
import type { PlanNode, QueryPlan } from '@shared/model/query-plan';
import type { IndexExperiment, Prediction } from '@shared/model/query-review';
import { formatBytes, formatCount, formatMs, formatTime } from '../../lib/format';
import { Age } from '../../ui/age';
import { SqlBlock } from '../../ui/sql-block';
import { PlanTree } from '../../ui/plan-tree';
import { StatusBadge } from '../../ui/status-badge';
import { DecideButton } from './decide-button';
import { ratioWords } from './query-words';

/** What an index did in its trial, and the change that would bring it for good. */
export function IndexVerdict({
  reviewId,
  classId,
  experiment,
}: {
  readonly reviewId: string;
  readonly classId: string;
  readonly experiment: IndexExperiment;
}): ReactNode {
  const { trial, change } = experiment;
  const [before, after] = [rowsRead(trial.before), rowsRead(trial.after)];
  const [timeBefore, timeAfter] = [timeOf(trial.before), timeOf(trial.after)];
  return (
    <div
      className={isGood(trial) ? 'trial-verdict ok' : 'trial-verdict watch'}
      data-testid="index-verdict"
      data-used={trial.used}
    >
      <div className="row">
        <StatusBadge mark={isGood(trial) ? 'ok' : 'watch'} size={16}>
          {headline(trial)}
        </StatusBadge>
        <span className="grow" />
        <Age atMs={experiment.atMs} oldAfterMs={3_600_000} prefix="tried " suffix={` ago on ${experiment.instance}`} />
      </div>
      <div className="small">
        {before !== null &&
          after !== null &&
          `Rows read ${formatCount(before)} → ${formatCount(after)}, ${ratioWords(before, after, 'fewer', 'more')}. `}
        {timeBefore !== null &&
          timeAfter !== null &&
          `Time ${formatTime(timeBefore)} → ${formatTime(timeAfter)}, ${ratioWords(timeBefore, timeAfter, 'faster', 'slower')}. `}
        {trial.sizeBytes !== null && `Takes ${formatBytes(trial.sizeBytes)}. `}
        {trial.buildMs !== null && `Built in ${formatMs(trial.buildMs)}. `}
        {trial.removed === true && 'Removed again: a new connection sees nothing of it. '}
        {trial.removed === false && <span className="c-act">It could not be removed: see Activity. </span>}
        {trial.copied !== null &&
          `Copied ${formatCount(trial.copied.rows)}${trial.copied.ofRows === null ? '' : ` of ${formatCount(trial.copied.ofRows)}`} rows.`}
      </div>
      {trial.notes.map((note) => (
        <div key={note} className="small c-t2">
          {note}
        </div>
      ))}
      <PlanTree plan={trial.after} />
      <SqlBlock sql={change.statements.join(';\n')} />
      <details className="small c-t2">
        <summary>How it locks, replicates and is undone</summary>
        {change.locking} {change.replication} {change.undoSentence}
      </details>
      {change.checks
        .filter((check) => check.status !== 'pass')
        .map((check) => (
          <div key={check.code} className="small c-watch">
            {check.evidence}
          </div>
        ))}
      {(trial.used || trial.method === 'hint') && (
        <DecideButton
          reviewId={reviewId}
          classId={classId}
          word={trial.method === 'hint' ? `Decide to drop ${trial.index}` : 'Decide this index'}
          hint="Midwatch does not run it: it stands in the report, and the next capture judges the gain"
          decision={{
            kind: 'index',
            change: change.statements.join(';\n'),
            undo: change.undo.join(';\n'),
            reason: methodWords[trial.method],
            ticket: '',
            prediction: predictionOf(experiment),
            replacedBy: null,
          }}
        />
      )}
    </div>
  );
}

/** An index that is there is well left out when the plan does not need it. */
const isGood = (trial: IndexTrial): boolean => (trial.method === 'hint' ? !trial.used : trial.used);

const methodWords: Readonly<Record<IndexTrial['method'], string>> = {
  hint: 'Left out by a hint',
  invisible: 'Tried as an invisible index',
  copy: 'Estimated on a copy of some rows',
};

function headline(trial: IndexTrial): string {
  if (trial.method === 'hint') {
    return trial.used
      ? `This statement needs ${trial.index}: without it the plan is another one`
      : `This statement does not need ${trial.index}`;
  }
  if (!trial.used) return 'The optimizer does not take the index';
  return `The optimizer takes the index${trial.estimate ? ', on a copy: an estimate' : ''}`;
}

const leaves = (plan: QueryPlan): readonly PlanNode[] => plan.nodes.filter((node) => node.access !== null);

/** Rows that all tables together gave, over all loops; estimates where the plan did not run. */
const rowsRead = (plan: QueryPlan): number | null => {
  const rows = leaves(plan).map((node) => {
    const one = plan.analyzed ? node.actualRows : node.estimatedRows;
    return one === null ? null : one * (node.loops ?? 1);
  });
  return rows.some((each) => each === null) || rows.length === 0
    ? null
    : rows.reduce<number>((sum, each) => sum + (each ?? 0), 0);
};

/** Seconds of the whole statement, where it ran. */
const timeOf = (plan: QueryPlan): number | null => {
  const root = plan.nodes[0];
  return plan.analyzed && root?.lastRowMs != null ? root.lastRowMs / 1000 : null;
};

const predictionOf = ({ trial }: IndexExperiment): Prediction | null => {
  const [before, after] = [timeOf(trial.before), timeOf(trial.after)];
  const [rowsBefore, rowsAfter] = [rowsRead(trial.before), rowsRead(trial.after)];
  if (before === null || after === null) return null;
  return {
    secondsPerCall: { before, after },
    rowsExaminedPerCall: rowsBefore === null || rowsAfter === null ? null : { before: rowsBefore, after: rowsAfter },
    from: trial.estimate ? 'estimate' : 'experiment',
  };
};
