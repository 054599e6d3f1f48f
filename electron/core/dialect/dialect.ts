import type { DialectName } from '@shared/model/fleet';
import type { Heartbeat } from '@shared/model/inventory';
import type { Read, ServerFacts, ServerSample } from './server-sample';

/** Limits that every session of the console carries, so that no statement of ours can hurt a server. */
export interface SessionLimits {
  readonly statementMs: number;
  readonly lockWaitSeconds: number;
  readonly idleSeconds: number;
}

export const monitorLimits: SessionLimits = { statementMs: 4000, lockWaitSeconds: 2, idleSeconds: 120 };

/** The SQL that each server speaks. SQL text is domain knowledge and lives in this folder alone. */
export interface Dialect {
  readonly name: DialectName;
  /** Statements for a fresh session: limits, UTC, no surprise from a server's defaults. */
  readonly sessionSetup: (limits: SessionLimits) => readonly string[];
  /** One poll: small on the wire and on the server. `askChannels` false leaves out what only replicas have. */
  readonly readSample: (
    read: Read,
    options: { readonly askChannels: boolean; readonly heartbeat: Heartbeat },
  ) => Promise<ServerSample>;
  readonly readFacts: (read: Read) => Promise<ServerFacts>;
  /** Replicas that are connected now, as they announced themselves. Empty without the grant. */
  readonly readReplicas: (read: Read) => Promise<readonly { readonly host: string; readonly port: number }[]>;
  /** Transactions that `ahead` has and `behind` lacks; null when the texts cannot be compared. */
  readonly transactionsBehind: (behind: string, ahead: string) => number | null;
  /** What only this replica has and its primary lacks, printed; '' is none. */
  readonly errant: (replicaExecuted: string, primaryExecuted: string) => string;
  /** Number of transactions in the executed set, for rates. */
  readonly transactionCount: (executed: string) => number;
}
