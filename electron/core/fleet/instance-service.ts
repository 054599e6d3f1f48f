import { MidwatchError } from '@shared/errors';
import type { InstanceDetail, KillResult, ProcessList } from '@shared/model/instance';
import { nameValueMap, numberOf } from '../dialect/rows';
import type { Clock } from '../ports/clock';
import type { SqlRow } from '../ports/mysql-session';
import type { ActivityLog } from './activity-log';
import type { Connections, OpenSession } from './connections';
import { readProcessList } from './process-list';
import type { Unlocks } from './unlocks';

interface InstanceServiceParts {
  readonly connections: Connections;
  readonly unlocks: Unlocks;
  readonly activity: ActivityLog;
  readonly clock: Clock;
  readonly user: string;
}

/** These differ between any two servers by nature. */
const alwaysDifferent =
  /^(server_id|server_uuid|server_uid|report_port|report_host|hostname|port|socket|pid_file|datadir|general_log_file|slow_query_log_file|log_error|log_bin_basename|log_bin_index|relay_log.*|gtid_.*|timestamp|pseudo_.*|rand_seed.*|bind_address|admin_port|mysqlx_.*|innodb_data_home_dir|tmpdir|slave_load_tmpdir|replica_load_tmpdir|character_sets_dir|read_only|super_read_only|wsrep_.*|last_insert_id|insert_id|identity|error_count|warning_count)$/;

/** What a person asks of one instance: its sessions, its settings, the end of a session. */
export class InstanceService {
  readonly #parts: InstanceServiceParts;

  constructor(parts: InstanceServiceParts) {
    this.#parts = parts;
  }

  /** A fresh process list each second until the signal fires, on one session of its own. */
  async *processes(instanceId: string, signal: AbortSignal): AsyncGenerator<ProcessList> {
    const open = await this.#parts.connections.open(instanceId, 'processes', signal);
    try {
      const [row] = await open.session.query('SELECT @@GLOBAL.max_connections AS n');
      while (!signal.aborted) {
        yield await readProcessList(
          (sql) => open.session.query(sql, { timeoutMs: 5000 }),
          open.dialect.name,
          instanceId,
          this.#parts.clock.nowMs(),
          numberOf(row, 'n') ?? 0,
        );
        await this.#parts.clock.sleep(1000, signal).catch(() => undefined);
      }
    } finally {
      open.release();
    }
  }

  /** One look, for the command line. */
  async processList(instanceId: string, signal: AbortSignal): Promise<ProcessList> {
    return this.#parts.connections.use(instanceId, 'processes', signal, async (open) => {
      const [row] = await open.session.query('SELECT @@GLOBAL.max_connections AS n');
      return readProcessList(
        (sql) => open.session.query(sql, { timeoutMs: 5000 }),
        open.dialect.name,
        instanceId,
        this.#parts.clock.nowMs(),
        numberOf(row, 'n') ?? 0,
      );
    });
  }

  /** Variables with what differs from the siblings, and status. A sibling that does not answer is left out. */
  async detail(instanceId: string, signal: AbortSignal): Promise<InstanceDetail> {
    const { cluster } = this.#parts.connections.find(instanceId);
    const variablesOf = async (id: string): Promise<Map<string, string>> =>
      this.#parts.connections.use(id, 'detail', signal, async (open) =>
        nameValueMap(await open.session.query('SHOW GLOBAL VARIABLES', { timeoutMs: 8000 })),
      );
    const siblings = cluster.instances.filter((one) => one.id !== instanceId);
    const [own, status, ...others] = await Promise.all([
      variablesOf(instanceId),
      this.#parts.connections.use(instanceId, 'detail', signal, async (open) =>
        nameValueMap(await open.session.query('SHOW GLOBAL STATUS', { timeoutMs: 8000 })),
      ),
      ...siblings.map((one) => variablesOf(one.id).catch(() => null)),
    ]);
    return {
      instanceId,
      atMs: this.#parts.clock.nowMs(),
      variables: [...own].map(([name, value]) => ({
        name,
        value,
        differs: alwaysDifferent.test(name)
          ? []
          : siblings.flatMap((sibling, index) => {
              const theirs = others[index]?.get(name);
              return theirs === undefined || theirs === value ? [] : [{ instance: sibling.name, value: theirs }];
            }),
      })),
      status: [...status].map(([name, value]) => ({ name, value })),
    };
  }

  /**
   * Ends a statement or a session, and says what a fresh look then shows.
   * @throws MidwatchError `cluster-locked`, `unknown-session`, `missing-privilege`
   */
  async kill(
    input: {
      readonly instanceId: string;
      readonly sessionId: number;
      readonly what: 'query' | 'connection';
      readonly reason: string;
    },
    signal: AbortSignal,
  ): Promise<KillResult> {
    const { cluster, instance } = this.#parts.connections.find(input.instanceId);
    this.#parts.unlocks.require(cluster.id, cluster.name);
    return this.#parts.connections.use(input.instanceId, 'kill', signal, async (open) => {
      const statement = await killStatement(open, input.sessionId, input.what);
      this.#parts.activity.note({
        kind: 'change',
        severity: 'note',
        clusterId: cluster.id,
        instanceId: instance.id,
        by: this.#parts.user,
        text: `${instance.name}: ${statement} (${input.reason})`,
      });
      await open.session.query(statement, { timeoutMs: 5000 });
      const observed = await this.#observe(open, input.sessionId, input.what);
      this.#parts.activity.note({
        kind: 'change',
        severity: 'ok',
        clusterId: cluster.id,
        instanceId: instance.id,
        by: this.#parts.user,
        text: `${instance.name}: ${observed}`,
      });
      return { statement, observed };
    });
  }

  /** Success is what is observed, never a return code. */
  async #observe(open: OpenSession, sessionId: number, what: 'query' | 'connection'): Promise<string> {
    const sql = `SELECT COMMAND AS command, INFO AS info FROM information_schema.PROCESSLIST WHERE ID = ${sessionId}`;
    let row: SqlRow | undefined;
    for (let tries = 0; tries < 20; tries += 1) {
      [row] = await open.session.query(sql, { timeoutMs: 5000 });
      if (!row) return `session ${sessionId} is gone`;
      if (what === 'query' && (row['command'] === 'Sleep' || row['info'] === null))
        return `the statement of session ${sessionId} has ended, the session lives`;
      await this.#parts.clock.sleep(100);
    }
    return `session ${sessionId} was told to end and is still there after 2 s: it may be rolling back`;
  }
}

/** Managed clouds hide KILL behind procedures. Which one exists is asked, not guessed. */
async function killStatement(open: OpenSession, sessionId: number, what: 'query' | 'connection'): Promise<string> {
  const routines = await open.session.query(
    "SELECT routine_name AS n FROM information_schema.routines WHERE routine_schema = 'mysql' AND routine_name IN ('rds_kill', 'rds_kill_query', 'az_kill', 'az_kill_query')",
    { timeoutMs: 5000 },
  );
  const names = new Set(routines.map((row) => String(row['n'])));
  const procedure = [`rds_kill`, `az_kill`]
    .map((name) => (what === 'query' ? `${name}_query` : name))
    .find((name) => names.has(name));
  if (!Number.isInteger(sessionId)) throw new MidwatchError('invalid-input', 'A session id is a number');
  if (procedure) return `CALL mysql.${procedure}(${sessionId})`;
  return `KILL ${what === 'query' ? 'QUERY' : 'CONNECTION'} ${sessionId}`;
}
