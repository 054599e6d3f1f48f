/** The lab of real servers: what tests, benches and the demo import. */
export { labPassphrase, type Bastion } from './bastion';
export type { FaultName, FaultOptions, FaultOutcome } from './faults';
export type { InstanceStatus, LinkEnd, RunningFleet } from './fleet';
export type { Instance, Row } from './instance';
export { openLab, openTemporaryLab, type Lab, type UpOptions } from './lab';
export { Ledger, type LedgerEntry, type WriteGap } from './ledger';
export type { LinkConditions } from './link';
export type { LoadOptions, LoadReport, LoadRun } from './load';
export type { ScenarioName } from './scenarios';
export { readToolchain } from './toolchain';
