import { movesPrimary } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import { html, trusted, type Html } from '../../report-page/html';
import { facts, list, section, table, tag } from '../../report-page/page-parts';
import { candidatesSection, checksSection, planSection, verdictSection } from './report-plan';
import { divergenceSection, evidenceSection } from './report-divergence';
import { journalSection, stepsSection, timelineSection } from './report-run';
import { pageStyle } from '../../report-page/page-style';
import {
  announcedWords,
  duration,
  kindWord,
  lossFigure,
  missingWords,
  moment,
  outcomeSentence,
  stateWord,
  tookMs,
} from './report-words';

/** What a report says of its own making. */
export interface ReportMaking {
  readonly atMs: number;
  /** Version of Midwatch. */
  readonly version: string;
}

/**
 * A report as one page that stands alone: no script, nothing loaded from elsewhere, every text escaped. The outcome first,
 * for who must know it; then everything that a DBA needs to check it.
 */
export function reportPage(report: Report, making: ReportMaking): string {
  const { plan } = report;
  const [tone, word] = stateWord(report.state);
  const title = `${kindWord(plan.kind)} of ${plan.cluster}: ${word.toLowerCase()}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${title}</title>
        <style>
          ${trusted(pageStyle)}
        </style>
      </head>
      <body>
        <header>
          <h1>${plan.title}</h1>
          <p>${tag([tone, word])} <span class="dim">${moment(report.startedAtMs)}</span></p>
        </header>
        <main>
          <div class="outcome ${tone}"><p>${outcomeSentence(report)}</p></div>
          ${section('Left to do', list(report.leftToDo))} ${section('Who, why, when', whoFacts(report))}
          ${movesPrimary(plan.kind) ? section('Announced and measured', figures(report)) : null}
          ${verdictSection(report)} ${divergenceSection(report)} ${evidenceSection(report)} ${timelineSection(report)}
          ${stepsSection(report)}
          ${section('Proof', list(report.proof.map((one) => `${one.holds ? '✓' : '✗'} ${one.text}`)))}
          ${checksSection(report)} ${candidatesSection(report)} ${planSection(report)} ${journalSection(report)}
        </main>
        <footer>
          Made by Midwatch ${making.version} on ${moment(making.atMs)} from the plan and the journal of run
          ${report.runId} alone.
        </footer>
      </body>
    </html> `.text;
}

function whoFacts(report: Report): Html {
  return facts([
    ['Cluster', report.plan.cluster],
    ['Approved by', report.by],
    ['Reason', report.reason === '' ? 'none given' : report.reason],
    ['Began', moment(report.startedAtMs)],
    ['Ended', report.endedAtMs === null ? 'not yet' : `${moment(report.endedAtMs)}, after ${duration(tookMs(report))}`],
    ['Drill', report.plan.drillId ?? ''],
    ['Run', report.runId],
  ]);
}

function figures(report: Report): Html | null {
  const { plan } = report;
  return table(
    [{ title: '' }, { title: 'Announced' }, { title: 'Measured' }],
    [
      ['Time without writes', duration(plan.impact.writeGapMs), duration(report.writeGapMs)],
      ['From the approval to the opening', duration(plan.impact.writeGapMs), duration(report.clickToOpenMs)],
      ['Writes lost', announcedWords(report), missingWords(report)],
      ...(report.announcedLoss === null
        ? []
        : [
            ['Transactions lost, at the most', lossFigure(report.announcedLoss), ''],
            ...(report.announcedLoss.gtid === ''
              ? []
              : [['Lost GTIDs', html`<code>${report.announcedLoss.gtid}</code>`, '']]),
          ]),
    ],
  );
}
