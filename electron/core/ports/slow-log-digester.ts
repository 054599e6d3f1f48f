import type { Capture } from '@shared/model/query-capture';
import type { CaptureFilter } from '../queries/aggregate/capture-filter';
import type { SlowLogPosition, SlowLogRequest } from './slow-logs';

export interface DigestRequest {
  readonly source: SlowLogRequest;
  readonly filter?: CaptureFilter;
  readonly captureId: string;
  readonly clusterId: string | null;
  readonly instanceId: string | null;
  /** The capture's name for the source; default: the path. */
  readonly name?: string;
}

/** How far a digest is; at most four times a second. */
export interface DigestProgress {
  /** As stored: of a compressed log, compressed bytes. */
  readonly bytesRead: number;
  /** Null: not known. */
  readonly totalBytes: number | null;
  readonly bytesPerSecond: number;
  readonly statements: number;
}

export interface DigestedLog {
  readonly capture: Capture;
  /** Where the next reading goes on; null for an archive. */
  readonly position: SlowLogPosition | null;
}

/** Turns slow logs into captures without holding up who asks. */
export interface SlowLogDigester {
  /**
   * @throws MidwatchError as SlowLogSource; the signal's reason when it fires: within 200 ms, whatever the log's size
   */
  digest(
    request: DigestRequest,
    onProgress: (progress: DigestProgress) => void,
    signal: AbortSignal,
  ): Promise<DigestedLog>;
}
