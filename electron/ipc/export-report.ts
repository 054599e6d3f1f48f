import type { Application } from '../core/application';
import { reportFile } from '../core/operations/report/report-file';
import type { Desktop } from './app.handlers';

/** Makes a report and writes it where the person chooses; null when they did not. */
export async function exportReport(
  app: Pick<Application, 'operations' | 'clock'>,
  desktop: Pick<Desktop, 'info' | 'save' | 'printer'>,
  input: { readonly runId: string; readonly format: 'html' | 'pdf' | 'json' },
  signal: AbortSignal,
): Promise<{ readonly path: string } | null> {
  const making = { atMs: app.clock.nowMs(), version: desktop.info().version };
  const report = app.operations.report(input.runId);
  const { name, content } = await reportFile(report, input.format, { making, printer: desktop.printer }, signal);
  const path = await desktop.save(name, content);
  return path === null ? null : { path };
}
