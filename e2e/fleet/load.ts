import { randomInt } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createConnection, type Connection } from 'mysql2/promise';
import type { Endpoint } from './endpoint';
import type { RunningFleet } from './fleet';
import type { Instance } from './instance';
import { Ledger } from './ledger';
import { slowQueries } from './slow-queries';

/** How much load, and on what. */
export interface LoadOptions {
  /** Default 4. */
  readonly writers?: number;
  /** Point reads, on the replicas in turn. Default 2. */
  readonly readers?: number;
  /** Sessions that run the slow-query mix on the replicas, 0.5 s between two queries. Default 0. */
  readonly slowReaders?: number;
  /** Between two writes of one writer. Default 10. */
  readonly writePauseMs?: number;
  /** Between two reads of one reader. Default 20. */
  readonly readPauseMs?: number;
  /** Writers stay on this instance whatever happens; without it they find the writable one, as through a proxy. */
  readonly target?: string;
  /** Writers reach the database by this endpoint alone, wherever it points. */
  readonly endpoint?: Pick<Endpoint, 'host' | 'port'>;
  /** The cluster to write to, where a fleet has several (shards). Default: the first. */
  readonly cluster?: string;
}

/** What the load did so far. */
export interface LoadReport {
  readonly seconds: number;
  readonly acknowledged: number;
  /** Writes whose answer never came: they may or may not be in the database. */
  readonly unknown: number;
  /** Writes that the server refused, e.g. by read-only; the writer goes on with the next. */
  readonly refused: number;
  readonly reads: number;
  readonly readErrors: number;
  readonly lastError: string | undefined;
}

/** Load that runs in this process. */
export interface LoadRun {
  readonly ledger: Ledger;
  report(): LoadReport;
  /** Waits until `count` more writes are acknowledged. @throws Error after `limitMs` */
  waitForWrites(count: number, limitMs?: number): Promise<void>;
  /** Ends every session. The ledger stays readable. */
  stop(): Promise<LoadReport>;
}

interface Tally {
  acknowledged: number;
  unknown: number;
  refused: number;
  reads: number;
  readErrors: number;
  lastError: string | undefined;
}

/** Errors that say for sure that nothing was written: read-only (1290, 1836), lock time-out and deadlock (1205, 1213), no connection (1040, 1053). */
const refusals = new Set([1040, 1045, 1053, 1205, 1213, 1290, 1792, 1836, 3100]);
const statementLimitMs = 30_000;

/** Starts writers, readers and the slow-query mix as the account `app`. @throws Error when `target` is unknown */
export async function startLoad(fleet: RunningFleet, options: LoadOptions = {}): Promise<LoadRun> {
  const cluster = options.cluster ?? fleet.primary.cluster;
  const members = fleet.instances.filter((instance) => instance.cluster === cluster);
  if (options.target) fleet.instance(options.target);
  const readable = members.filter(({ role }) => role !== 'primary');
  // Writers of different runs never share a number, so every run can be proved by itself.
  const run = randomInt(1, 2_000_000);
  const ledger = new Ledger(path.join(fleet.folder, 'ledgers', `${run}.ledger`));
  const tally: Tally = { acknowledged: 0, unknown: 0, refused: 0, reads: 0, readErrors: 0, lastError: undefined };
  const stopping = new AbortController();
  const { signal } = stopping;
  setMaxListeners(0, signal); // one for each worker
  const startedMs = Date.now();
  let seconds: number | undefined;
  const findTarget = options.endpoint
    ? async () => options.endpoint
    : options.target
      ? async () => fleet.instance(options.target ?? '')
      : () => findWritable(members, signal);
  const workers = [
    ...times(options.writers ?? 4, (index) => {
      return write({
        writer: run * 1000 + index,
        findTarget,
        ledger,
        tally,
        signal,
        pauseMs: options.writePauseMs ?? 10,
      });
    }),
    ...times(options.readers ?? 2, (index) => {
      const next = () => ({ sql: 'SELECT * FROM app.account WHERE id = ?', values: [randomInt(1, 2001)] });
      return read({ targets: rotate(readable, index), next, tally, signal, pauseMs: options.readPauseMs ?? 20 });
    }),
    ...times(options.slowReaders ?? 0, (index) => {
      const next = () => ({ sql: slowQueries[randomInt(slowQueries.length)] ?? '', values: [] });
      return read({ targets: rotate(readable, index), next, tally, signal, pauseMs: 500 });
    }),
  ];
  const report = () => ({ seconds: seconds ?? (Date.now() - startedMs) / 1000, ...tally });
  return {
    ledger,
    report,
    async waitForWrites(count, limitMs = 30_000) {
      const wanted = tally.acknowledged + count;
      for (const limit = Date.now() + limitMs; tally.acknowledged < wanted; await wait(10)) {
        if (Date.now() < limit) continue;
        throw new Error(
          `${tally.acknowledged} of ${wanted} writes after ${limitMs} ms; last error: ${tally.lastError ?? 'none'}`,
        );
      }
    },
    async stop() {
      if (seconds === undefined) {
        stopping.abort();
        await Promise.all(workers);
        seconds = (Date.now() - startedMs) / 1000;
        ledger.close();
      }
      return report();
    },
  };
}

type Address = Pick<Instance, 'host' | 'port'>;

interface WriterTask {
  readonly writer: number;
  readonly findTarget: () => Promise<Address | undefined>;
  readonly ledger: Ledger;
  readonly tally: Tally;
  readonly signal: AbortSignal;
  readonly pauseMs: number;
}

async function write({ writer, findTarget, ledger, tally, signal, pauseMs }: WriterTask): Promise<void> {
  let session: { readonly connection: Connection; readonly port: number } | undefined;
  cutWhenStopped(signal, () => session?.connection);
  for (let seq = 1; !signal.aborted; seq++) {
    let isSent = false;
    try {
      if (!session) {
        const target = await findTarget();
        if (!target) break;
        session = await openWriter(target);
      }
      isSent = true;
      const sql = 'INSERT INTO app.ledger (writer, seq, payload) VALUES (?, ?, ?)';
      await session.connection.query({ sql, timeout: statementLimitMs }, [writer, seq, `payment ${writer}/${seq}`]);
      ledger.record({ outcome: 'acknowledged', writer, seq, port: session.port, atMs: preciseNowMs() });
      tally.acknowledged++;
      await pause(pauseMs, signal);
    } catch (error) {
      if (!isSent || refusals.has((error as { errno?: number }).errno ?? 0)) {
        tally.refused++;
      } else {
        ledger.record({ outcome: 'unknown', writer, seq, port: session?.port ?? 0, atMs: preciseNowMs() });
        tally.unknown++;
      }
      tally.lastError = (error as Error).message;
      session?.connection.destroy();
      session = undefined;
      await pause(5, signal);
    }
  }
  session?.connection.destroy();
}

interface ReaderTask {
  readonly targets: readonly Instance[];
  readonly next: () => { readonly sql: string; readonly values: unknown[] };
  readonly tally: Tally;
  readonly signal: AbortSignal;
  readonly pauseMs: number;
}

async function read({ targets, next, tally, signal, pauseMs }: ReaderTask): Promise<void> {
  let connection: Connection | undefined;
  cutWhenStopped(signal, () => connection);
  for (let turn = 0; !signal.aborted && targets.length > 0; turn++) {
    try {
      const target = targets[turn % targets.length];
      if (!connection && target) connection = await openSession(target);
      const { sql, values } = next();
      await connection?.query({ sql, timeout: statementLimitMs }, values);
      tally.reads++;
      await pause(pauseMs, signal);
    } catch (error) {
      if (!signal.aborted) tally.readErrors++;
      tally.lastError = (error as Error).message;
      connection?.destroy();
      connection = undefined;
      await pause(200, signal);
    }
  }
  connection?.destroy();
}

/** Looks for the one server that takes writes until there is one: what a proxy in front of the cluster would do at best. */
async function findWritable(members: readonly Instance[], signal: AbortSignal): Promise<Instance | undefined> {
  for (; !signal.aborted; await pause(5, signal)) {
    const answers = await Promise.all(
      members.map(async (instance) => ((await isWritable(instance)) ? instance : undefined)),
    );
    const writable = answers.find((instance) => instance !== undefined);
    if (writable) return writable;
  }
  return undefined;
}

async function isWritable(instance: Instance): Promise<boolean> {
  try {
    const connection = await createConnection({ ...loginOf(instance), connectTimeout: 1_000 });
    try {
      const [rows] = await connection.query({ sql: 'SELECT @@global.read_only AS ro', timeout: 1_000 });
      return Number((rows as { ro: unknown }[])[0]?.ro) === 0;
    } finally {
      connection.destroy();
    }
  } catch {
    return false;
  }
}

/** Asks the server for its port: behind an endpoint it is not the one that was connected to. */
async function openWriter(address: Address): Promise<{ readonly connection: Connection; readonly port: number }> {
  const connection = await openSession(address);
  try {
    const [rows] = await connection.query({ sql: 'SELECT @@port AS port', timeout: 5_000 });
    return { connection, port: Number((rows as { port: unknown }[])[0]?.port) };
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

async function openSession(instance: Address): Promise<Connection> {
  const connection = await createConnection({ ...loginOf(instance), connectTimeout: 5_000 });
  connection.on('error', () => undefined); // the next statement reports it
  return connection;
}

/** A statement that is under way when the load stops gets a moment to be answered, and no more. */
function cutWhenStopped(signal: AbortSignal, current: () => Connection | undefined): void {
  signal.addEventListener('abort', () => setTimeout(() => current()?.destroy(), 100), { once: true });
}

function loginOf({ host, port }: Address) {
  return { host, port, user: 'app', password: 'app' };
}

function preciseNowMs(): number {
  return performance.timeOrigin + performance.now();
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined);
}

function rotate<T>(items: readonly T[], by: number): readonly T[] {
  const start = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
