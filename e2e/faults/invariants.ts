import { setTimeout as wait } from 'node:timers/promises';
import type { Instance, Ledger, RunningFleet } from '../fleet';
import { operationLockName } from '../../electron/core/operations/operation-world';
import { covers } from '../../electron/core/operations/steps/positions';

export interface Broken {
  readonly invariant: string;
  readonly what: string;
}

export interface Expectation {
  /** Instances that nobody can ask any more. */
  readonly gone: readonly string[];
  /** Replicas that a report names as left behind. */
  readonly leftBehind: readonly string[];
  /** Instances that a report names as holding writes of their own. Default none. */
  readonly holdOwn?: readonly string[];
  /** Whom an instance may follow in the place of the primary, by names. Default nobody. */
  readonly mayFollow?: Readonly<Record<string, string>>;
  /** Transactions announced as lost before the click; null: an unknown number was announced. */
  readonly announcedLost: number | null;
  /** State of the run in the journal at the end. */
  readonly state: string;
}

const endings = ['succeeded', 'failed', 'cancelled', 'adopted', 'not started'];

/**
 * The invariants that hold after every fault, asked of the real servers and the ledger of acknowledged writes:
 * I1 no acknowledged write missing that was not announced; I2 exactly one writable; I3 the others follow it; I4 nothing
 * errant; I5 nobody acknowledges on the old side after the new one began; I6 the journal is closed; I7 semi-sync waits only
 * where someone can answer.
 */
export async function brokenInvariants(
  fleet: RunningFleet,
  ledger: Ledger,
  expected: Expectation,
): Promise<readonly Broken[]> {
  const broken: Broken[] = [];
  const say = (invariant: string, what: string): void => void broken.push({ invariant, what });
  const alive = fleet.instances.filter((one) => !expected.gone.includes(one.name));
  const writable: Instance[] = [];
  for (const one of alive) if (!(await isClosed(one))) writable.push(one);
  const primary = writable[0];
  if (writable.length !== 1 || !primary) {
    say('I2', `writable: ${writable.map((one) => one.name).join(', ') || 'none'}`);
    return broken;
  }
  const missing = await ledger.missing(primary.host, primary.port);
  if (missing.length > 0 && expected.announcedLost !== null && missing.length > expected.announcedLost)
    say('I1', `${missing.length} acknowledged writes missing, ${expected.announcedLost} announced`);
  const replicas = alive.filter((one) => one !== primary && !expected.leftBehind.includes(one.name));
  for (const one of replicas) {
    const sources = alive.filter((each) => each === primary || expected.mayFollow?.[one.name] === each.name);
    const status = await settledStatus(fleet, one, sources);
    if (status !== '') say('I3', `${one.name}: ${status}`);
    if (expected.holdOwn?.includes(one.name)) continue;
    const [held, has] = [await positionOf(fleet, one), await positionOf(fleet, primary)];
    if (!covers(has, held)) say('I4', `${one.name} holds ${held}, the primary ${has}`);
  }
  const acks = ledger.entries().filter((one) => one.outcome === 'acknowledged');
  const lastPort = acks.at(-1)?.port;
  const firstOnLast = acks.find((one) => one.port === lastPort && one.port === primary.port);
  const turned = acks.filter((one, index) => index > 0 && one.port !== acks[index - 1]?.port).length;
  if (firstOnLast && turned > 1) {
    // Writers report side by side: only an acknowledgement that is clearly later than the other side's first counts.
    const late = acks.filter((one) => one.port !== primary.port && one.atMs > firstOnLast.atMs + 5);
    if (late.length > 0) say('I5', `${late.length} writes acknowledged elsewhere after ${primary.name} began`);
  }
  if (!endings.includes(expected.state)) say('I6', `the run is ${expected.state}`);
  const waiting = await waitingForAck(fleet, primary);
  if (waiting !== '') say('I7', waiting);
  return broken;
}

/** I1 of applications that kept to one server: what it acknowledged to them must be on the primary of the end too. */
export async function missingFrom(
  fleet: RunningFleet,
  ledgers: readonly Ledger[],
  gone: readonly string[],
): Promise<readonly Broken[]> {
  const broken: Broken[] = [];
  for (const one of fleet.instances) {
    if (gone.includes(one.name) || (await isClosed(one))) continue;
    for (const ledger of ledgers) {
      const missing = await ledger.missing(one.host, one.port);
      if (missing.length > 0)
        broken.push({
          invariant: 'I1',
          what: `${missing.length} writes of a pooled application missing on ${one.name}`,
        });
    }
  }
  return broken;
}

/** Whether it refuses writes. @throws the server's error */
export const isClosed = async (one: Instance): Promise<boolean> =>
  Number((await one.query('SELECT @@GLOBAL.read_only AS closed'))[0]?.['closed']) === 1;

const positionOf = async (fleet: RunningFleet, one: Instance): Promise<string> => {
  const variable = fleet.dialect === 'mysql' ? '@@GLOBAL.gtid_executed' : '@@GLOBAL.gtid_binlog_pos';
  return String((await one.query(`SELECT ${variable} AS position`))[0]?.['position'] ?? '').replaceAll('\n', '');
};

/** Its own port, and the near ends of links that lead to it. */
const portsOf = (fleet: RunningFleet, one: Instance): readonly number[] => [
  one.port,
  ...fleet.file.state.links.filter((link) => link.targetPort === one.port).map((link) => link.port),
];

/** '' when it follows one of these; waits up to 5 s, because a receiver may just be connecting again. */
async function settledStatus(fleet: RunningFleet, one: Instance, sources: readonly Instance[]): Promise<string> {
  const ports = sources.flatMap((each) => portsOf(fleet, each));
  let seen = '';
  for (let tries = 0; tries < 50; tries += 1) {
    const [row] = await one.query('SHOW REPLICA STATUS');
    const value = (newer: string, older: string): string => String(row?.[newer] ?? row?.[older] ?? '');
    const port = Number(value('Source_Port', 'Master_Port'));
    const [io, sql] = [
      value('Replica_IO_Running', 'Slave_IO_Running'),
      value('Replica_SQL_Running', 'Slave_SQL_Running'),
    ];
    seen = row ? `follows port ${port}, receiver ${io}, applier ${sql}` : 'follows nobody';
    if (ports.includes(port) && io === 'Yes' && sql === 'Yes') return '';
    await wait(100);
  }
  return seen;
}

/** Who takes writes at this moment; one that does not answer takes none. */
export async function writableNow(fleet: RunningFleet): Promise<readonly string[]> {
  const open = await Promise.all(
    fleet.instances.map(async (one) =>
      one.pid !== undefined && !(await isClosed(one).catch(() => true)) ? [one.name] : [],
    ),
  );
  return open.flat();
}

/** I8: no console is there any more, so no instance may hold the advisory lock. Connections take a moment to end. */
export async function locksLeft(fleet: RunningFleet): Promise<readonly Broken[]> {
  const held = async (): Promise<readonly string[]> => {
    const all = await Promise.all(
      fleet.instances.map(async (one) => {
        if (one.pid === undefined) return [];
        const [row] = await one.query(`SELECT IS_USED_LOCK('${operationLockName}') AS session`).catch(() => []);
        return row?.['session'] ? [`${one.name} (session ${String(row['session'])})`] : [];
      }),
    );
    return all.flat();
  };
  let left = await held();
  for (let tries = 0; left.length > 0 && tries < 30; tries += 1) {
    await wait(100);
    left = await held();
  }
  return left.length === 0 ? [] : [{ invariant: 'I8', what: `the lock is held on ${left.join(', ')}` }];
}

async function waitingForAck(fleet: RunningFleet, primary: Instance): Promise<string> {
  const name = fleet.dialect === 'mysql' ? 'Rpl_semi_sync_source_wait_sessions' : 'Rpl_semi_sync_master_wait_sessions';
  for (let tries = 0; tries < 20; tries += 1) {
    const [row] = await primary.query(`SHOW GLOBAL STATUS LIKE '${name}'`);
    if (Number(row?.['Value'] ?? 0) === 0) return '';
    await wait(100);
  }
  return 'commits wait for an acknowledgement that does not come';
}
