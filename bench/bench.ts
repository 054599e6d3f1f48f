/** One figure of ours beside another's. `ratio` is ours / other and holds while it is at most `bound`. */
export interface BenchRow {
  readonly what: string;
  readonly unit: string;
  /** Medians of the runs in `oursRuns` and `otherRuns`. */
  readonly ours: number;
  readonly other: number;
  readonly ratio: number;
  readonly bound: number;
  readonly holds: boolean;
  readonly oursRuns: readonly number[];
  readonly otherRuns: readonly number[];
}

export interface BenchOptions {
  /** Fewer runs, done within a minute. */
  readonly quick: boolean;
  /** Says what is being done; for people, on standard error. */
  readonly say: (text: string) => void;
}

/** Starts what it measures, ends it, and returns its rows. */
export type Bench = (options: BenchOptions) => Promise<readonly BenchRow[]>;
