import type { Step } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import type { JournalEntry } from '@shared/model/run';
import { html, type Html } from '../../report-page/html';
import { section, table, tag } from '../../report-page/page-parts';
import { duration, since, stepWord } from './report-words';

/** What happened when. */
export function timelineSection(report: Report): Html {
  return section(
    'Timeline',
    table(
      [{ title: 'Since start', kind: 'time' }, { title: 'What' }],
      report.timeline.map((one) => [since(one.sinceMs), one.text]),
    ),
  );
}

/** Each step with its time, proof and the statements that were sent for it. */
export function stepsSection(report: Report): Html {
  const steps = new Map(report.plan.steps.map((step) => [step.id, step]));
  const outside = sentOutside(report, steps);
  return section(
    'Steps',
    html`${report.steps.map((progress, index) => {
      const step = steps.get(progress.stepId);
      const begun = progress.startedAtMs === null ? 'not begun' : since(progress.startedAtMs - report.startedAtMs);
      return html`${step?.pointOfNoReturn ? html`<p class="cut">Point of no return: what follows can not be undone</p>` : null}
        <div class="step">
          <h3>${index + 1}. ${progress.title} ${tag(stepWord(progress.status))}</h3>
          <p class="dim">
            ${step?.target ?? ''} · ${begun} · took ${duration(progress.tookMs)}, planned
            ${duration(progress.plannedMs)}
          </p>
          ${progress.proof === '' ? null : html`<p>Proof: ${progress.proof}</p>`}${progress.error === '' ? null : html`<p>${progress.error}</p>`}
          ${sentSection(report, sentFor(report, progress.stepId), step)}
        </div> `;
    })}${outside.length === 0 ? null : html`<h3>Sent outside a step</h3>`}${sentSection(report, outside, undefined)}`,
  );
}

/** The complete journal: what this report is made from. */
export function journalSection(report: Report): Html {
  return section(
    'Journal',
    table(
      [
        { title: '#', kind: 'figure' },
        { title: 'Since start', kind: 'time' },
        { title: 'Step' },
        { title: 'Type' },
        { title: 'Text' },
      ],
      report.journal.map((one) => [
        one.seq,
        since(one.atMs - report.startedAtMs),
        one.stepId,
        one.type,
        html`<code>${one.text}</code>`,
      ]),
    ),
  );
}

const isSent = (entry: JournalEntry): boolean => entry.type === 'statement';
const sentFor = (report: Report, stepId: string): readonly JournalEntry[] =>
  report.journal.filter((entry) => isSent(entry) && entry.stepId === stepId);
const sentOutside = (report: Report, steps: ReadonlyMap<string, Step>): readonly JournalEntry[] =>
  report.journal.filter((entry) => isSent(entry) && !steps.has(entry.stepId));

function sentSection(report: Report, sent: readonly JournalEntry[], step: Step | undefined): Html {
  return html`${sent.map((entry) => {
    const planned = step?.statements.find((one) => one.key === entry.data['key']);
    const by = planned === undefined || planned.by === 'sql' ? '' : ` by ${planned.by}`;
    return html`<pre><span class="dim">${since(entry.atMs - report.startedAtMs)}${by}${planned?.phase === 'undo' ? ' undo' : ''}</span> ${entry.text}</pre>`;
  })}`;
}
