import type { StandInCluster } from './recorded-server';

/** What the watching process is told. */
export interface WatchOrder {
  readonly clusters: readonly StandInCluster[];
  readonly dataFolder: string;
  readonly warmUpMs: number;
  readonly measureMs: number;
  readonly blockMs: number;
}

/** What it measured about itself. */
export interface WatchReport {
  /** Processor seconds a second, one figure a block: all threads of the process. */
  readonly cores: readonly number[];
  /** The oldest newest sample of any instance, the greatest of each block. */
  readonly oldestSampleSeconds: readonly number[];
  /** Resident set, one figure a second. */
  readonly residentMb: readonly number[];
  /** What is in use after a full garbage collection, before and after the blocks. */
  readonly inUseMb: readonly [number, number];
  readonly answered: number;
}
