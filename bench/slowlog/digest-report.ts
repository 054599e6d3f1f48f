/** What digest-process.ts measured and found. */
export interface DigestReport {
  readonly wallSeconds: number;
  /** Resident memory of the whole process at its peak. */
  readonly peakMb: number;
  readonly calls: number;
  readonly skippedBytes: number;
  readonly classes: readonly { readonly id: string; readonly calls: number; readonly microseconds: number }[];
}
