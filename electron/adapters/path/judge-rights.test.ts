import { describe, expect, it } from 'vitest';
import type { MysqlSession, SqlRow } from '../../core/ports/mysql-session';
import { judgeRights } from './judge-rights';

function session(version: string, ...grants: readonly string[]): MysqlSession {
  const answers: readonly (readonly SqlRow[])[] = [
    [{ version, account: 'midwatch@%' }],
    grants.map((grant) => ({ g: grant })),
  ];
  let asked = 0;
  return {
    connectionId: 1,
    greetingVersion: version,
    closed: false,
    query: () => {
      asked += 1;
      return Promise.resolve(answers[asked - 1] ?? []);
    },
    readRows: () => Promise.resolve(),
    onClosed: () => undefined,
    close: () => Promise.resolve(),
    destroy: () => undefined,
  };
}

const all = 'GRANT ALL PRIVILEGES ON *.* TO `midwatch`@`%`';
const nothing = 'GRANT USAGE ON *.* TO `midwatch`@`%`';

describe('judgeRights', () => {
  it.each(['5.6.51-log', '5.1.73', '10.1.48-MariaDB'])('names and refuses %s', async (version) => {
    await expect(judgeRights(session(version, all), 1_000)).rejects.toMatchObject({
      code: 'version-too-old',
      message: expect.stringMatching(/(MySQL|MariaDB) \d/) as string,
    });
  });

  it('lets 5.7 pass, read-only', async () => {
    expect(await judgeRights(session('5.7.44-log', all), 1_000)).toMatch(/^MySQL 5\.7\.44, read-only support; .*: yes/);
  });

  it('says what works and what does not', async () => {
    const some = 'GRANT SELECT, PROCESS, REPLICATION CLIENT ON *.* TO `midwatch`@`%`';
    const evidence = await judgeRights(session('9.7.4', some), 1_000);
    expect(evidence).toContain('lag and findings: yes');
    expect(evidence).toContain('failover: partly');
  });

  it('refuses an account without grants, with the statement to run', async () => {
    await expect(judgeRights(session('9.7.4', nothing), 1_000)).rejects.toMatchObject({
      code: 'missing-privilege',
      nextStep: expect.stringContaining("GRANT REPLICATION CLIENT ON *.* TO 'midwatch'@'%';") as string,
    });
  });

  it('names what is no database version', async () => {
    await expect(judgeRights(session('ProxyThing', all), 1_000)).rejects.toMatchObject({ code: 'not-mysql' });
  });
});
