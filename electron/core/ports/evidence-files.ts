/** A file that a run saved before it threw something away. */
export interface SavedEvidence {
  readonly path: string;
  /** Of the bytes as written, in hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Files that outlive a run. */
export interface EvidenceFiles {
  /**
   * Durable when it returns; the same name of the same run is replaced as a whole.
   * @param file.name file name alone, without a folder
   * @throws MidwatchError `disk-full`, `file-unreadable`
   */
  save(file: { readonly runId: string; readonly name: string; readonly content: string }): SavedEvidence;
}
