import { useState, type ReactNode } from 'react';
import type { Step } from '@shared/model/plan';
import type { RunView, StepAdvance, StepFinding, StepProgress } from '@shared/model/run';
import { formatClock, formatExactClock, formatMs } from '../../lib/format';
import { Panel } from '../../ui/panel';
import { stepMark } from '../../ui/run-words';
import { StepList, type StepRow } from '../../ui/step-list';
import { overPlan } from './plan-words';
import { progressOf, shownStatus } from './run-band';
import { foundWords } from './settle-words';
import { StepBar } from './step-bar';
import { StepDetail } from './step-detail';

/** The approved steps with their proof, measured against planned; of a stopped run what was `found` on the servers. */
export function RunSteps({
  run,
  found = [],
}: {
  readonly run: RunView;
  readonly found?: readonly StepFinding[] | undefined;
}): ReactNode {
  const [picked, setPicked] = useState<string | null>(null);
  const line = run.plan.steps.find((each) => each.pointOfNoReturn);
  const passed = (line && progressOf(run, line.id)?.startedAtMs) ?? null;
  const step = run.plan.steps.find((each) => each.id === picked);
  return (
    <Panel
      flush
      title="Steps"
      note={found.length > 0 ? 'as found on the servers' : `the plan you approved, ${formatClock(run.startedAtMs)}`}
      right="measured / planned"
    >
      <div className="scroll">
        <StepList
          steps={run.plan.steps.map((each) =>
            withFinding(
              rowOf(each, shown(run, each.id), run.advance?.stepId === each.id ? run.advance : null),
              found.find((one) => one.stepId === each.id),
            ),
          )}
          selected={picked ?? run.currentStepId}
          onSelect={(id) => setPicked((before) => (before === id ? null : id))}
          lineText={lineText(passed, found.find((one) => one.stepId === line?.id)?.found)}
        />
      </div>
      {step && (
        <div style={{ borderTop: '1px solid var(--line)', padding: '8px 12px', maxHeight: '45%', overflow: 'auto' }}>
          <StepDetail step={step} number={run.plan.steps.indexOf(step) + 1} />
        </div>
      )}
    </Panel>
  );
}

const shown = (run: RunView, stepId: string): StepProgress | undefined => {
  const progress = progressOf(run, stepId);
  return progress && { ...progress, status: shownStatus(run, progress) };
};

/** The journal knows when the line was tried; only the servers know whether it was passed. */
function lineText(triedAtMs: number | null, found: StepFinding['found'] | undefined): string {
  if (found === 'not-done' || found === 'not-asked') return 'Point of no return, not passed';
  return triedAtMs === null ? 'Point of no return' : `Point of no return, passed ${formatExactClock(triedAtMs)}`;
}

/** What the servers say stands over what the journal knew. */
function withFinding(row: StepRow, finding: StepFinding | undefined): StepRow {
  if (finding === undefined) return row;
  const { mark, word } = foundWords[finding.found];
  // A step that was never begun and is not done is as it should be: nothing failed there.
  const untouched = finding.found === 'not-asked' || (finding.found === 'not-done' && row.waiting === true);
  return {
    ...row,
    mark: untouched ? 'todo' : mark,
    waiting: untouched,
    detail: (
      <span data-found={finding.found} title={finding.evidence}>
        <b className={finding.found === 'done' ? 'c-ok' : untouched ? '' : 'c-watch'}>{word}</b>
        {finding.evidence !== '' && `: ${finding.evidence}`}
      </span>
    ),
  };
}

function rowOf(step: Step, progress: StepProgress | undefined, advance: StepAdvance | null): StepRow {
  const status = progress?.status ?? 'todo';
  const waiting = status === 'todo' || status === 'skipped';
  const over = progress?.tookMs != null && overPlan(progress.tookMs, step.plannedMs);
  return {
    id: step.id,
    mark: stepMark(status),
    title: step.title,
    target: step.target,
    detail:
      advance !== null && progress?.status === 'running' ? <StepBar advance={advance} /> : detailOf(step, progress),
    time: (
      <>
        <b className={over ? 'name c-watch' : 'name'}>{progress?.tookMs == null ? '–' : formatMs(progress.tookMs)}</b>
        <span className="c-t3"> / {formatMs(step.plannedMs)}</span>
      </>
    ),
    pointOfNoReturn: step.pointOfNoReturn,
    waiting,
  };
}

function detailOf(step: Step, progress: StepProgress | undefined): ReactNode {
  switch (progress?.status) {
    case 'done':
      return <span className="c-t2">Proof: {progress.proof || step.verify}</span>;
    case 'running':
      return <span className="c-run">{progress.proof || `at work, at most ${formatMs(step.timeoutMs)}`}</span>;
    case 'failed':
      return <span className="c-act">Failed: {progress.error}</span>;
    case 'unknown':
      return <span className="c-watch">Not known whether it was done. {step.ifUnknown}</span>;
    case 'undoing':
      return <span className="c-run">Undoing: {step.undo}</span>;
    case 'undone':
      return <span>Undone: {step.undo}</span>;
    case 'undo-failed':
      return <span className="c-act">Undo failed: {progress.error}</span>;
    case 'skipped':
      return <span>Skipped{progress.error === '' ? '' : `: ${progress.error}`}</span>;
    case 'todo':
    case undefined:
      return (
        <span className="mono">
          {step.statements.find((each) => each.phase === 'run')?.text.split('\n')[0] ?? step.verify}
        </span>
      );
  }
}
