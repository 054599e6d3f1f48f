import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTemporaryLab, type RunningFleet } from '../../../../e2e/fleet';
import { openLabConsole, type LabConsole } from '../../testing/lab-console';
import {
  say,
  untilPrimarySeen,
  planFor,
  clearPlan,
  approve,
  run,
  at,
  untilEntry,
  closed,
  writesBackMs,
  nowMs,
} from '../../testing/switchover-stage';

/** What stands in the way of a switchover, on real servers; the sentences are those of INVARIANTS.md. */
const lab = openTemporaryLab();
afterAll(() => lab.close());

describe('a switchover of wallet that meets trouble', () => {
  let fleet: RunningFleet;
  let console: LabConsole;
  let other: LabConsole;
  const [primary, candidate, sibling] = ['wallet-1', 'wallet-2', 'wallet-3'];

  beforeAll(async () => {
    fleet = await lab.up('wallet');
    console = await openLabConsole(fleet);
    other = await openLabConsole(fleet);
    await untilPrimarySeen(console);
    await fleet.primary.execute('CREATE DATABASE IF NOT EXISTS midwatch', 'CREATE TABLE midwatch.held (n INT)');
  });
  afterAll(async () => {
    await console?.close();
    await other?.close();
    await fleet?.down();
  });

  it('A prepared XA transaction refuses the plan.', async () => {
    const session = await fleet.primary.connect();
    for (const sql of ["XA START 'x'", 'INSERT INTO midwatch.held VALUES (1)', "XA END 'x'", "XA PREPARE 'x'"])
      await session.query(sql);
    const plan = await planFor(console, candidate);
    await session.query("XA ROLLBACK 'x'");
    session.destroy();
    expect(plan.applyable).toBe(false);
    expect(plan.refusals.join()).toMatch(/prepared XA.*1 prepared/i);
    await expect(approve(console, plan)).rejects.toMatchObject({ code: 'plan-not-applyable' });
  });

  it('An errant transaction on a replica refuses the plan.', async () => {
    const gtid = '3e11fa47-71ca-11e1-9e33-c80aa9429562:1';
    const inject = [`SET GTID_NEXT='${gtid}'`, 'BEGIN', 'COMMIT', "SET GTID_NEXT='AUTOMATIC'"];
    await fleet.instance(sibling).execute(...inject);
    const plan = await planFor(console, candidate);
    await fleet.primary.execute(...inject);
    expect(plan.applyable).toBe(false);
    expect(plan.refusals.join()).toContain(`${sibling} ${gtid}`);
  });

  it('A missing grant refuses the plan and is named.', async () => {
    const reader = await openLabConsole(fleet, { user: 'midwatch_read' });
    try {
      const plan = await planFor(reader);
      const grants = plan.checks.find((one) => one.code === 'grants');
      expect([grants?.status, grants?.evidence]).toEqual([
        'fail',
        expect.stringMatching(/SYSTEM_VARIABLES_ADMIN, REPLICATION_SLAVE_ADMIN.*XA_RECOVER_ADMIN, RELOAD/),
      ]);
      expect(plan.applyable).toBe(false);
      await expect(approve(reader, plan)).rejects.toMatchObject({ code: 'plan-not-applyable' });
    } finally {
      await reader.close();
    }
  });

  it('One operation a cluster: a lock held by another console refuses the run.', async () => {
    // A global read lock on the candidate: it receives and applies nothing, so that the other console stays in pre-sync.
    const held = await fleet.instance(candidate).connect();
    const theirs = await clearPlan(other, candidate);
    await held.query('FLUSH TABLES WITH READ LOCK');
    const theirRun = await approve(other, theirs);
    try {
      await untilEntry(other, theirRun, (entry) => entry.type === 'intent' && entry.stepId === 'pre-sync');
      const report = await run(console, await clearPlan(console, sibling));
      expect(report.state).toBe('failed');
      expect(report.steps.find((step) => step.stepId === 'lock')?.error).toMatch(
        /session \d+ on wallet-\d holds the lock/,
      );
      expect(report.journal.filter((entry) => entry.type === 'statement')).toEqual([]);
      expect(other.operations.view(theirRun).state).toBe('running');
    } finally {
      const askedMs = nowMs();
      other.operations.cancel(theirRun);
      const state = await other.operations.ended(theirRun);
      say(
        `wallet: cancel during pre-sync ended the run after ${Math.round(nowMs() - askedMs)} ms; writes never stopped`,
      );
      held.destroy();
      expect(state).toBe('cancelled');
      expect(await closed(fleet, primary)).toBe(false);
    }
  });

  it('A plan whose cluster changed, or that is older than a minute, is refused and made again.', async () => {
    const runs = console.operations.list().length;
    const flipped = await clearPlan(console, candidate);
    await fleet.instance(sibling).execute('SET GLOBAL super_read_only=OFF', 'SET GLOBAL read_only=OFF');
    await expect(approve(console, flipped)).rejects.toMatchObject({
      code: 'plan-expired',
      message: expect.stringContaining(`${sibling}: writes was read-only, is writable`),
    });
    await fleet.instance(sibling).execute('SET GLOBAL super_read_only=ON');
    const restarted = await clearPlan(console, candidate);
    await fleet.fault('restart', sibling);
    await expect(approve(console, restarted)).rejects.toMatchObject({
      code: 'plan-expired',
      message: expect.stringContaining(sibling),
    });
    expect(console.operations.list()).toHaveLength(runs);
  });

  it('The fence holds writers up for a bounded time, then gives up and changes nothing.', async () => {
    const load = await fleet.load({ writers: 2, writePauseMs: 12, target: primary });
    const held = await fleet.primary.connect();
    try {
      await load.waitForWrites(20);
      const plan = await clearPlan(console, candidate);
      await held.query('LOCK TABLES app.account WRITE');
      const report = await run(console, plan);
      await load.waitForWrites(20);
      expect(report.state).toBe('failed');
      expect(report.steps.find((step) => step.stepId === 'fence')?.error).toMatch(/lock.*Held up by session \d+/i);
      expect(await closed(fleet, primary)).toBe(false);
      say(`wallet: a fence that was held up stopped writes for ${load.ledger.longestGap()?.gapMs.toFixed(0)} ms`);
    } finally {
      held.destroy();
      await load.stop();
    }
  });

  it('A broken connection leaves a step unknown until the server was asked.', async () => {
    const held = await fleet.primary.connect();
    try {
      const plan = await clearPlan(console, candidate);
      await held.query('LOCK TABLES app.account WRITE');
      const runId = await approve(console, plan);
      await untilEntry(console, runId, (entry) => entry.data['key'] === 'fence');
      await wait(200);
      const [worker] = await fleet.primary.query(
        "SELECT id FROM performance_schema.processlist WHERE info LIKE 'SET PERSIST super_read_only%'",
      );
      await fleet.primary.query(`KILL CONNECTION ${Number(worker?.['id'])}`);
      expect(await console.operations.ended(runId)).toBe('failed');
      const kinds = console.operations
        .report(runId)
        .journal.filter((entry) => entry.stepId === 'fence')
        .map((entry) => entry.type);
      expect(kinds.indexOf('unknown')).toBeGreaterThan(0);
      expect(kinds.slice(kinds.indexOf('unknown'))).toContain('failed');
      expect(await closed(fleet, primary)).toBe(false);
    } finally {
      held.destroy();
    }
  });

  it('A candidate that hangs does not keep writes from the primary.', async () => {
    const load = await fleet.load({ writers: 2, writePauseMs: 12, target: primary });
    try {
      await load.waitForWrites(20);
      const plan = await clearPlan(console, candidate);
      let frozenMs = 0;
      at(console, 'verified', 'stop-receiver', () => {
        fleet.instance(candidate).pause();
        frozenMs = nowMs();
      });
      const report = await run(console, plan);
      await load.waitForWrites(20);
      expect(['failed', 'needs-attention']).toContain(report.state);
      expect(report.steps.find((step) => step.stepId === 'fence')?.status).toBe('undone');
      expect(await closed(fleet, primary)).toBe(false);
      say(`wallet: candidate hung before reverse: writes back ${writesBackMs(load, frozenMs)} ms later`);
    } finally {
      fleet.instance(candidate).resume();
      await load.stop();
      await fleet.instance(candidate).execute('START REPLICA');
    }
  });

  it('After a crash the run is interrupted, and a named person carries it on, rolls it back or takes it as it is.', async () => {
    const plan = await clearPlan(console, candidate);
    await fleet.primary.execute('SET PERSIST super_read_only=ON');
    const { journal } = console.store;
    const steps = ['lock', 'prepare', 'pre-sync', 'fence'];
    journal.createRun({ runId: 'crashed', plan, by: 'tester', reason: '', startedAtMs: Date.now(), state: 'running' });
    for (const stepId of steps)
      journal.append({ atMs: Date.now(), runId: 'crashed', stepId, type: 'intent', text: stepId, data: {} });
    journal.createRun({ runId: 'noted', plan, by: 'tester', reason: '', startedAtMs: Date.now(), state: 'running' });
    const next = console.reopenOperations();
    next.adopt('noted', 'looked at all four');
    expect(next.view('noted').state).toBe('adopted');
    expect(next.report('noted').journal.at(-1)?.text).toBe('Taken as it is by tester: looked at all four');
    expect(next.view('crashed').state).toBe('interrupted');
    expect(next.interrupted(console.clusterId)).toBe('crashed');
    await next.rollBack('crashed');
    expect(next.view('crashed').state).toBe('cancelled');
    expect(await closed(fleet, primary)).toBe(false);
  });

  it('A replica that fails is left behind and named, and never blocks success.', async () => {
    await fleet.fault('stop-applier', sibling);
    const plan = await clearPlan(console, candidate);
    expect(plan.candidates.find((one) => one.instance === sibling)?.why).toContain('applier stopped');
    const report = await run(console, plan);
    expect(report.state).toBe('succeeded');
    expect(report.leftToDo.join()).toContain(`Let ${sibling} follow ${candidate}: Its applier is stopped`);
    expect(report.steps.filter((step) => step.status !== 'done').map((step) => step.stepId)).toEqual([
      `repoint-${sibling}`,
    ]);
    expect(await closed(fleet, candidate)).toBe(false);
  });
});

describe('a switchover of wallet with semi-sync', () => {
  let fleet: RunningFleet;
  let console: LabConsole;
  beforeAll(async () => {
    fleet = await lab.up('wallet', { semiSync: true });
    console = await openLabConsole(fleet);
    await untilPrimarySeen(console);
  });
  afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  it('Under semi-sync with one acknowledgement the new primary still waits for one.', async () => {
    const load = await fleet.load({ writers: 2, writePauseMs: 12 });
    await load.waitForWrites(50);
    const report = await run(console, await clearPlan(console, 'wallet-2'));
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
    await load.waitForWrites(50);
    await load.stop();
    say(`wallet with semi-sync: write gap ${report.writeGapMs} ms by the probe`);
    const next = fleet.instance('wallet-2');
    const status = await next.query("SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_source_%'");
    const valueOf = (name: string): unknown => status.find((row) => row['Variable_name'] === name)?.['Value'];
    expect(valueOf('Rpl_semi_sync_source_status')).toBe('ON');
    expect(Number(valueOf('Rpl_semi_sync_source_clients'))).toBeGreaterThanOrEqual(1);
    expect(Number(valueOf('Rpl_semi_sync_source_yes_tx'))).toBeGreaterThan(20);
    expect(Number(valueOf('Rpl_semi_sync_source_no_tx'))).toBe(0);
    expect(await load.ledger.missing(next.host, next.port)).toEqual([]);
  });
});
