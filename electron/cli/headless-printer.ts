import { MidwatchError } from '@shared/errors';
import type { ReportPrinter } from '../core/ports/report-printer';

/** {@link ReportPrinter} where there is no browser engine. */
export const headlessPrinter: ReportPrinter = {
  pdf: () =>
    Promise.reject(
      new MidwatchError('unsupported', 'A PDF is made by the window, which the command line has not', {
        nextStep: 'Use --format html and print that from a browser, or export the PDF in the window',
      }),
    ),
};
