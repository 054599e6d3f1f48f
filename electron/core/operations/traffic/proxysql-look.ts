import { toAppError } from '@shared/errors';
import type { ProxysqlHook } from '@shared/model/hook';
import type { SqlRow } from '../../ports/mysql-session';
import type { Proxies, ProxysqlTarget } from '../../ports/proxies';
import { proxysqlSql, rowWords, serverRows, usedByServer, type ProxysqlRow } from './proxysql-words';

/**
 * Who decides about the writer hostgroup. `checker`: mysql_replication_hostgroups, ProxySQL moves servers by their read_only
 * and would undo what is set by hand. `static`: nobody but a person. `group`: Galera or group replication.
 */
export type ProxysqlRule =
  | { readonly kind: 'static' }
  | { readonly kind: 'checker'; readonly reader: number; readonly everyMs: number }
  | { readonly kind: 'group' };

/** What one ProxySQL said; `problem`: why it cannot be used, '' when it can. */
export interface ProxysqlLook {
  readonly address: string;
  readonly rule: ProxysqlRule;
  /** As it routes now, and as it is written down: what LOAD would make of it. */
  readonly runtime: readonly ProxysqlRow[];
  readonly memory: readonly ProxysqlRow[];
  readonly used: ReadonlyMap<string, number>;
  readonly problem: string;
}

/** Asks one ProxySQL what it knows of the hostgroups. Reads only, never throws. */
export async function lookAtProxysql(
  { writerHostgroup: writer }: ProxysqlHook,
  target: ProxysqlTarget,
  proxies: Proxies,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<ProxysqlLook> {
  const ask = (sql: string): Promise<readonly SqlRow[]> => proxies.proxysql(target, sql, options, options.signal);
  const nothing = {
    address: target.address,
    rule: { kind: 'static' },
    runtime: [],
    memory: [],
    used: new Map(),
  } as const;
  try {
    const [runtime, memory, checker, groups, galera, monitor, used] = await Promise.all([
      ask(proxysqlSql.runtime).then(serverRows),
      ask(proxysqlSql.memory).then(serverRows),
      ask(proxysqlSql.checker(writer)),
      ask(proxysqlSql.groups(writer)),
      ask(proxysqlSql.galera(writer)),
      ask(proxysqlSql.monitor),
      ask(proxysqlSql.used(writer)).then(usedByServer),
    ]);
    const rule = ruleOf(checker, [...groups, ...galera], monitor);
    return { address: target.address, rule, runtime, memory, used, problem: problemOf(rule, runtime, memory, writer) };
  } catch (thrown) {
    return { ...nothing, problem: toAppError(thrown).message };
  }
}

function ruleOf(checker: readonly SqlRow[], groups: readonly SqlRow[], monitor: readonly SqlRow[]): ProxysqlRule {
  if (groups.length > 0) return { kind: 'group' };
  const value = (name: string): string =>
    String(monitor.find((row) => row['variable_name'] === name)?.['variable_value'] ?? '');
  const [row] = checker;
  // Without its monitor nobody moves anything, whatever the table says.
  if (!row || value('mysql-monitor_enabled').toLowerCase() === 'false') return { kind: 'static' };
  return {
    kind: 'checker',
    reader: Number(row['reader_hostgroup']),
    everyMs: Number(value('mysql-monitor_read_only_interval')) || 1500,
  };
}

function problemOf(
  rule: ProxysqlRule,
  runtime: readonly ProxysqlRow[],
  memory: readonly ProxysqlRow[],
  writer: number,
): string {
  if (rule.kind === 'group')
    return `hostgroup ${writer} belongs to Galera or group replication: ProxySQL follows the group by itself`;
  if (!runtime.some((one) => one.hostgroup === writer) && !memory.some((one) => one.hostgroup === writer))
    return `hostgroup ${writer} has no server; there are: ${[...new Set(memory.map((one) => one.hostgroup))].join(', ') || 'none'}`;
  if (rule.kind === 'checker') return '';
  // LOAD would bring all of it into use, also what somebody has only begun to write.
  const known = (rows: readonly ProxysqlRow[]): string =>
    rows
      // Without connections it leaves the runtime by itself; SHUNNED is no setting.
      .filter((one) => one.status !== 'OFFLINE_HARD')
      .map((one) => rowWords({ ...one, status: one.status === 'SHUNNED' ? 'ONLINE' : one.status }))
      .sort()
      .join('; ');
  return known(runtime) === known(memory)
    ? ''
    : 'mysql_servers holds changes that were not loaded (or the runtime some that were not saved): LOAD or SAVE them first';
}
