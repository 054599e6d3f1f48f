import type { Connection } from 'mysql2/promise';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import { openTemporaryLab, type LoadRun, type RunningFleet } from '../../../../e2e/fleet';
import { openLabConsole, type LabConsole } from '../../testing/lab-console';
import {
  say,
  untilPrimarySeen,
  clearPlan,
  approve,
  run,
  at,
  untilEntry,
  closed,
  seqOf,
  watchWritable,
  writesBackMs,
  nowMs,
} from '../../testing/switchover-stage';

/** On real servers; the sentences are those of INVARIANTS.md. The order of the tests is the order of one cluster's life. */
const lab = openTemporaryLab();
afterAll(() => lab.close());
const documented = 'documented';
const replicationPassword = 'words-of-the-replication-account';

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
