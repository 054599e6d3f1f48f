import { toAppError } from '@shared/errors';
import type { Divergence } from '@shared/model/plan';
import { numberOf, textOf } from '../../dialect/rows';
import { bastionsOf, type Connections } from '../../fleet/connections';
import type { RemoteHost } from '../../ports/remote-host';
import type { ReachedInstance } from '../cluster-reading';
import { mariadbBehind, mysqlBehind, type Behind } from './behind';
import { readLoggedText, type LoggedText } from './binary-log-text';
import { changeWords } from './change-words';
import { mariadbErrant, missingFrom, mysqlErrant, type Errant } from './errant-set';
import { heldBeforeLog, logNames, reachOf, type Ask } from './log-reach';
import { printErrantCommand, type LogsOnHost } from './reader-commands';

export interface DivergenceParts {
  readonly connections: Connections;
  readonly hosts: RemoteHost;
}

/** How the errant transactions can be kept: whole from the host's files, as a list of events by SQL, or not at all. */
export type EvidenceWay =
  | { readonly by: 'ssh'; readonly logs: LogsOnHost }
  | { readonly by: 'sql'; readonly firstLog: string; readonly why: string }
  | { readonly by: 'none'; readonly why: string };

export interface DivergenceReading {
  readonly divergence: Divergence;
  readonly errant: Errant;
  readonly behind: Behind;
  /** null: nothing is errant. */
  readonly way: EvidenceWay | null;
}

/** Rows that a person reads; the file holds all. */
const rowsShown = 200;
const decodeLimit = { timeoutMs: 20_000, maxBytes: 8 * 1024 * 1024 };
/** A replica may be some ms ahead of its source: only what is still missing after this is errant. */
const aheadSeconds = 2;
const tablesNamed = 40;

/** Everything that a MariaDB server holds, each writer's newest, in its log or from a copy. */
export const heldStateSql =
  "SELECT CONCAT_WS(',', NULLIF(@@GLOBAL.gtid_binlog_state, ''), NULLIF(@@GLOBAL.gtid_slave_pos, '')) AS state";

/**
 * What an instance and the present primary do not have in common. Reads only. The instance must have been read before the
 * primary, or each new commit looks errant.
 * @throws MidwatchError of the session port when one of them does not answer any more
 */
export async function divergenceOf(
  parts: DivergenceParts,
  { instance, primary }: { readonly instance: ReachedInstance; readonly primary: ReachedInstance },
  signal: AbortSignal,
): Promise<DivergenceReading> {
  const askInstance = asking(parts, instance, signal);
  const askPrimary = asking(parts, primary, signal);
  const errant = await errantNow(instance, primary, { askInstance, askPrimary });
  const behind = await behindNow(instance, primary, askPrimary, errant.text);
  const base = {
    instance: instance.instance.name,
    against: primary.instance.name,
    errantGtid: errant.text,
    behindTransactions: behind.transactions,
    purgedGtid: behind.purgedText,
    purgedTransactions: behind.purgedTransactions,
  };
  if (errant.text === '')
    return {
      errant,
      behind,
      way: null,
      divergence: { ...base, errantTransactions: 0, rows: [], rowsLeftOut: '' },
    };
  const read = await readErrant(parts, instance, errant, askInstance, signal);
  const count = errant.count ?? read.count;
  return {
    errant: { ...errant, count },
    behind,
    way: read.way,
    divergence: {
      ...base,
      errantTransactions: count,
      rows: read.text === null ? [] : await rowsOf(read.text, askInstance),
      rowsLeftOut: read.leftOut,
    },
  };
}

function asking({ connections }: DivergenceParts, { instance }: ReachedInstance, signal: AbortSignal): Ask {
  return (sql, values) =>
    connections.use(instance.id, 'plan', signal, async ({ session }) =>
      session.query(sql, { timeoutMs: 10_000, ...(values ? { values } : {}) }),
    );
}

async function errantNow(
  instance: ReachedInstance,
  primary: ReachedInstance,
  { askInstance, askPrimary: ask }: { readonly askInstance: Ask; readonly askPrimary: Ask },
): Promise<Errant> {
  const { gtidExecuted } = instance.sample;
  if (instance.dialect.name === 'mariadb') {
    // Asked here and not taken from the reading, where a state that was refused looks like an empty log.
    const [own] = await askInstance('SELECT @@GLOBAL.gtid_binlog_state AS state');
    const compare = async (): Promise<Errant> => {
      const [row] = await ask(heldStateSql);
      return mariadbErrant(textOf(own, 'state'), textOf(row, 'state'));
    };
    const first = await compare();
    if (first.text === '') return first;
    await ask('SELECT SLEEP(0.2) AS slept');
    return compare();
  }
  const first = mysqlErrant(gtidExecuted, primary.sample.gtidExecuted);
  if (first.text === '') return first;
  await ask('SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?) AS outcome', [gtidExecuted, aheadSeconds]);
  const [row] = await ask('SELECT @@GLOBAL.gtid_executed AS executed');
  return mysqlErrant(gtidExecuted, textOf(row, 'executed'));
}

async function behindNow(
  { dialect, sample }: ReachedInstance,
  primary: ReachedInstance,
  askPrimary: Ask,
  errant: string,
): Promise<Behind> {
  if (dialect.name === 'mysql')
    return mysqlBehind(sample.gtidExecuted, primary.sample.gtidExecuted, primary.facts.gtidPurged);
  const [oldest] = await logNames(askPrimary).catch(() => []);
  const list = oldest === undefined ? null : await heldBeforeLog(askPrimary, oldest).catch(() => null);
  return mariadbBehind(sample.gtidExecuted, primary.sample.gtidExecuted, list, errant);
}

interface ErrantRead {
  readonly way: EvidenceWay;
  /** null: nothing could be decoded. */
  readonly text: LoggedText | null;
  readonly count: number | null;
  readonly leftOut: string;
}

async function readErrant(
  parts: DivergenceParts,
  { instance, dialect, facts }: ReachedInstance,
  errant: Errant,
  ask: Ask,
  signal: AbortSignal,
): Promise<ErrantRead> {
  const reach = await reachOf(ask, errant.text);
  if (reach.kind === 'purged') {
    const why = 'its oldest binary log begins after them: they cannot be saved any more';
    return { way: { by: 'none', why }, text: null, count: null, leftOut: why };
  }
  const firstLog = reach.kind === 'from' ? reach.firstLog : '';
  const binaryLogBase = facts.variables.get('log_bin_basename') ?? '';
  const access = instance.hostAccess;
  const bySql = (why: string): ErrantRead => ({
    way:
      reach.kind === 'from'
        ? { by: 'sql', firstLog, why }
        : { by: 'none', why: `${why}; and by SQL: ${reach.kind === 'unknown' ? reach.why : ''}` },
    text: null,
    count: null,
    leftOut: `rows cannot be decoded: ${why}`,
  });
  if (!access) return bySql('no SSH access to its host is set');
  if (binaryLogBase === '') return bySql('it does not say where its binary logs lie');
  const logs: LogsOnHost = { access, dialect: dialect.name, binaryLogBase, firstLog, errant: errant.text };
  try {
    const via = bastionsOf(parts.connections.inventory(), access.via);
    const outcome = await parts.hosts.run(via, printErrantCommand(logs, 'decoded'), decodeLimit, signal);
    if (outcome.exitCode !== 0 && !outcome.truncated)
      return bySql(`its host could not read the logs: ${outcome.stderr.trim().split('\n').at(-1) ?? ''}`.slice(0, 200));
    const text = readLoggedText(outcome.stdout, rowsShown);
    const missing = outcome.truncated ? '' : missingFrom(errant, text.gtids);
    if (missing !== '') {
      const why = `its binary logs do not hold ${missing}`;
      return { way: { by: 'none', why }, text, count: null, leftOut: why };
    }
    return {
      way: { by: 'ssh', logs },
      text,
      count: outcome.truncated ? null : text.gtids.length,
      leftOut: outcome.truncated
        ? 'only the first 8 MB were read: the evidence file holds all'
        : text.changesInAll > text.changes.length
          ? `${(text.changesInAll - text.changes.length).toLocaleString('en')} more: the evidence file holds all`
          : '',
    };
  } catch (thrown) {
    return bySql(`its host: ${toAppError(thrown).message}`);
  }
}

async function rowsOf({ changes }: LoggedText, ask: Ask): Promise<Divergence['rows']> {
  const tables = [...new Set(changes.map((one) => one.table))].filter((one) => one !== '').slice(0, tablesNamed);
  const columns = new Map<string, readonly string[]>();
  for (const table of tables) {
    const [schema = '', ...name] = table.split('.');
    // The table as it is now: one that was changed since has other columns, and one that is gone has none.
    const rows = await ask(
      'SELECT COLUMN_NAME AS name, ORDINAL_POSITION AS place FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION',
      [schema, name.join('.')],
    ).catch(() => []);
    if (rows.every((row, index) => numberOf(row, 'place') === index + 1))
      columns.set(
        table,
        rows.map((row) => textOf(row, 'name')),
      );
  }
  return changes.map((one) => ({ gtid: one.gtid, table: one.table, change: changeWords(one, columns.get(one.table)) }));
}
