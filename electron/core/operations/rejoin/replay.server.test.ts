import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import type { Plan } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import { openTemporaryLab } from '../../../../e2e/fleet';
import { readToolchain } from '../../../../e2e/fleet/toolchain';
import { openLabConsole, type LabConsole } from '../../testing/lab-console';

const lab = openTemporaryLab();
afterAll(() => lab.close());
const { signal } = new AbortController();
const shell = promisify(execFile);

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const endMs = Date.now() + 20_000; !(await holds()); await wait(100))
    if (Date.now() > endMs) throw new Error(`${what}: not within 20 s`);
}

async function run(console: LabConsole, kind: 'failover' | 'rejoin'): Promise<Report> {
  const make = (): Promise<Plan> => console.operations.plan({ kind, clusterId: console.clusterId }, signal);
  let plan = await make();
  await until('a plan can be carried out', async () => (plan = await make()).applyable);
  console.unlocks.unlock({ clusterId: console.clusterId, cluster: plan.cluster, reason: 'test', minutes: 5 });
  const words = { planId: plan.id, confirmName: plan.cluster, reason: 'test' };
  const { runId } = await console.operations.approve(words, signal);
  await console.operations.ended(runId);
  return console.operations.report(runId);
}

describe.each(['wallet', 'shop'] as const)('the evidence of %s', (scenario) => {
  it('can be replayed on the new primary by the server’s own client', async () => {
    const fleet = await lab.up(scenario, { hosts: true });
    const console = await openLabConsole(fleet);
    try {
      const old = fleet.primary;
      await until('the monitor sees all', () => {
        const [seen] = console.monitor.snapshot.clusters;
        return seen?.primaryId !== null && seen?.answered === fleet.instances.length;
      });
      await fleet.fault('crash', old.name);
      const next = fleet.instance((await run(console, 'failover')).plan.impact.candidate);
      await old.start();
      const open =
        scenario === 'wallet'
          ? 'SET PERSIST super_read_only = OFF, PERSIST read_only = OFF'
          : 'SET GLOBAL read_only = 0';
      for (const statement of [
        "INSERT INTO app.account VALUES (950001, 'it''s; errant\\n', 'EUR', 7)",
        'CREATE TABLE app.errant (id INT PRIMARY KEY)',
      ])
        await until('it takes the write', async () =>
          old.execute(open, statement).then(
            () => true,
            () => false,
          ),
        );
      const report = await run(console, 'rejoin');
      expect(report.state).toBe('succeeded');
      const file = report.evidence.find((one) => one.path.endsWith('replayable.sql'))?.path ?? '';
      const { mysql, mariadb } = readToolchain();
      const client = path.join(
        scenario === 'wallet' ? mysql.clientFolder : mariadb.clientFolder,
        scenario === 'wallet' ? 'mysql' : 'mariadb',
      );
      const options = `--host=${next.host} --port=${next.port} --user=admin --password=admin --protocol=tcp`;
      // On MariaDB the numbers lie behind those of the new primary, which gtid_strict_mode refuses: it gives its own.
      const filter = scenario === 'wallet' ? 'cat' : `sed '/gtid_seq_no/d; /session.server_id/d'`;
      await shell('/bin/sh', ['-c', `${filter} '${file}' | '${client}' ${options}`]);
      const [row] = await next.query('SELECT owner FROM app.account WHERE id = 950001');
      expect(String(row?.['owner'])).toBe("it's; errant\n");
      expect(await next.query('SELECT COUNT(*) AS n FROM app.errant')).toHaveLength(1);
      const again = await console.operations.plan({ kind: 'rejoin', clusterId: console.clusterId }, signal);
      expect(again.choices.find((one) => one.code === 'incremental')?.possible).toBe(scenario === 'wallet');
    } finally {
      await console.close();
      await fleet.down();
    }
  });
});
