/** What a drill measures beside the run: the outage as the application's probe saw it. */
export type DrillState =
  | 'preparing'
  | 'breaking'
  | 'detecting'
  | 'planning'
  | 'awaiting-approval'
  | 'running'
  | 'measuring'
  | 'succeeded'
  | 'failed';

/** Stretch of a drill's outage, in order: detect, plan, approve, then the steps of the run up to the first write. */
export interface DrillPhase {
  readonly name: string;
  readonly ms: number;
}

/** A drill, at work or kept as evidence. Measured figures only: null is not measured. Times in ms. */
export interface Drill {
  readonly drillId: string;
  readonly clusterId: string;
  readonly cluster: string;
  readonly kind: 'switchover' | 'failover';
  readonly state: DrillState;
  readonly unattended: boolean;
  readonly by: string;
  readonly reason: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** The run that broke the primary (failover), and the run that moved it. */
  readonly breakRunId: string | null;
  readonly runId: string | null;
  /** The plan that waits for a person, when not unattended. */
  readonly planId: string | null;
  readonly oldPrimary: string;
  readonly newPrimary: string;
  /** Where a drill goes to another region, both; else both are ''. Drills are compared between the same regions. */
  readonly fromRegion: string;
  readonly toRegion: string;
  /** RTO: last write acknowledged before to first acknowledged after, by the probe through the application's way in. */
  readonly rtoMs: number | null;
  readonly phases: readonly DrillPhase[];
  /** RPO from the probe's ledger. `missing`: acknowledged rows that the new primary lacks. */
  readonly acknowledged: number;
  readonly missing: number | null;
  /** What the plan announced as lost, in its own words. */
  readonly announced: string;
  readonly writesThrough: string;
  /** What the figures do not show: what was broken and what was not, another choice than the one asked for, what is left to do. */
  readonly notes: readonly string[];
  readonly error: string;
}

/** Figures of the same kind between the same regions: only those say whether it got better. */
export const comparable = (one: Drill, other: Drill): boolean =>
  one.clusterId === other.clusterId &&
  one.kind === other.kind &&
  one.fromRegion === other.fromRegion &&
  one.toRegion === other.toRegion;
