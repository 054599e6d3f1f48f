import { fork, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Instance } from '../../e2e/fleet';

/** One row that a server acknowledged, in milliseconds of the epoch with fractions. */
export interface Acknowledged {
  readonly writer: number;
  readonly seq: number;
  readonly port: number;
  readonly atMs: number;
  readonly isProbe: boolean;
}

/** What the process is told. */
export interface TrafficPlan {
  readonly ports: readonly number[];
  readonly firstWriter: number;
  readonly probeWriters: number;
  readonly probePauseMs: number;
  readonly loadWriters: number;
  readonly loadPauseMs: number;
}

/** What the process answers in the end. `unknown`: cut in the middle, so that nobody knows. */
export interface TrafficResult {
  readonly acknowledged: readonly Acknowledged[];
  readonly refused: number;
  readonly unknown: number;
}

/** What came of one change of the primary, seen from outside. */
export interface Outage {
  /** From the last row that the old primary acknowledged to the probe to the first that another one did. */
  readonly writeGapMs: number;
  /** Epoch of that last row. */
  readonly lastOldMs: number;
  /** Epoch of the first row that another one acknowledged. */
  readonly firstNewMs: number;
  readonly newPort: number;
  readonly acknowledged: number;
  /** Acknowledged rows that the new primary does not have. */
  readonly lost: number;
}

/** Writers that run in a process of their own. */
export interface Traffic {
  /** Waits for so many more acknowledged rows. @throws Error after 30 s */
  waitForWrites(count: number): Promise<void>;
  /** Ends it and says what the change of primary cost. @throws Error when no other server took a row */
  stop(): Promise<Outage>;
  /** Ends it whatever happened. */
  abandon(): void;
}

/**
 * Starts a probe of two writers 5 ms apart and, for load, four more as the lab's load has them (10 ms apart). They hold open
 * connections to every server and find the new primary by trying: the routing is instant, whoever changes the primary.
 * @param old the primary now
 * @param others who may become it
 */
export async function startTraffic(old: Instance, others: readonly Instance[], underLoad: boolean): Promise<Traffic> {
  const child = fork(fileURLToPath(new URL('./traffic-process.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  });
  const plan: TrafficPlan = {
    ports: [old.port, ...others.map(({ port }) => port)],
    firstWriter: randomInt(1, 2_000_000) * 1000,
    probeWriters: 2,
    probePauseMs: 5,
    loadWriters: underLoad ? 4 : 0,
    loadPauseMs: 10,
  };
  await ask<'ready'>(child, plan);
  return {
    async waitForWrites(count) {
      const wanted = (await ask<number>(child, 'count')) + count;
      for (const limit = Date.now() + 30_000; (await ask<number>(child, 'count')) < wanted; await wait(20))
        if (Date.now() > limit) throw new Error(`Not ${count} more writes within 30 s`);
    },
    abandon: () => void child.kill('SIGKILL'),
    async stop() {
      const result = await ask<TrafficResult>(child, 'stop');
      const gap = findGap(result.acknowledged, old.port);
      const next = others.find(({ port }) => port === gap.newPort);
      return { ...gap, acknowledged: result.acknowledged.length, lost: await countLost(next, result.acknowledged) };
    },
  };
}

/** The write gap of the probe's rows; the load's are there to be in the way. Exported for its test. */
export function findGap(
  acknowledged: readonly Acknowledged[],
  oldPort: number,
): Pick<Outage, 'writeGapMs' | 'lastOldMs' | 'firstNewMs' | 'newPort'> {
  const rows = acknowledged.filter(({ isProbe }) => isProbe).sort((a, b) => a.atMs - b.atMs);
  const lastOld = rows.findLast(({ port }) => port === oldPort);
  const firstNew = rows.find(({ port, atMs }) => port !== oldPort && atMs > (lastOld?.atMs ?? Infinity));
  if (!lastOld || !firstNew) throw new Error('No other server took a row: the primary did not change');
  const [lastOldMs, firstNewMs] = [lastOld.atMs, firstNew.atMs];
  return { writeGapMs: firstNewMs - lastOldMs, lastOldMs, firstNewMs, newPort: firstNew.port };
}

async function countLost(instance: Instance | undefined, acknowledged: readonly Acknowledged[]): Promise<number> {
  const writers = [...new Set(acknowledged.map(({ writer }) => writer))];
  const rows = await instance?.query('SELECT writer, seq FROM app.ledger WHERE writer IN (?)', [writers]);
  const there = new Set(rows?.map((row) => `${String(row['writer'])} ${String(row['seq'])}`));
  return acknowledged.filter(({ writer, seq }) => !there.has(`${writer} ${seq}`)).length;
}

function ask<T>(child: ChildProcess, message: TrafficPlan | 'count' | 'stop'): Promise<T> {
  return new Promise((settle, fail) => {
    const onExit = (): void => fail(new Error('The traffic ended by itself'));
    child.once('exit', onExit);
    child.once('message', (answer) => {
      child.off('exit', onExit);
      settle(answer as T);
    });
    child.send(message);
  });
}
