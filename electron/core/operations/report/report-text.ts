import { movesPrimary } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import {
  announcedWords,
  duration,
  missingWords,
  moment,
  outcomeSentence,
  since,
  stateWord,
  stepWord,
  tookMs,
} from './report-words';

/** A report for a terminal: the same order as the page, without the plan's own parts. */
export function reportText(report: Report): string {
  const { plan } = report;
  const headed = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
  return [
    `${stateWord(report.state)[1]}: ${plan.title}`,
    outcomeSentence(report),
    ...headed('Left to do', report.leftToDo),
    ...headed('Who, why, when', [
      `By ${report.by}${report.reason === '' ? '' : `: ${report.reason}`}`,
      `${moment(report.startedAtMs)} to ${report.endedAtMs === null ? 'now' : `${moment(report.endedAtMs)}, ${duration(tookMs(report))}`}`,
      `Run ${report.runId}`,
    ]),
    ...headed(
      'Files kept as evidence',
      report.evidence.map((one) => `${one.path} (${one.bytes.toLocaleString('en')} bytes, SHA-256 ${one.sha256})`),
    ),
    ...(movesPrimary(plan.kind) ? headed('Announced and measured', figures(report)) : []),
    ...headed(
      'Steps',
      report.steps.map((step, index) => {
        const said = step.error === '' ? step.proof : step.error;
        return `${index + 1}. ${step.title}: ${stepWord(step.status)[1]}${step.tookMs === null ? '' : ` in ${duration(step.tookMs)}`}${said === '' ? '' : `. ${said}`}`;
      }),
    ),
    ...headed(
      'Statements sent',
      report.journal
        .filter((entry) => entry.type === 'statement')
        .map((entry) => `${since(entry.atMs - report.startedAtMs)} ${entry.text}`),
    ),
  ].join('\n');
}

const figures = (report: Report): readonly string[] => [
  `Time without writes: announced ${duration(report.plan.impact.writeGapMs)}, measured ${duration(report.writeGapMs)}`,
  `From the approval to the opening: ${duration(report.clickToOpenMs)}`,
  `Announced loss: ${announcedWords(report)}`,
  `Measured loss: ${missingWords(report)}`,
];
