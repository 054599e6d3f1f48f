import { Fragment, type ReactNode } from 'react';
import type { Report } from '@shared/model/report';
import { formatMs } from '../../lib/format';
import { Panel } from '../../ui/panel';
import { overPlan, plannedTotalMs } from './plan-words';

/** Where the time went: each step from its start, as long as it took, with the planned end as a thin mark. */
export function TimeBoard({ report }: { readonly report: Report }): ReactNode {
  const ends = report.steps.map(
    (step) => (step.startedAtMs ?? report.startedAtMs) + Math.max(step.tookMs ?? 0, step.plannedMs),
  );
  const totalMs = Math.max(
    1,
    (report.endedAtMs ?? 0) - report.startedAtMs,
    ...ends.map((end) => end - report.startedAtMs),
  );
  const place = (ms: number): string => `${(ms / totalMs) * 100}%`;
  const line = report.plan.steps.find((step) => step.pointOfNoReturn)?.id;
  const took = report.steps.reduce((sum, step) => sum + (step.tookMs ?? 0), 0);
  return (
    <Panel
      flush
      className="time-board"
      title="Where the time went"
      note={`${formatMs(took)} in steps; planned ${formatMs(plannedTotalMs(report.plan.steps))}`}
      right={
        <>
          <span>
            <i style={{ color: 'var(--s1)' }}>■</i> measured
          </span>
          <span>│ planned end</span>
          <span className="c-act">┄ point of no return</span>
        </>
      }
    >
      <div className="scroll" tabIndex={0} role="region" aria-label="Times, one row a step">
        <div className="gantt">
          {report.steps.map((step) => {
            const from = step.startedAtMs === null ? null : step.startedAtMs - report.startedAtMs;
            const over = step.tookMs !== null && overPlan(step.tookMs, step.plannedMs);
            return (
              <Fragment key={step.stepId}>
                <span className="ellipsis" title={step.title}>
                  {step.title}
                </span>
                <div className={step.stepId === line ? 'gantt-track turning-point' : 'gantt-track'}>
                  {from !== null && (
                    <>
                      <i
                        style={{
                          left: place(from),
                          width: `max(3px, ${place(step.tookMs ?? 0)})`,
                          background: step.status === 'done' ? 'var(--s1)' : 'var(--t3)',
                        }}
                      />
                      <b style={{ left: place(from + step.plannedMs) }} title="planned end" />
                    </>
                  )}
                </div>
                <span className={over ? 'num c-watch' : 'num'}>
                  {step.tookMs === null ? (step.status === 'todo' ? 'not run' : step.status) : formatMs(step.tookMs)}
                </span>
                <span className="label ellipsis" title={step.proof || step.error}>
                  {step.status === 'undone' ? 'undone' : step.error || step.proof}
                </span>
              </Fragment>
            );
          })}
          <span />
          <div className="row label" style={{ justifyContent: 'space-between' }}>
            <span>0 s</span>
            <span>{formatMs(totalMs / 2)}</span>
            <span>{formatMs(totalMs)}</span>
          </div>
        </div>
      </div>
    </Panel>
  );
}
