import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTemporaryLab, type Instance } from '../../../../e2e/fleet';
import { moveToOwnVolume, whyNoVolume } from '../../../../e2e/fleet/own-volume';
import { SystemClock } from '../../../adapters/files/system-clock';
import { openSqliteStore } from '../../../adapters/storage/sqlite-store';
import { StepFailure } from '../operation-kind';
import { FillStage, processesAt } from '../../testing/fill-stage';

const lab = openTemporaryLab();
afterAll(() => lab.close());
const { signal } = new AbortController();

const ownRows = async (one: Instance): Promise<number> =>
  Number((await one.query('SELECT COUNT(*) AS n FROM app.account'))[0]?.['n']);

/** A console in a process of its own, ended by SIGKILL when the first bytes have come. @returns the run's id */
async function killWhileCopying(stage: FillStage, dataFolder: string, name: string): Promise<string> {
  const program = fileURLToPath(new URL('../../testing/killed-fill.fixture.ts', import.meta.url));
  const args = ['--import', 'tsx', program, lab.root, stage.fleet.scenario, dataFolder, name];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  // From the start: one that ends by itself would be waited for in vain afterwards.
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let said = '';
  const heard = (piece: Buffer): void => void (said += piece.toString());
  child.stdout.on('data', heard);
  child.stderr.on('data', heard);
  for (let tries = 0; tries < 1200 && !said.includes('bytes ') && child.exitCode === null; tries += 1) await wait(25);
  child.kill('SIGKILL');
  // Its successor asks whether it lives: one that is only dying still does.
  await ended;
  const runId = /run (\S+)/.exec(said)?.[1] ?? '';
  if (!said.includes('bytes ')) throw new Error(`it never copied: ${said}`);
  return runId;
}

describe('on MySQL', () => {
  let stage: FillStage;
  let recipient: Instance;
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'midwatch-killed-'));
  beforeAll(async () => {
    stage = await FillStage.open(await lab.up('wallet', { hosts: true }));
    recipient = stage.fleet.instance('wallet-4');
    // The limit of the bandwidth takes hold only after the first moments: there must be something left to copy then.
    await stage.addData(150);
  }, 120_000);
  afterAll(async () => {
    await stage?.close();
    await stage?.fleet.down();
    rmSync(dataFolder, { recursive: true, force: true });
  });
  /** One thread at 20 MB a second: there is time to break something. */
  const slowDown = (): Promise<void> =>
    recipient.execute(
      'SET GLOBAL clone_autotune_concurrency = OFF',
      'SET GLOBAL clone_max_concurrency = 1',
      'SET GLOBAL clone_max_data_bandwidth = 20',
    );

  const fullSpeed = (): Promise<void> => recipient.execute('SET GLOBAL clone_max_data_bandwidth = 0');

  it('A failure before its data are touched leaves the recipient with them, as it was.', async () => {
    const before = await stage.state(recipient);
    const shown = await stage.plan(recipient.name);
    // CLONE refuses a smaller packet before it begins.
    await recipient.query('SET GLOBAL max_allowed_packet = 1048576');
    const report = await stage.fill(shown);
    await recipient.query('SET GLOBAL max_allowed_packet = 67108864');
    expect(report.state).toBe('failed');
    expect(report.steps.find((step) => step.stepId === 'clone')?.error).toContain('max_allowed_packet');
    await stage.fleet.waitUntilReplicating();
    expect(await stage.state(recipient)).toEqual({ ...(before as object), donors: expect.anything() as string });
    expect(await ownRows(recipient)).toBe(2000);
  });

  it('A recipient that lost its data stays closed, is named, and can be filled again.', async () => {
    await slowDown();
    const donor = stage.fleet.instance('wallet-2');
    const runId = await stage.begin(await stage.plan(recipient.name, donor.name));
    await stage.untilCopying(runId, 2e6);
    await donor.kill();
    await stage.console.operations.ended(runId);
    const report = stage.console.operations.report(runId);
    process.stdout.write(
      `donor killed: ${report.state}, ${report.steps.find((step) => step.stepId === 'clone')?.error}\n`,
    );
    expect(report.state).toBe('needs-attention');
    const view = stage.console.operations.view(runId);
    expect(view.error?.message).toMatch(/clone/i);
    expect(report.timeline.map((one) => one.text).join('\n')).toContain('wallet-4 holds no data, and stays closed');
    const [row] = await recipient.query('SELECT @@GLOBAL.read_only AS closed, @@GLOBAL.super_read_only AS sealed');
    expect([Number(row?.['closed']), Number(row?.['sealed'])]).toEqual([1, 1]);
    stage.console.operations.adopt(runId, 'filled again next');
    await fullSpeed();
    const again = await stage.plan(recipient.name);
    expect(again.candidates.find((one) => one.instance === donor.name)?.why).toContain('does not answer');
    const filled = await stage.fill(again);
    expect(filled.state).toBe('succeeded');
    await donor.start();
    await stage.fleet.waitUntilReplicating();
    expect(await ownRows(recipient)).toBe(2000);
  });

  it('carries a run on whose console was killed while CLONE was at work', async () => {
    await slowDown();
    const runId = await killWhileCopying(stage, dataFolder, recipient.name);
    const next = await FillStage.open(stage.fleet, {
      store: openSqliteStore({ folder: dataFolder, clock: new SystemClock() }),
    });
    try {
      const look = await next.console.operations.look(runId, signal);
      process.stdout.write(
        `${look.situation} ${JSON.stringify(look.choices.map((one) => [one.choice, one.possible, one.why]))}\n`,
      );
      expect(look.choices.find((one) => one.choice === 'roll-back')?.possible).toBe(false);
      await next.console.operations.resume(runId);
      await next.console.operations.ended(runId);
      const report = next.console.operations.report(runId);
      expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
      expect(report.state).toBe('succeeded');
      const sent = report.journal.filter((entry) => entry.type === 'statement' && entry.data['key'] === 'clone');
      // Its own entry may have died with the console; a second one there is not.
      expect(sent.length).toBeLessThan(2);
    } finally {
      await next.close();
    }
  });

  it('names a disk that became full while it copied, and goes on when there is room', async () => {
    const { fleet, console } = stage;
    if ((await whyNoVolume()) !== undefined) return;
    await moveToOwnVolume(fleet, recipient.name, 160);
    await fleet.waitUntilReplicating();
    await slowDown();
    const runId = await stage.begin(await stage.plan(recipient.name));
    await stage.untilCopying(runId, 2e6);
    await fleet.fault('disk-full', recipient.name);
    const state = await console.operations.ended(runId);
    const error = console.operations.report(runId).steps.find((step) => step.stepId === 'clone')?.error;
    process.stdout.write(`disk full: ${state}, ${error}\n`);
    expect(state).toBe('needs-attention');
    await fleet.fault('disk-free', recipient.name);
    await fullSpeed();
    await console.operations.resume(runId);
    const again = await console.operations.ended(runId);
    process.stdout.write(`with room again: ${again}, ${console.operations.view(runId).error?.message}\n`);
    expect(again).toBe('succeeded');
    await fleet.waitUntilReplicating();
    expect(await ownRows(recipient)).toBe(2000);
  });
});

describe('on MariaDB', () => {
  let stage: FillStage;
  let recipient: Instance;
  let breaks = '';
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'midwatch-killed-'));
  const fresh = (): string => `${recipient.dataFolder}.midwatch-new`;
  const atWork = (): number => processesAt('mariadb-backup', '--stream') + processesAt('mbstream', recipient.name);
  beforeAll(async () => {
    stage = await FillStage.open(await lab.up('shop', { hosts: true }), {
      wrapKind: (kind) => ({
        ...kind,
        steps: Object.fromEntries(
          Object.entries(kind.steps).map(([action, code]) => [
            action,
            {
              ...code,
              run: async (context) => {
                if (kind.kind === 'reprovision' && breaks === action) throw new StepFailure('broken on purpose');
                return code.run(context);
              },
            },
          ]),
        ),
      }),
    });
    recipient = stage.fleet.instance('shop-3');
    await stage.addData(200);
  });
  afterAll(async () => {
    await stage?.close();
    await stage?.fleet.down();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  it('A cancel before the point of no return leaves nothing behind.', async () => {
    const before = await stage.state(recipient);
    const runId = await stage.begin(await stage.plan(recipient.name));
    await stage.untilCopying(runId);
    stage.console.operations.cancel(runId);
    expect(await stage.console.operations.ended(runId)).toBe('cancelled');
    expect(await stage.state(recipient)).toEqual(before);
    expect(existsSync(fresh())).toBe(false);
    await expect.poll(atWork, { timeout: 5000 }).toBe(0);
  });

  it('turns back when the donor dies while it copies', async () => {
    const before = await stage.state(recipient);
    const donor = stage.fleet.instance('shop-2');
    const runId = await stage.begin(await stage.plan(recipient.name, donor.name));
    await stage.untilCopying(runId);
    await donor.kill();
    const state = await stage.console.operations.ended(runId);
    const report = stage.console.operations.report(runId);
    process.stdout.write(`donor killed: ${state}, ${report.steps.find((step) => step.stepId === 'copy')?.error}\n`);
    expect(state).toBe('failed');
    expect(await stage.state(recipient)).toEqual(before);
    expect(existsSync(fresh())).toBe(false);
    await donor.start();
    await stage.fleet.waitUntilReplicating();
  });

  it('says what it could not undo when the host of the recipient is lost while it copies', async () => {
    const before = await stage.state(recipient);
    const runId = await stage.begin(await stage.plan(recipient.name));
    await stage.untilCopying(runId);
    await recipient.sshHost?.lose();
    const state = await stage.console.operations.ended(runId);
    const report = stage.console.operations.report(runId);
    process.stdout.write(`host lost: ${state}, ${report.leftToDo.join('; ')}\n`);
    expect(state).toBe('needs-attention');
    expect(report.leftToDo.join()).toContain('.midwatch-new');
    await recipient.sshHost?.start();
    expect(await stage.state(recipient)).toEqual(before);
    await expect.poll(atWork, { timeout: 5000 }).toBe(0);
    stage.console.operations.adopt(runId, 'the folder is emptied by the next try');
  });

  it('A console that dies leaves no command at work on a host, and the next one looks, and carries on or turns back.', async () => {
    const before = await stage.state(recipient);
    const runId = await killWhileCopying(stage, dataFolder, recipient.name);
    await expect.poll(atWork, { timeout: 10_000 }).toBe(0);
    process.stdout.write(`left behind by the killed console: ${existsSync(fresh()) ? 'the new folder' : 'nothing'}\n`);
    const next = await FillStage.open(stage.fleet, {
      store: openSqliteStore({ folder: dataFolder, clock: new SystemClock() }),
    });
    try {
      const look = await next.console.operations.look(runId, signal);
      expect(look.steps.find((one) => one.stepId === 'copy')?.found).toBe('not-done');
      await next.console.operations.rollBack(runId);
      expect(next.console.operations.view(runId).state).toBe('cancelled');
    } finally {
      await next.close();
    }
    expect(existsSync(fresh())).toBe(false);
    expect(await stage.state(recipient)).toEqual(before);
  });

  it('On MariaDB the old data are kept and named, and can be put back.', async () => {
    breaks = 'start-server';
    const report = await stage.fill(await stage.plan(recipient.name));
    breaks = '';
    expect(report.state).toBe('needs-attention');
    expect(report.leftToDo.join()).toContain(`rm -rf -- '${recipient.dataFolder}.midwatch-old-`);
    const look = await stage.console.operations.look(report.runId, signal);
    expect(look.choices.find((one) => one.choice === 'roll-back')).toMatchObject({ possible: true });
    await stage.console.operations.rollBack(report.runId);
    expect(stage.console.operations.view(report.runId).state).toBe('cancelled');
    await stage.fleet.waitUntilReplicating();
    await stage.fleet.waitUntilCaughtUp();
  });

  it('A server that nobody can start is waited for, and a person is asked.', async () => {
    const { console } = stage;
    const cluster = console.inventory.cluster(console.clusterId);
    console.inventory.saveCluster({
      ...cluster,
      instances: cluster.instances.map((one) =>
        one.name === recipient.name && one.hostAccess
          ? { ...one, hostAccess: { via: one.hostAccess.via, sudo: false } }
          : one,
      ),
    });
    const shown = await stage.plan(recipient.name);
    expect(shown.checks.find((one) => one.code === 'start')?.status).toBe('warn');
    const runId = await stage.begin(shown);
    const asked = (): string => console.operations.view(runId).advance?.text ?? '';
    await expect.poll(asked, { timeout: 60_000 }).toMatch(/Start mysqld on shop-3 by hand: waiting, \d+ min left/);
    await recipient.start();
    expect(await console.operations.ended(runId)).toBe('succeeded');
    console.inventory.saveCluster(cluster);
    const took = console.operations.report(runId).timeline.find((one) => one.text.includes(' copied in '));
    process.stdout.write(`about 200 MB on MariaDB: ${took?.text}\n`);
    await stage.fleet.waitUntilReplicating();
  });

  it('A recipient that does not answer is filled through its host; on MySQL the plan says to start it.', async () => {
    await recipient.kill();
    rmSync(recipient.dataFolder, { recursive: true });
    const shown = await stage.plan(recipient.name);
    expect(shown.checks.find((one) => one.code === 'errant')?.status).toBe('warn');
    const report = await stage.fill(shown);
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
    expect(report.state).toBe('succeeded');
    await stage.fleet.waitUntilReplicating();
    expect(await ownRows(recipient)).toBe(2000);
  });
});
