import { startChild } from './child';
import type { RecordedServer, StandInCluster } from './recorded-server';

/** Servers that repeat what real ones said, in a process of their own so that their work is nobody else's. */
export interface StandIns {
  readonly clusters: readonly StandInCluster[];
  stop(): void;
}

/** Starts `clusters` times the recorded servers, each on a port of its own. */
export async function startStandIns(recorded: readonly RecordedServer[], clusters: number): Promise<StandIns> {
  const child = startChild(import.meta.resolve('./stand-in-process.ts'));
  try {
    return { clusters: await child.ask<StandInCluster[]>({ recorded, clusters }), stop: child.stop };
  } catch (thrown) {
    child.stop();
    throw thrown;
  }
}
