import { describe, expect, it } from 'vitest';
import type { ProxysqlHook } from '@shared/model/hook';
import type { SqlRow } from '../../ports/mysql-session';
import type { Proxies } from '../../ports/proxies';
import { StepFailure, type StepContext } from '../operation-kind';
import { statements, type Line } from '../steps/step-data';
import type { Place } from './place';
import { lookAtProxysql, type ProxysqlLook } from './proxysql-look';
import { fenceAtProxysql, proxysqlTrafficCode } from './proxysql-code';
import { proxysqlFence, proxysqlMoves, proxysqlTraffic, type MoveKind } from './proxysql-plan';
import { proxysqlSql } from './proxysql-words';

/** Answers by the exact statement; each call takes the next one, the last stays. What is not recorded is refused. */
type Recorded = Readonly<Record<string, readonly (readonly SqlRow[])[]>>;
function replay(recorded: Recorded): { ask: (sql: string) => Promise<readonly SqlRow[]>; sent: string[] } {
  const calls = new Map<string, number>();
  const sent: string[] = [];
  return {
    sent,
    ask: async (sql) => {
      sent.push(sql);
      const answers = recorded[sql];
      if (!answers && !/^SELECT/.test(sql)) return [];
      if (!answers) throw new StepFailure(`not recorded: ${sql}`);
      const turn = calls.get(sql) ?? 0;
      calls.set(sql, turn + 1);
      return answers[Math.min(turn, answers.length - 1)] ?? [];
    },
  };
}

const server = (hostgroup: number, host: string, status = 'ONLINE'): SqlRow => ({
  hostgroup_id: hostgroup,
  hostname: host,
  port: 3306,
  status,
});
const [writer, reader] = [10, 20];
const [db1, db2] = ['10.0.0.1', '10.0.0.2'];
const before = [server(writer, db1), server(reader, db1), server(reader, db2)];
const monitorOn = [
  { variable_name: 'mysql-monitor_enabled', variable_value: 'true' },
  { variable_name: 'mysql-monitor_read_only_interval', variable_value: '1500' },
];
const used = (count: number): SqlRow[] => [{ srv_host: db1, srv_port: 3306, ConnUsed: count }];
const settled: Recorded = {
  [proxysqlSql.runtime]: [before],
  [proxysqlSql.memory]: [before],
  [proxysqlSql.checker(writer)]: [[]],
  [proxysqlSql.groups(writer)]: [[]],
  [proxysqlSql.galera(writer)]: [[]],
  [proxysqlSql.monitor]: [monitorOn],
  [proxysqlSql.used(writer)]: [used(4)],
};
const checked: Recorded = {
  ...settled,
  [proxysqlSql.checker(writer)]: [[{ writer_hostgroup: writer, reader_hostgroup: reader }]],
};

const hook: ProxysqlHook = {
  kind: 'proxysql',
  admins: ['10.0.0.9:6032'],
  user: 'radmin',
  writerHostgroup: writer,
  timeoutSeconds: 3,
};
const place = (name: string, host: string): Place => ({ name, at: [{ host, port: 3306 }] });
const [old, next] = [place('db-1', db1), place('db-2', db2)];

const look = (recorded: Recorded): Promise<ProxysqlLook> =>
  lookAtProxysql(
    hook,
    { address: '10.0.0.9:6032', via: [], user: 'radmin', password: 'x' },
    { proxysql: async (_target, sql) => replay(recorded).ask(sql) } as Pick<Proxies, 'proxysql'> as Proxies,
    { timeoutMs: 1000, signal: new AbortController().signal },
  );

/** A step's context whose statements go to the replay, and whose clock stands on what was slept. */
function contextOf(
  { lines, params }: { lines: readonly Line[]; params: Readonly<Record<string, string>> },
  ask: (sql: string) => Promise<readonly SqlRow[]>,
): StepContext {
  let nowMs = 0;
  const planned = statements(...lines);
  return {
    step: { statements: planned, params },
    signal: new AbortController().signal,
    clock: { monotonicMs: () => nowMs, sleep: async (ms: number) => void (nowMs += ms) },
    note: () => undefined,
    proxysql: async (key: string) => ask(planned.find((one) => one.key === key)?.text ?? 'not planned'),
  } as unknown as StepContext;
}

async function carryOut(
  seen: ProxysqlLook,
  kind: MoveKind,
  recorded: Recorded,
): Promise<{ proof: string; sent: string[] }> {
  const direct = proxysqlTraffic({ kind: 'proxysql', hook, proxies: [seen] }, old, next, kind);
  const { ask, sent } = replay(recorded);
  const context = contextOf({ lines: [...direct.lines], params: direct.params }, ask);
  await proxysqlTrafficCode.run(context);
  const acted = sent.filter((sql) => !/^SELECT/.test(sql));
  return { proof: await proxysqlTrafficCode.verify(context), sent: acted };
}

describe('ProxySQL, against replayed exchanges: never tried on a real one', () => {
  it('set by hand: the old one is closed and seen without connections before the new one is opened, then saved', async () => {
    const closed = [server(writer, db1, 'OFFLINE_HARD'), server(reader, db1), server(reader, db2)];
    const opened = [server(reader, db1), server(writer, db2), server(reader, db2)];
    const { proof, sent } = await carryOut(await look(settled), 'switchover', {
      [proxysqlSql.runtime]: [closed, closed, opened],
      [proxysqlSql.used(writer)]: [used(4), used(0)],
    });
    expect(sent).toEqual([
      `UPDATE mysql_servers SET status = 'OFFLINE_HARD' WHERE hostgroup_id = 10 AND hostname = '10.0.0.1' AND port = 3306`,
      'LOAD MYSQL SERVERS TO RUNTIME',
      `INSERT INTO mysql_servers (hostgroup_id, hostname, port, status, weight, max_connections, use_ssl, comment) SELECT 10, hostname, port, 'ONLINE', weight, max_connections, use_ssl, comment FROM mysql_servers WHERE hostgroup_id = 20 AND hostname = '10.0.0.2' AND port = 3306`,
      'LOAD MYSQL SERVERS TO RUNTIME',
      'SAVE MYSQL SERVERS TO DISK',
    ]);
    expect(proof).toContain('10.0.0.9:6032: 10.0.0.2:3306 ONLINE in 10');
  });

  it('set by hand: nothing is opened while the old one keeps a connection', async () => {
    const closed = [server(writer, db1, 'OFFLINE_HARD'), server(reader, db2)];
    const direct = proxysqlTraffic({ kind: 'proxysql', hook, proxies: [await look(settled)] }, old, next, 'switchover');
    const { ask, sent } = replay({ [proxysqlSql.runtime]: [closed], [proxysqlSql.used(writer)]: [used(1)] });
    const context = contextOf({ lines: [...direct.lines], params: direct.params }, ask);
    await proxysqlTrafficCode.run(context);
    expect(sent.filter((sql) => sql.startsWith('INSERT'))).toEqual([]);
    await expect(proxysqlTrafficCode.verify(context)).rejects.toThrow('10.0.0.2:3306 is not its writer');
  });

  it('moved by its own check of read_only: a planned move sends nothing and waits for it', async () => {
    const moved = [server(reader, db1), server(writer, db2), server(reader, db2)];
    const { proof, sent } = await carryOut(await look(checked), 'switchover', {
      [proxysqlSql.runtime]: [before, before, moved],
      [proxysqlSql.used(writer)]: [used(0)],
    });
    expect(sent).toEqual([]);
    expect(proof).toContain('10.0.0.2:3306 ONLINE in 10');
  });

  it('moved by its own check: after a failover the dead one is taken out, or it would be a writer when it returns', async () => {
    const moved = [server(writer, db2), server(reader, db2)];
    const { sent } = await carryOut(await look(checked), 'failover', {
      [proxysqlSql.runtime]: [moved],
      [proxysqlSql.used(writer)]: [[]],
    });
    expect(sent).toEqual([
      'SAVE MYSQL SERVERS FROM RUNTIME',
      `DELETE FROM mysql_servers WHERE hostgroup_id IN (10, 20) AND hostname = '10.0.0.1' AND port = 3306`,
      'LOAD MYSQL SERVERS TO RUNTIME',
      'SAVE MYSQL SERVERS TO DISK',
    ]);
  });

  it('its table without its monitor moves nothing: then it is set by hand', async () => {
    const off = {
      ...checked,
      [proxysqlSql.monitor]: [[{ variable_name: 'mysql-monitor_enabled', variable_value: 'false' }]],
    };
    expect((await look(off)).rule).toEqual({ kind: 'static' });
    expect((await look(checked)).rule).toEqual({ kind: 'checker', reader, everyMs: 1500 });
  });

  it('refuses a group, changes that were not loaded, a hostgroup without servers and an unknown server, each in one sentence', async () => {
    const problem = async (changes: Recorded): Promise<string> => (await look({ ...settled, ...changes })).problem;
    expect(await problem({ [proxysqlSql.galera(writer)]: [[{ writer_hostgroup: writer }]] })).toContain(
      'follows the group',
    );
    expect(await problem({ [proxysqlSql.memory]: [[...before, server(reader, '10.0.0.3')]] })).toContain('not loaded');
    expect(await problem({ [proxysqlSql.runtime]: [[server(0, db1)]], [proxysqlSql.memory]: [[server(0, db1)]] })).toBe(
      'hostgroup 10 has no server; there are: 0',
    );
    const [move] = proxysqlMoves(
      { kind: 'proxysql', hook, proxies: [await look(settled)] },
      old,
      place('db-7', '10.0.0.7'),
      'switchover',
    );
    expect(move?.problem).toContain('no server at the address of db-7; its servers: 10.0.0.1:3306 ONLINE in 10');
  });

  it('as a fence: the writer hostgroup is closed, and that is read back', async () => {
    const direct = proxysqlFence({ kind: 'proxysql', hook, proxies: [await look(settled)] }, old);
    const lines = [...(direct?.lines ?? [])];
    const params = direct?.params ?? {};
    const { ask, sent } = replay({ [proxysqlSql.runtime]: [[server(reader, db2)]], [proxysqlSql.used(writer)]: [[]] });
    expect(await fenceAtProxysql(contextOf({ lines, params }, ask))).toBe('10.0.0.9:6032 routes nothing to it');
    expect(sent.slice(0, 2)).toEqual([
      `UPDATE mysql_servers SET status = 'OFFLINE_HARD' WHERE hostgroup_id = 10 AND hostname = '10.0.0.1' AND port = 3306`,
      'LOAD MYSQL SERVERS TO RUNTIME',
    ]);
    const lies = replay({ [proxysqlSql.runtime]: [before], [proxysqlSql.used(writer)]: [used(2)] });
    await expect(fenceAtProxysql(contextOf({ lines, params }, lies.ask))).rejects.toThrow(
      '10.0.0.1:3306 ONLINE in 10, 2 connections',
    );
  });
});
