/** The lab of real servers: what tests, benches and the demo import. */
/** @public */
export type { SshServer } from './ssh-server';
/** @public */
export { labPassphrase } from './ssh-server-files';
/** @public */
export type { Endpoint } from './endpoint';
/** @public */
export { hookModes, type EndpointState, type HookCall, type HookMode } from './endpoint-protocol';
/** @public */
export { haproxyBackend, LabHaproxy } from './haproxy';
/** @public */
export { LabRouter } from './mysql-router';
/** @public */
export type { FaultName, FaultOptions, FaultOutcome } from './faults';
/** @public */
export type { InstanceStatus, LinkEnd, RunningFleet } from './fleet';
/** @public */
export type { Instance, Row } from './instance';
/** @public */
export { openLab, openTemporaryLab, type Lab, type UpOptions } from './lab';
/** @public */
export { Ledger, type LedgerEntry, type WriteGap } from './ledger';
/** @public */
export type { LinkConditions } from './link';
/** @public */
export type { LoadOptions, LoadReport, LoadRun } from './load';
/** @public */
export type { ScenarioName } from './scenarios';
/** @public */
export { readToolchain } from './toolchain';
