/** Turns a report's page into a PDF. Only where there is a browser engine: headless it is refused. */
export interface ReportPrinter {
  /**
   * @param page a page that stands alone; its scripts do not run and nothing is loaded for it.
   * @returns the bytes of a PDF on A4.
   * @throws MidwatchError `unsupported` where no engine is at hand, `internal` when it did not print within half a minute;
   *   the signal's reason when it fires.
   */
  pdf(page: string, signal: AbortSignal): Promise<Uint8Array>;
}
