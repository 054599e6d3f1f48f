/** Paths of the files that were dropped; what is no file of this computer has none. */
export const droppedPaths = (transfer: DataTransfer): readonly string[] =>
  [...transfer.files].map((file) => window.midwatch.pathOf(file)).filter((path) => path !== '');
