import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningPlan } from '@shared/ipc/query.contract';
import { openTemporaryLab } from '../../e2e/fleet/lab';
import type { MysqlSession } from '../core/ports/mysql-session';
import { QueryStage } from '../core/testing/query-stage';

const lab = openTemporaryLab();
const entry = fileURLToPath(new URL('./index.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'midwatch-cli-'));
let stage: QueryStage;
let busy: MysqlSession;

beforeAll(async () => {
  stage = await QueryStage.open(await lab.up('shop'));
  const { host, port } = stage.instance;
  await midwatch(
    ...['fleet', 'discover', '--host', host, '--port', String(port), '--user', 'midwatch', '--name', 'one', '--add'],
  );
  await stage.instance.query("GRANT SELECT ON review.* TO app@'%'");
  busy = await stage.openAs('app');
});
afterAll(async () => {
  busy?.destroy();
  rmSync(folder, { recursive: true, force: true });
  await lab.close();
});

/** Runs the command line as a person would. @throws with what it printed and its exit code */
async function midwatch(...words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', entry, ...words, '--data', folder],
    { env: { ...process.env, MIDWATCH_PASSWORD: 'midwatch' } },
  );
  return stdout;
}

it('prints the plan of what a session runs, without its values unless they are wanted', async () => {
  const session = ['--connection', String(busy.connectionId)];
  const place = ['queries', 'plan', '--cluster', 'one', '--instance', `${stage.instance.host}:${stage.instance.port}`];
  await busy.query('USE review');
  await expect(midwatch(...place, ...session)).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining('runs no statement at this moment') as unknown,
  });
  const ends = busy
    .query('SELECT COUNT(*) FROM orders a, orders b, orders c WHERE a.total + b.total + c.total < -4711', {
      timeoutMs: 60_000,
    })
    .catch(() => []);
  try {
    const text = await midwatch(...place, ...session);
    expect(text).toContain('The plan that runs, with its figures after');
    expect(text).toMatch(/Operation +Estimated +So far +Loops +Own time/);
    expect(text).not.toContain('4711');
    const plain = JSON.parse(await midwatch(...place, ...session, '--json', '--literals')) as RunningPlan;
    expect(plain).toMatchObject({ basis: 'running', explained: { kind: 'plan', plan: { analyzed: true } } });
    expect(plain.statement).toContain('4711');
  } finally {
    await stage.with((other) => other.query(`KILL ${busy.connectionId}`));
    await ends;
  }
  await expect(midwatch(...place)).rejects.toMatchObject({ code: 2 });
});
