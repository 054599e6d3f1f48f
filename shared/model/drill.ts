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
  /** RTO: last write acknowledged before to first acknowledged after, by the probe through the application's way in. */
  readonly rtoMs: number | null;
  readonly phases: readonly DrillPhase[];
  /** RPO from the probe's ledger. `missing`: acknowledged rows that the new primary lacks. */
  readonly acknowledged: number;
  readonly missing: number | null;
  /** What the plan announced as lost, in its own words. */
  readonly announced: string;
  readonly writesThrough: string;
  readonly error: string;
}
