import { z } from 'zod';
import type { LogPositions } from '../../core/ports/log-positions';
import type { SlowLogPosition } from '../../core/ports/slow-logs';
import { readJsonFile } from '../files/read-json-file';
import { writeFileDurably } from '../files/write-file-durably';

const fileSchema = z.object({
  version: z.literal(1),
  positions: z.record(
    z.string(),
    z.object({ path: z.string(), inode: z.string(), offset: z.number().min(0), schema: z.string().optional() }),
  ),
});

/** Positions in one small JSON file. One that cannot be understood is kept aside: the next capture then reads the whole log. */
export class LogPositionsFile implements LogPositions {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  find(instanceId: string): SlowLogPosition | null {
    return this.#read()[instanceId] ?? null;
  }

  save(instanceId: string, position: SlowLogPosition): void {
    const positions = { ...this.#read(), [instanceId]: position };
    writeFileDurably(this.#file, `${JSON.stringify({ version: 1, positions }, null, 2)}\n`);
  }

  #read(): Readonly<Record<string, SlowLogPosition>> {
    return readJsonFile(this.#file, fileSchema)?.positions ?? {};
  }
}
