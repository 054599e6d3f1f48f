import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTemporaryLab, type Instance, type RunningFleet, type SshServer } from './index';
import { readToolchain } from './toolchain';

const run = promisify(execFile);
const lab = openTemporaryLab();
afterAll(() => lab.close());

function hostOf({ name, sshHost }: Instance): SshServer {
  if (!sshHost) throw new Error(`${name} has no host`);
  return sshHost;
}

/** With the ssh of the lab's tools, as a person would. */
async function onHost(instance: Instance, command: string): Promise<string> {
  const { host, port, user, privateKeyPath } = hostOf(instance);
  const ssh = path.join(path.dirname(readToolchain().tools.sshd), '../bin/ssh');
  const { stdout } = await run(ssh, [
    ...['-F', 'none', '-i', privateKeyPath, '-p', String(port), '-o', 'BatchMode=yes'],
    ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'],
    `${user}@${host}`,
    command,
  ]);
  return stdout;
}

describe.each([
  ['wallet', / Ver 9/, 'rpl_semi_sync_source_enabled'],
  ['shop', / Ver 3.* for debian-linux/, 'rpl_semi_sync_master_enabled'],
] as const)('the hosts of %s', (scenario, version, semiSync) => {
  let fleet: RunningFleet;
  beforeAll(async () => {
    fleet = await lab.up(scenario, { hosts: true, semiSync: true });
  });
  afterAll(() => fleet.down());

  it('run commands that find the binary log programs and read the logs of the server', async () => {
    const { primary } = fleet;
    expect(await onHost(primary, 'mysqlbinlog --version')).toMatch(version);
    expect(await onHost(primary, 'mariadb-binlog --version')).toMatch(/ Ver 3/);
    await primary.query("INSERT INTO app.ledger (writer, seq, payload) VALUES (0, 77, 'seen from the host')");
    const dump = await onHost(primary, `cat ${primary.binlogIndex}; mysqlbinlog -v ${primary.dataFolder}/binlog.0*`);
    expect(dump).toContain('seen from the host');
  });

  it('give what the candidate lacks, and the account midwatch may replay it under read_only', async () => {
    const { primary, dialect } = fleet;
    const isMysql = dialect === 'mysql';
    const [candidate] = fleet.replicas as [Instance];
    const position = isMysql ? '@@GLOBAL.gtid_executed' : '@@GLOBAL.gtid_binlog_pos';
    await fleet.waitUntilCaughtUp();
    await candidate.query(isMysql ? 'STOP REPLICA' : 'STOP SLAVE');
    const [known] = await candidate.query(`SELECT ${position} AS gtids`);
    await primary.query("INSERT INTO app.ledger (writer, seq, payload) VALUES (0, 78, 'salvaged')");
    await primary.query('UPDATE app.account SET balance_cents = balance_cents + 1 WHERE id < 4');
    await primary.query('CREATE TABLE app.salvaged (id INT PRIMARY KEY)');
    await primary.query('INSERT INTO app.salvaged VALUES (1), (2)');
    await primary.query('DELETE FROM app.salvaged WHERE id = 2');
    const from = `'--${isMysql ? 'exclude-gtids' : 'start-position'}=${String(known?.['gtids']).replaceAll('\n', '')}'`;
    // A session passes read_only by its right; nobody passes super_read_only.
    if (isMysql) await candidate.query('SET GLOBAL super_read_only = OFF');
    const login = `-h127.0.0.1 -P${candidate.port} -umidwatch --password=midwatch`;
    const replay = `mysqlbinlog ${from} ${primary.dataFolder}/binlog.0* | mysql --no-defaults --binary-mode ${login}`;
    await onHost(primary, replay);
    const [wanted] = await primary.query(`SELECT ${position} AS gtids`);
    const [there] = await candidate.query(`SELECT ${position} AS gtids, @@GLOBAL.read_only AS closed`);
    expect([there?.['gtids'], Number(there?.['closed'])]).toEqual([wanted?.['gtids'], 1]);
    expect(await candidate.query('SELECT id FROM app.salvaged')).toHaveLength(1);
    // What was replayed is in MariaDB's binary log and not in its replica position.
    if (!isMysql) await candidate.query('SET GLOBAL gtid_slave_pos = ?', [there?.['gtids']]);
    await candidate.query(isMysql ? 'START REPLICA' : 'START SLAVE');
    await fleet.waitUntilReplicating();
  });

  it('end the server for good; it starts again with what semi-sync was told', async () => {
    const { primary } = fleet;
    await onHost(primary, `kill -9 ${primary.pid}`);
    await expect.poll(() => primary.pid).toBeUndefined();
    await new Promise((settle) => setTimeout(settle, 1_000));
    expect(primary.pid).toBeUndefined();
    await expect(primary.query('DO 1')).rejects.toThrow();
    await primary.start();
    const [row] = await primary.query(`SELECT @@GLOBAL.${semiSync} AS enabled`);
    expect(Number(row?.['enabled'])).toBe(1);
    await fleet.waitUntilReplicating();
  });

  it('are lost one by one, with or without their server', async () => {
    const [, second, third] = fleet.instances as [Instance, Instance, Instance];
    const { port, hostKeyFingerprint } = hostOf(second);
    await hostOf(second).lose();
    await expect(onHost(second, 'true')).rejects.toThrow();
    expect(await onHost(third, 'echo here')).toBe('here\n');
    expect(second.pid).toBeDefined();
    await fleet.fault('host-loss', second.name);
    expect(second.pid).toBeUndefined();
    await fleet.fault('host-return', second.name);
    expect([hostOf(second).port, hostOf(second).hostKeyFingerprint]).toEqual([port, hostKeyFingerprint]);
    expect(await onHost(second, 'echo back')).toBe('back\n');
    const link = await fleet.openLink('console', `ssh:${second.name}`);
    expect(link.port).toBeGreaterThan(0);
  });
});
