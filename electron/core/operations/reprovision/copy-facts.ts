import { toAppError } from '@shared/errors';
import type { DialectName } from '@shared/model/fleet';
import type { Instance } from '@shared/model/inventory';
import { numberOf, textOf, flagOf } from '../../dialect/rows';
import { bastionsOf, type Connections } from '../../fleet/connections';
import { lastWordsOf } from '../../monitor/last-words';
import type { Observation } from '../../monitor/observation';
import type { RemoteHost } from '../../ports/remote-host';
import type { LastWordsStore } from '../../ports/store';
import type { InstanceReading } from '../cluster-reading';
import type { ServerFiles } from '../failover/host-commands';
import { copyFactsSql } from './copy-sql';
import { lookCommand, readLook } from './host-commands';

export interface CopyFactsParts {
  readonly connections: Connections;
  readonly hosts: RemoteHost;
  readonly lastWords: LastWordsStore;
  readonly lastSeen: (clusterId: string, instanceId: string) => Observation | null;
}

/** What its host says; `lines` null where it could not look, and `why` not. */
export interface HostLook {
  readonly lines: ReadonlyMap<string, string> | null;
  readonly why: string;
}

/** What copying needs to know of one instance beyond what a plan reads anyway. null is not known. */
export interface CopyFacts {
  readonly bytes: number | null;
  /** MySQL: of these, what CLONE drops before it copies. */
  readonly droppableBytes: number | null;
  /** What must be the same on both sides, as one text. */
  readonly layout: string | null;
  /** MySQL: tables that CLONE would leave empty. */
  readonly otherEngines: number | null;
  /** MySQL. */
  readonly clonePlugin: boolean | null;
  /** MySQL: connections by TLS are taken. */
  readonly tls: boolean | null;
  /** MariaDB: variables of files that lie outside the data folder; '' is none. */
  readonly elsewhere: string | null;
  /** MariaDB: where it listens on its own host. */
  readonly socket: string | null;
  /** '' is not known. */
  readonly dataFolder: string;
  readonly files: ServerFiles | null;
  /** null: no SSH access to its host is set. */
  readonly host: HostLook | null;
}

const lookLimitMs = 10_000;

/** Asks the server, where it answers, and its host, where it is known. Never throws for what cannot be told. */
export async function readCopyFacts(
  reading: InstanceReading,
  dialect: DialectName,
  parts: CopyFactsParts,
  signal: AbortSignal,
): Promise<CopyFacts> {
  const { instance } = reading;
  const files = reading.reached ? filesOf(reading.facts.variables) : filesLastKnown(instance, parts);
  const [asked, host] = await Promise.all([
    reading.reached ? askServer(instance, dialect, parts.connections, signal) : null,
    askHost(instance, files, parts, signal),
  ]);
  return { ...(asked ?? unasked), dataFolder: files?.dataFolder ?? '', files, host };
}

type ServerFacts = Omit<CopyFacts, 'dataFolder' | 'files' | 'host'>;

const unasked: ServerFacts = {
  bytes: null,
  droppableBytes: null,
  layout: null,
  otherEngines: null,
  clonePlugin: null,
  tls: null,
  elsewhere: null,
  socket: null,
};

async function askServer(
  instance: Instance,
  dialect: DialectName,
  connections: Connections,
  signal: AbortSignal,
): Promise<ServerFacts> {
  try {
    return await connections.use(instance.id, 'plan', signal, async ({ session }) => {
      const ask = async <T>(
        sql: string | undefined,
        read: (row: Parameters<typeof textOf>[0]) => T,
      ): Promise<T | null> =>
        sql === undefined
          ? null
          : session.query(sql, { timeoutMs: 10_000 }).then(
              (rows) => read(rows[0]),
              () => null,
            );
      const sql: Partial<Record<keyof typeof copyFactsSql.mysql | keyof typeof copyFactsSql.mariadb, string>> =
        copyFactsSql[dialect];
      return {
        bytes: await ask(sql.bytes, (row) => numberOf(row, 'bytes')),
        droppableBytes: await ask(sql.droppable, (row) => numberOf(row, 'bytes')),
        layout: await ask(sql.layout, (row) => textOf(row, 'layout')),
        otherEngines: await ask(sql.otherEngines, (row) => numberOf(row, 'tables')),
        clonePlugin: await ask(sql.plugin, (row) => (numberOf(row, 'active') ?? 0) > 0),
        tls: await ask(sql.tls, (row) => flagOf(row, 'enabled')),
        elsewhere: await ask(sql.elsewhere, (row) => textOf(row, 'elsewhere')),
        socket: await ask(sql.socket, (row) => textOf(row, 'socket')),
      };
    });
  } catch {
    return unasked;
  }
}

async function askHost(
  { hostAccess }: Instance,
  files: ServerFiles | null,
  { connections, hosts }: CopyFactsParts,
  signal: AbortSignal,
): Promise<HostLook | null> {
  if (!hostAccess) return null;
  if (!files) return { lines: null, why: 'this console never heard where its data folder is' };
  try {
    const via = bastionsOf(connections.inventory(), hostAccess.via);
    const outcome = await hosts.run(via, lookCommand(hostAccess, files.dataFolder), { timeoutMs: lookLimitMs }, signal);
    const lines = readLook(outcome.stdout);
    return lines
      ? { lines, why: '' }
      : { lines: null, why: outcome.stderr.trim().slice(-200) || `its command ended with ${outcome.exitCode}` };
  } catch (thrown) {
    return { lines: null, why: toAppError(thrown).message };
  }
}

const filesOf = (variables: ReadonlyMap<string, string>): ServerFiles | null =>
  asFiles({
    dataFolder: variables.get('datadir') ?? '',
    binaryLogBase: variables.get('log_bin_basename') ?? '',
    pidFile: variables.get('pid_file') ?? '',
  });

/** What it said last: to this process, or to an earlier one. */
function filesLastKnown(instance: Instance, parts: CopyFactsParts): ServerFiles | null {
  const { cluster } = parts.connections.find(instance.id);
  const seen = parts.lastSeen(cluster.id, instance.id);
  const words = (seen && lastWordsOf(seen)) ?? parts.lastWords.find(instance.id);
  return words && asFiles(words);
}

const asFiles = ({ dataFolder, binaryLogBase, pidFile }: ServerFiles): ServerFiles | null =>
  dataFolder === '' ? null : { dataFolder, binaryLogBase, pidFile: pidFile.startsWith('/') ? pidFile : '' };
