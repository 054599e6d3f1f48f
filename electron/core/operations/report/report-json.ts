import type { Report } from '@shared/model/report';
import type { ReportMaking } from './report-page';
import { outcomeSentence, tookMs } from './report-words';

/** Raised when a key changes its meaning or goes; a new key does not raise it. */
export const reportFormat = 'midwatch-report/1';

/**
 * A report for programs, as documented in docs/command-line.md. Times are ms since the epoch or lengths in ms; null is not
 * measured or not known, and never 0.
 */
export function reportData(report: Report, making: ReportMaking) {
  const { plan } = report;
  return {
    format: reportFormat,
    madeAtMs: making.atMs,
    madeBy: `Midwatch ${making.version}`,
    runId: report.runId,
    kind: plan.kind,
    cluster: plan.cluster,
    clusterId: plan.clusterId,
    drillId: plan.drillId,
    title: plan.title,
    state: report.state,
    outcome: outcomeSentence(report),
    by: report.by,
    reason: report.reason,
    startedAtMs: report.startedAtMs,
    endedAtMs: report.endedAtMs,
    tookMs: tookMs(report),
    oldPrimary: plan.impact.primary,
    newPrimary: plan.impact.candidate,
    writeGapMs: { announced: plan.impact.writeGapMs, measured: report.writeGapMs },
    clickToOpenMs: report.clickToOpenMs,
    loss: {
      announced: report.announcedLoss,
      probeAcknowledged: report.probeAcknowledged,
      probeMissing: report.probeMissing,
    },
    leftToDo: report.leftToDo,
    timeline: report.timeline,
    steps: report.steps,
    statements: report.journal
      .filter((entry) => entry.type === 'statement')
      .map((entry) => ({ atMs: entry.atMs, stepId: entry.stepId, text: entry.text })),
    proof: report.proof,
    evidence: report.evidence,
    plan,
    journal: report.journal,
  };
}

/** {@link reportData} as text, two spaces deep, for a file. */
export function reportJson(report: Report, making: ReportMaking): string {
  return `${JSON.stringify(reportData(report, making), null, 2)}\n`;
}
