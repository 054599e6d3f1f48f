import type { ReactNode } from 'react';
import { movesPrimary } from '@shared/model/plan';
import type { RunView, StepProgress, StepStatus } from '@shared/model/run';
import { assertNever } from '@shared/assert-never';
import { useNow } from '../../lib/clock';
import { formatCount, formatMs, formatRemaining, plural } from '../../lib/format';
import { Panel, type Tone } from '../../ui/panel';
import { runMark, runWord } from '../../ui/run-words';
import { StatusBadge } from '../../ui/status-badge';
import { endWords } from './kind-words';
import { lossFigure } from './loss-words';
import { chosenLoss, plannedTotalMs } from './plan-words';
import { isStopped } from './settle-words';

function toneOf(state: RunView['state']): Tone {
  switch (state) {
    case 'succeeded':
      return 'ok';
    case 'interrupted':
    case 'needs-attention':
      return 'act';
    // Everything was undone: nobody has to act now.
    case 'failed':
    case 'cancelling':
    case 'undoing':
    case 'cancelled':
    case 'adopted':
      return 'watch';
    case 'awaiting-approval':
    case 'running':
    case 'verifying':
      return 'run';
    default:
      return assertNever(state);
  }
}

/** What runs now, for how long, how long still, whether one can go back, and whether anything was lost. */
export function RunBand({ run }: { readonly run: RunView }): ReactNode {
  const now = useNow();
  const { steps } = run.plan;
  const index = steps.findIndex((step) => step.id === run.currentStepId);
  const current = steps[index];
  const stopped = isStopped(run);
  const live = run.endedAtMs === null && !stopped;
  const loss = chosenLoss(run.plan);
  const undoing = run.state === 'undoing' || run.state === 'cancelling';
  const toUndo = run.steps.filter((step) => step.status === 'done' || step.status === 'undoing').length;
  const lastMs = run.journal.at(-1)?.atMs ?? run.startedAtMs;
  // The window's clock steps each second; what the journal says is newer within it.
  const elapsedMs = Math.max(0, (run.endedAtMs ?? (live ? Math.max(now, lastMs) : lastMs)) - run.startedAtMs);
  const moves = movesPrimary(run.plan.kind) || run.plan.kind === 'drill';
  const done = run.steps.filter((step) => step.status === 'done').length;
  // A step that tells its rate knows better than the plan how long it still takes.
  const told = run.advance?.secondsLeft ?? null;
  const leftMs = steps
    .filter((step) => ['todo', 'running'].includes(progressOf(run, step.id)?.status ?? 'todo'))
    .reduce((sum, step) => sum + (told !== null && step.id === run.advance?.stepId ? told * 1_000 : step.plannedMs), 0);
  return (
    <Panel flush tone={toneOf(run.state)} className="none">
      <div className="band">
        <div>
          <div className="row">
            <StatusBadge mark={runMark(run.state)}>
              {runWord(run.state)}
              {current && live && ` step ${index + 1} of ${steps.length}`}
            </StatusBadge>
            {run.pastPointOfNoReturn && run.state !== 'succeeded' ? (
              <span className="chip tone-act">Past the point of no return: forward only</span>
            ) : (
              live && !undoing && <span className="chip">Can be taken back</span>
            )}
          </div>
          <div className="figure" style={{ margin: '4px 0 2px' }} data-testid="run-now">
            {current && live ? current.title : run.plan.title}
          </div>
          <div className="c-t2" style={{ fontSize: 12.5 }}>
            {live ? 'You may leave this screen or close the window: the run goes on.' : endWords(run)}
          </div>
        </div>
        <BandFigure
          label={live ? 'Since your click' : stopped ? 'Ran for' : 'From click to end'}
          value={formatMs(elapsedMs)}
          sub={`planned ${formatMs(plannedTotalMs(steps))} in all`}
        />
        <BandFigure
          label={undoing ? 'Still to undo' : live ? 'Time left' : moves ? 'Write gap' : 'Steps done'}
          value={
            undoing
              ? plural(toUndo, 'step')
              : live
                ? `about ${leftMs < 10_000 ? formatMs(leftMs) : formatRemaining(leftMs)}`
                : moves
                  ? formatMs(run.probe.writeGapMs)
                  : `${done} of ${steps.length}`
          }
          sub={
            undoing
              ? 'newest first'
              : live
                ? told === null
                  ? 'from the planned times'
                  : 'by the rate of this step'
                : moves
                  ? 'by the probe writer'
                  : 'each proven by looking'
          }
        />
        {!moves ? (
          <BandFigure label="Writes on the primary" value="Go on" sub={`by ${run.plan.impact.primary}, as before`} />
        ) : loss ? (
          <BandFigure label="Loss announced" value={lossFigure(loss).value} sub="transactions, said before the click" />
        ) : (
          <BandFigure
            label="Writes acknowledged by probe"
            value={probeKept(run) ? formatCount(run.probe.acknowledged) : 'Unknown'}
            sub={run.probe.outcomes.length > 0 ? `${formatCount(run.probe.refused)} refused` : 'refusals are not kept'}
          />
        )}
      </div>
      <Segments run={run} />
    </Panel>
  );
}

/** The probe's counts live in memory until the run proves its result: before that a zero would not be a measured one. */
const probeKept = (run: RunView): boolean => run.probe.outcomes.length > 0 || run.probe.acknowledged > 0;

function BandFigure({
  label,
  value,
  sub,
}: {
  readonly label: string;
  readonly value: string;
  readonly sub: string;
}): ReactNode {
  return (
    <div>
      <div className="label">{label}</div>
      <div className="figure nowrap">{value}</div>
      <div className="label ellipsis" title={sub}>
        {sub}
      </div>
    </div>
  );
}

/** Progress of a step, by its id. */
export const progressOf = (run: RunView, stepId: string): StepProgress | undefined =>
  run.steps.find((step) => step.stepId === stepId);

/** What was at work when the console ended is not known any more. */
export function shownStatus(run: RunView, progress: StepProgress): StepStatus {
  const atWork = progress.status === 'running' || progress.status === 'undoing';
  return atWork && run.state === 'interrupted' ? 'unknown' : progress.status;
}

function Segments({ run }: { readonly run: RunView }): ReactNode {
  const colour = (progress: StepProgress | undefined): string => {
    switch (progress && shownStatus(run, progress)) {
      case 'done':
        return 'var(--ok)';
      case 'running':
      case 'undoing':
        return 'var(--run)';
      case 'failed':
      case 'undo-failed':
        return 'var(--act)';
      case 'unknown':
        return 'var(--watch)';
      case 'undone':
      case 'skipped':
        return 'var(--t3)';
      case 'todo':
      case undefined:
        return 'var(--line2)';
    }
  };
  const done = run.steps.filter((step) => step.status === 'done').length;
  return (
    <div
      className="segments"
      role="progressbar"
      aria-label="Steps done"
      aria-valuemin={0}
      aria-valuemax={run.plan.steps.length}
      aria-valuenow={done}
      style={{ padding: '0 16px', marginBottom: 12 }}
    >
      {run.plan.steps.map((step) => (
        <i
          key={step.id}
          className={step.pointOfNoReturn ? 'after' : ''}
          style={{ flex: Math.max(200, step.plannedMs), background: colour(progressOf(run, step.id)) }}
        />
      ))}
    </div>
  );
}
