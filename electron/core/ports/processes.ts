/** Consoles on one store: which of them began a run, and whether it still lives. */
export interface Processes {
  /** Names this process so that no later one has the same name. */
  readonly self: string;
  isAlive(name: string): boolean;
}
