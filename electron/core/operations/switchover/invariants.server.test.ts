import type { Connection } from 'mysql2/promise';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import type { JournalEntry, RunView } from '@shared/model/run';
import { openTemporaryLab, type LoadRun, type RunningFleet } from '../../../../e2e/fleet';
import { openLabConsole, type LabConsole } from '../../testing/lab-console';

/** On real servers; the sentences are those of INVARIANTS.md. The order of the tests is the order of one cluster's life. */
const lab = openTemporaryLab();
afterAll(() => lab.close());
const signal = new AbortController().signal;
const documented = 'documented';
const replicationPassword = 'words-of-the-replication-account';

const say = (text: string): void => void process.stdout.write(`measured: ${text}\n`);

async function untilPrimarySeen(console: LabConsole): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const cluster = console.monitor.snapshot.clusters[0];
    if (cluster?.primaryId && cluster.answered === cluster.instances.length) return;
    await wait(100);
  }
  throw new Error('the monitor never saw the whole cluster');
}

async function planFor(console: LabConsole, candidate?: string): Promise<Plan> {
  const candidateId = console.inventory.cluster(console.clusterId).instances.find((one) => one.name === candidate)?.id;
  return console.operations.plan({ kind: 'switchover', clusterId: console.clusterId, candidateId }, signal);
}

/** Replication heals a moment after a fault ends: asks until nothing stands against the switchover. */
async function clearPlan(console: LabConsole, candidate?: string): Promise<Plan> {
  let plan = await planFor(console, candidate);
  for (let tries = 0; tries < 40 && !plan.applyable; tries += 1) {
    await wait(500);
    plan = await planFor(console, candidate);
  }
  expect(plan.refusals).toEqual([]);
  return plan;
}

async function approve(console: LabConsole, plan: Plan): Promise<string> {
  console.unlocks.unlock({ clusterId: console.clusterId, cluster: plan.cluster, reason: 'test', minutes: 5 });
  const { runId } = await console.operations.approve(
    { planId: plan.id, confirmName: plan.cluster, reason: 'test' },
    signal,
  );
  return runId;
}

async function run(console: LabConsole, plan: Plan): Promise<Report> {
  const runId = await approve(console, plan);
  await console.operations.ended(runId);
  return console.operations.report(runId);
}

/** Acts once, at the moment when the journal holds such an entry; synchronously, before the next statement is sent. */
function at(console: LabConsole, type: JournalEntry['type'], stepId: string, act: (runId: string) => void): void {
  const off = console.operations.onChange((runId) => {
    const view: RunView = console.operations.view(runId);
    if (!view.journal.some((entry) => entry.type === type && entry.stepId === stepId)) return;
    off();
    act(runId);
  });
}

async function untilEntry(console: LabConsole, runId: string, holds: (entry: JournalEntry) => boolean): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (console.operations.view(runId).journal.some(holds)) return;
    await wait(10);
  }
  throw new Error('the journal never held it');
}

const closed = async (fleet: RunningFleet, name: string): Promise<boolean> =>
  Number((await fleet.instance(name).query('SELECT @@GLOBAL.read_only AS ro'))[0]?.['ro']) === 1;

const seqOf = (journal: readonly JournalEntry[], type: JournalEntry['type'], stepId: string): number =>
  journal.find((entry) => entry.type === type && entry.stepId === stepId)?.seq ?? NaN;

/** Asks every instance again and again whether it takes writes; keeps each answer in which two did. */
async function watchWritable(fleet: RunningFleet): Promise<{ stop(): Promise<{ asked: number; two: string[][] }> }> {
  const sessions = await Promise.all(fleet.instances.map(async (one) => ({ one, session: await one.connect() })));
  const two: string[][] = [];
  let asked = 0;
  let going = true;
  const loop = (async () => {
    while (going) {
      const answers = await Promise.all(sessions.map(async ({ one, session }) => writableName(one.name, session)));
      const names = answers.filter((name) => name !== null);
      asked += 1;
      if (names.length > 1) two.push(names);
      await wait(3);
    }
  })();
  return {
    stop: async () => {
      going = false;
      await loop;
      for (const { session } of sessions) session.destroy();
      return { asked, two };
    },
  };
}

async function writableName(name: string, session: Connection): Promise<string | null> {
  const [rows] = await session.query('SELECT @@GLOBAL.read_only AS ro').catch(() => [[]]);
  return Array.isArray(rows) && rows.some((row) => 'ro' in row && Number(row.ro) === 0) ? name : null;
}

/** Gives the replication account a password that occurs nowhere by chance. */
async function changeReplicationPassword(fleet: RunningFleet, console: LabConsole): Promise<void> {
  const isMysql = fleet.dialect === 'mysql';
  await fleet.primary.execute(`ALTER USER 'repl'@'%' IDENTIFIED BY '${replicationPassword}'`);
  await fleet.waitUntilCaughtUp();
  for (const replica of fleet.replicas) {
    await replica.execute(
      ...(isMysql
        ? [
            'STOP REPLICA',
            `CHANGE REPLICATION SOURCE TO SOURCE_PASSWORD='${replicationPassword}', SOURCE_HEARTBEAT_PERIOD=1`,
            'START REPLICA',
          ]
        : ['STOP SLAVE', `CHANGE MASTER TO MASTER_PASSWORD='${replicationPassword}'`, 'START SLAVE']),
    );
  }
  await fleet.waitUntilReplicating();
  console.inventory.setSecret({ kind: 'replication-password', id: console.clusterId }, replicationPassword);
}

/** The account of docs/grants.md, with those grants and no other: what the document promises must be enough. */
async function createDocumentedAccount(fleet: RunningFleet): Promise<void> {
  const document = readFileSync(new URL('../../../../docs/grants.md', import.meta.url), 'utf8');
  const all = document.slice(document.indexOf('## One account for everything'));
  const product = fleet.dialect === 'mysql' ? 'MySQL' : 'MariaDB';
  const block = new RegExp(`${product}:\n\n\`\`\`sql\n([^\`]*)\`\`\``).exec(all)?.[1] ?? '';
  const grants = block.split('\n').filter((line) => line !== '');
  expect(grants.length).toBeGreaterThan(1);
  await fleet.primary.execute(
    `CREATE USER '${documented}'@'%' IDENTIFIED BY '${documented}'`,
    ...grants.map((line) => line.replace("'midwatch'@'%'", `'${documented}'@'%'`)),
  );
  await fleet.waitUntilCaughtUp();
}

/** Milliseconds from a moment to the next write that an application got acknowledged. */
function writesBackMs(load: LoadRun, fromMs: number): number {
  const next = load.ledger.entries().find((one) => one.outcome === 'acknowledged' && one.atMs > fromMs);
  return Math.round((next?.atMs ?? Infinity) - fromMs);
}

const nowMs = (): number => performance.timeOrigin + performance.now();

describe.each(['wallet', 'shop'])('a switchover of %s that succeeds', (scenario) => {
  let fleet: RunningFleet;
  let console: LabConsole;
  let plan: Plan;
  let report: Report;
  let load: LoadRun;
  let seen: { asked: number; two: string[][] };
  let privileged: { acknowledged: number[]; ended: string };
  const [from, to] = [`${scenario}-1`, `${scenario}-2`];

  beforeAll(async () => {
    fleet = await lab.up(scenario);
    await createDocumentedAccount(fleet);
    console = await openLabConsole(fleet, { user: documented });
    await changeReplicationPassword(fleet, console);
    await untilPrimarySeen(console);
    await fleet.primary.execute(
      'CREATE DATABASE IF NOT EXISTS midwatch',
      'CREATE TABLE midwatch.privileged_writer (n INT PRIMARY KEY)',
    );
    load = await fleet.load({ writers: 2, writePauseMs: 12 });
    await load.waitForWrites(50);
    plan = await clearPlan(console, to);
    at(console, 'intent', 'open', (runId) => console.operations.cancel(runId));
    const watch = await watchWritable(fleet);
    const writer = await fleet.primary.connect();
    const writing = writePrivileged(writer);
    report = await run(console, plan);
    writer.destroy();
    privileged = await writing;
    seen = await watch.stop();
    await load.waitForWrites(50);
    await load.stop();
    say(
      `${scenario}: write gap ${report.writeGapMs} ms by the probe, ${load.ledger.longestGap()?.gapMs.toFixed(0)} ms`,
    );
  });
  afterAll(async () => {
    await load?.stop();
    await console?.close();
    await fleet?.down();
  });

  it('Success is what new connections observe.', async () => {
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
    expect(report.state).toBe('succeeded');
    expect(report.proof.at(-1)?.text).toContain(`Only ${to} is writable`);
    for (const { name } of fleet.instances) expect([name, await closed(fleet, name)]).toEqual([name, name !== to]);
  });

  it('No acknowledged write is lost.', async () => {
    const next = fleet.instance(to);
    expect(load.report().acknowledged).toBeGreaterThan(100);
    expect(await load.ledger.missing(next.host, next.port)).toEqual([]);
    expect(report.probeMissing).toBe(0);
  });

  it('At no moment do two instances accept application writes.', () => {
    expect(seen.asked).toBeGreaterThan(20);
    expect(seen.two).toEqual([]);
  });

  it("The runner does only what the plan's steps say.", () => {
    // A `:name` place may hold any value; everything else must stand in the plan as it was sent.
    const shown = plan.steps.flatMap((step) =>
      step.statements.map((one) => ({
        stepId: step.id,
        pattern: new RegExp(
          `^${`${one.instance}: ${one.text}`.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/(?<![:\w]):[a-z][A-Za-z]*\b/g, '.*')}$`,
          's',
        ),
      })),
    );
    const sent = report.journal.filter((entry) => entry.type === 'statement');
    expect(sent.length).toBeGreaterThan(8);
    for (const entry of sent)
      expect([entry.text, shown.some((one) => one.stepId === entry.stepId && one.pattern.test(entry.text))]).toEqual([
        entry.text,
        true,
      ]);
  });

  it('Intent is in the journal before a statement is sent, and the report is derived from the journal alone.', () => {
    for (const entry of report.journal.filter((one) => one.type === 'statement'))
      expect(entry.seq).toBeGreaterThan(seqOf(report.journal, 'intent', entry.stepId));
    expect(console.reopenOperations().report(report.runId)).toEqual(report);
  });

  it('A cancel before the point of no return undoes everything; after it only forward.', () => {
    // Cancelled when `open` was intended: too late.
    expect(report.state).toBe('succeeded');
    expect(report.journal.filter((entry) => entry.type.startsWith('undo'))).toEqual([]);
  });

  it('The candidate opens only at the frozen position.', () => {
    const order = ['fence', 'freeze', 'catch-up', 'reverse'].map((id) => seqOf(report.journal, 'verified', id));
    expect([...order, seqOf(report.journal, 'intent', 'open')]).toEqual(
      [...order, seqOf(report.journal, 'intent', 'open')].sort((a, b) => a - b),
    );
    expect(plan.steps.find((step) => step.id === 'open')?.statements.map((one) => [one.key, one.phase])).toContainEqual(
      ['position', 'guard'],
    );
  });

  it('The old primary follows the candidate before it opens.', async () => {
    expect(seqOf(report.journal, 'verified', 'reverse')).toBeLessThan(seqOf(report.journal, 'intent', 'open'));
    const [row] = await fleet
      .instance(from)
      .query(fleet.dialect === 'mysql' ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS');
    expect(String(row?.['Source_Port'] ?? row?.['Master_Port'])).toBe(String(fleet.instance(to).port));
  });

  it('The replication password stands in no plan, journal or report.', () => {
    expect(report.journal.some((entry) => entry.text.includes('***'))).toBe(true);
    const written = JSON.stringify([plan, report, console.store.journalEntries, console.store.activities]);
    expect(written).not.toContain(replicationPassword);
  });

  it('A candidate not chosen carries the reason.', () => {
    expect(plan.candidates).toHaveLength(fleet.instances.length - 1);
    for (const candidate of plan.candidates) expect([candidate.instance, candidate.why]).not.toContain('');
  });

  if (scenario === 'shop')
    it('On MariaDB privileged sessions and our own probe cannot pass the fence.', async () => {
      expect(privileged.acknowledged.length).toBeGreaterThan(0);
      expect(privileged.ended).not.toBe('');
      const there = await fleet.instance(to).query('SELECT n FROM midwatch.privileged_writer');
      const found = new Set(there.map((row) => Number(row['n'])));
      expect(privileged.acknowledged.filter((n) => !found.has(n))).toEqual([]);
      const positions = await Promise.all(
        [from, to].map(async (name) => fleet.instance(name).query('SELECT @@GLOBAL.gtid_binlog_pos AS position')),
      );
      expect(positions[0]).toEqual(positions[1]);
    });
});

/** A session that read_only does not stop, writing as fast as it can until it is ended. */
async function writePrivileged(session: Connection): Promise<{ acknowledged: number[]; ended: string }> {
  const acknowledged: number[] = [];
  session.on('error', () => undefined);
  for (let n = 1; ; n += 1) {
    try {
      await session.query('INSERT INTO midwatch.privileged_writer VALUES (?)', [n]);
      acknowledged.push(n);
    } catch (thrown) {
      return { acknowledged, ended: thrown instanceof Error ? thrown.message : String(thrown) };
    }
    await wait(2);
  }
}

describe.each(['wallet', 'shop'])('a switchover of %s that is broken off, and one that stutters', (scenario) => {
  let fleet: RunningFleet;
  let console: LabConsole;
  const [primary, candidate] = [`${scenario}-1`, `${scenario}-2`];

  beforeAll(async () => {
    fleet = await lab.up(scenario);
    console = await openLabConsole(fleet);
    await untilPrimarySeen(console);
  });
  afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  it('A cancel before the point of no return undoes everything; after it only forward.', async () => {
    const load = await fleet.load({ writers: 2, writePauseMs: 12, target: primary });
    const held = await fleet.primary.connect();
    try {
      await load.waitForWrites(20);
      const plan = await clearPlan(console, candidate);
      await held.query('LOCK TABLES app.account WRITE');
      const runId = await approve(console, plan);
      await untilEntry(console, runId, (entry) => entry.data['key'] === 'fence');
      await wait(300);
      const askedMs = nowMs();
      console.operations.cancel(runId);
      expect(await console.operations.ended(runId)).toBe('cancelled');
      const endedMs = nowMs();
      await load.waitForWrites(20);
      expect(await closed(fleet, primary)).toBe(false);
      say(
        `${scenario}: cancel while the fence waits: writes back after ${writesBackMs(load, askedMs)} ms, run ended after ${Math.round(endedMs - askedMs)} ms`,
      );
    } finally {
      held.destroy();
      await load.stop();
    }
  });

  it('An abort before the point of no return gives writes back.', async () => {
    const load = await fleet.load({ writers: 2, writePauseMs: 12, target: primary });
    try {
      await load.waitForWrites(20);
      const plan = await clearPlan(console, candidate);
      at(console, 'intent', 'reverse', () => process.kill(fleet.instance(candidate).pid ?? 0, 'SIGKILL'));
      const report = await run(console, plan);
      await load.waitForWrites(20);
      expect(report.steps.filter((step) => step.status === 'undone').map((step) => step.stepId)).toEqual([
        'fence',
        'reverse',
      ]);
      // The dead candidate cannot be told to replicate again, so a person is told.
      expect(report.state).toBe('needs-attention');
      expect(report.leftToDo.join()).toContain(`Start replication on ${candidate}`);
      expect(await closed(fleet, primary)).toBe(false);
      const channels = fleet.dialect === 'mysql' ? 'SHOW REPLICA STATUS' : 'SHOW ALL SLAVES STATUS';
      expect(await fleet.instance(primary).query(channels)).toEqual([]);
      say(
        `${scenario}: candidate killed at reverse: writes stopped for ${load.ledger.longestGap()?.gapMs.toFixed(0)} ms`,
      );
    } finally {
      await load.stop();
      await fleet.instance(candidate).start();
    }
  });

  it('Every step can run twice.', async () => {
    const twice = await openLabConsole(fleet, {
      wrapKind: (kind) => ({
        ...kind,
        steps: Object.fromEntries(
          Object.entries(kind.steps).map(([action, code]) => [
            action,
            {
              ...code,
              run: async (context) => {
                await code.run(context);
                await code.run(context);
              },
            },
          ]),
        ),
      }),
    });
    try {
      const report = await run(twice, await clearPlan(twice, candidate));
      expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
      expect(report.state).toBe('succeeded');
    } finally {
      await twice.close();
    }
  });
});

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
