import type { Report } from '@shared/model/report';
import type { ReportPrinter } from '../../ports/report-printer';
import { reportJson } from './report-json';
import { reportPage, type ReportMaking } from './report-page';

/** A report ready to be written. `name` holds only characters that every file system takes. */
export interface ReportFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** @throws MidwatchError what {@link ReportPrinter} does, for `pdf` alone */
export async function reportFile(
  report: Report,
  format: 'html' | 'pdf' | 'json',
  parts: { readonly making: ReportMaking; readonly printer: ReportPrinter },
  signal: AbortSignal,
): Promise<ReportFile> {
  const { making, printer } = parts;
  const stamp = new Date(report.startedAtMs).toISOString().replace(/[-:]|\.\d+/g, '');
  const cluster = report.plan.cluster.replace(/[^\w.-]+/g, '-');
  const name = `midwatch-${report.plan.kind}-${cluster}-${stamp}.${format}`;
  switch (format) {
    case 'json':
      return { name, content: reportJson(report, making) };
    case 'html':
      return { name, content: reportPage(report, making) };
    case 'pdf':
      return { name, content: await printer.pdf(reportPage(report, making), signal) };
  }
}
