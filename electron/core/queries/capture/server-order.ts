import type { DialectName } from '@shared/model/fleet';
import type { JobProgress } from '@shared/model/query-job';
import type { Clock } from '../../ports/clock';
import type { StatementReader } from '../aggregate/statement-reader';
import type { Ask } from './read-digests';

/** What every capture by SQL needs. */
export interface ServerOrder {
  readonly ask: Ask;
  readonly dialect: DialectName;
  readonly version: string;
  readonly instance: { readonly id: string; readonly name: string; readonly clusterId: string };
  /** Length of the window that begins now. */
  readonly seconds: number;
  readonly captureId: string;
  readonly clock: Clock;
  readonly reader: StatementReader;
  readonly onProgress: (progress: JobProgress) => void;
}
