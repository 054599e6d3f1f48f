/** One session of the live process list. Times in seconds, by the server's clock. */
export interface Session {
  readonly id: number;
  readonly user: string;
  readonly host: string;
  readonly schema: string;
  readonly command: string;
  readonly kind: 'running' | 'sleeping' | 'replication' | 'midwatch' | 'system';
  readonly state: string;
  readonly seconds: number;
  readonly statement: string;
  readonly program: string;
  readonly trx: { readonly ageSeconds: number; readonly rowsModified: number; readonly rowsLocked: number } | null;
  /** Session ids that this one waits for. */
  readonly blockedBy: readonly number[];
}

export interface ProcessList {
  readonly instanceId: string;
  readonly atMs: number;
  readonly sessions: readonly Session[];
  readonly maxConnections: number;
  /** What is missing for lack of a grant, one sentence each. */
  readonly limits: readonly string[];
}

export interface VariableRow {
  readonly name: string;
  readonly value: string;
  /** Values of the siblings that differ, by instance name. Empty: all the same. */
  readonly differs: readonly { readonly instance: string; readonly value: string }[];
}

export interface StatusRow {
  readonly name: string;
  readonly value: string;
}

export interface InstanceDetail {
  readonly instanceId: string;
  readonly atMs: number;
  readonly variables: readonly VariableRow[];
  readonly status: readonly StatusRow[];
}

export const capabilityCodes = [
  'monitor',
  'process-list',
  'kill',
  'heartbeat',
  'discover',
  'switchover',
  'salvage',
  'reprovision',
] as const;
export type CapabilityCode = (typeof capabilityCodes)[number];

/** What the account may do on one instance, and which grant is missing for what it may not. */
export interface Capability {
  readonly code: CapabilityCode;
  readonly title: string;
  readonly state: 'works' | 'partly' | 'missing' | 'unknown';
  readonly missing: readonly string[];
  /** What still works without it. */
  readonly without: string;
  /** The statement that an administrator may run. */
  readonly grantSql: string;
}

export interface InstanceCapabilities {
  readonly instanceId: string;
  readonly instance: string;
  readonly account: string;
  readonly atMs: number;
  readonly capabilities: readonly Capability[];
}

export interface KillResult {
  readonly statement: string;
  readonly observed: string;
}
