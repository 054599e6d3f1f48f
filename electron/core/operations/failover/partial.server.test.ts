import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openTemporaryLab, type Instance, type RunningFleet } from '../../../../e2e/fleet';
import { openLabConsole, type LabConsole } from '../../testing/lab-console';
import { until } from '../../testing/rejoin-stage';

const lab = openTemporaryLab();
afterAll(() => lab.close());
const { signal } = new AbortController();

let fleet: RunningFleet;
let console: LabConsole;
/** Ids of plans whose run breaks when the candidate's replication is stopped. */
const broken = new Set<string>();

const statusOf = async (one: Instance): Promise<Record<string, unknown>> =>
  (await one.query('SHOW REPLICA STATUS'))[0] ?? {};
const valueOf = (row: Record<string, unknown>, newer: string, older: string): string =>
  String(row[newer] ?? row[older] ?? '');
const readTo = async (one: Instance): Promise<number> =>
  Number(valueOf(await statusOf(one), 'Read_Source_Log_Pos', 'Read_Master_Log_Pos'));
const rowsOf = async (one: Instance): Promise<number> =>
  Number((await one.query('SELECT COUNT(*) AS n FROM app.large'))[0]?.['n']);

/** Of which transaction a replica got a part and will never get the rest; MariaDB tells only that its whole ones end before. */
async function gotPart(one: Instance, wholeBefore: string): Promise<boolean> {
  const [row] = await one.query(
    fleet.dialect === 'mysql'
      ? 'SELECT queueing_transaction AS at FROM performance_schema.replication_connection_status'
      : 'SHOW SLAVE STATUS',
  );
  return fleet.dialect === 'mysql' ? row?.['at'] !== '' : row?.['Gtid_IO_Pos'] === wholeBefore;
}

/** Kills the primary while it sends one transaction of 64 MB or more: its replicas have the first of it, and the rest never comes. */
async function dieInTheMiddle({ primary, replicas }: RunningFleet): Promise<number> {
  const double = 'INSERT INTO app.large (pad) SELECT pad FROM app.large';
  await primary.execute(
    'CREATE TABLE app.large (id INT AUTO_INCREMENT PRIMARY KEY, pad VARCHAR(4000)) ENGINE=InnoDB',
    "INSERT INTO app.large (pad) VALUES (REPEAT('x', 4000))",
    ...Array.from({ length: 14 }, () => double),
  );
  const [first] = replicas;
  for (let tries = 0; first && tries < 3; tries += 1) {
    await fleet.waitUntilCaughtUp();
    const rows = await rowsOf(first);
    const whole = valueOf((await first.query('SHOW REPLICA STATUS'))[0] ?? {}, 'Retrieved_Gtid_Set', 'Gtid_IO_Pos');
    const before = await readTo(first);
    const cut = primary.execute(double).catch(() => undefined);
    // Nothing between the look and the kill: all of it is through within a moment.
    while ((await readTo(first)) < before + 1_000_000);
    await primary.kill();
    await cut;
    if (await gotPart(first, whole)) return rows;
    await primary.start();
    await fleet.waitUntilReplicating();
  }
  throw new Error('It was quicker each time');
}

async function open(scenario: string): Promise<void> {
  fleet = await lab.up(scenario, { hosts: true });
  console = await openLabConsole(fleet, {
    wrapKind: (kind) => {
      const stop = kind.steps['stop-receiver'];
      if (kind.kind !== 'failover' || !stop) return kind;
      const run: typeof stop.run = async (context) => {
        if (broken.has(context.plan.id)) throw new Error('broken on purpose');
        await stop.run(context);
      };
      return { ...kind, steps: { ...kind.steps, 'stop-receiver': { ...stop, run } } };
    },
  });
  await until('the monitor sees all', () => {
    const [cluster] = console.monitor.snapshot.clusters;
    return cluster?.primaryId !== null && cluster?.answered === fleet.instances.length;
  });
}

afterEach(async () => {
  await console?.close();
  await fleet?.down();
});

async function runFailover(breaks: boolean): Promise<ReturnType<LabConsole['operations']['report']>> {
  const ask = { kind: 'failover', clusterId: console.clusterId } as const;
  let plan = await console.operations.plan(ask, signal);
  await until('a failover is offered', async () => (plan = await console.operations.plan(ask, signal)).applyable);
  if (breaks) broken.add(plan.id);
  console.unlocks.unlock({ clusterId: console.clusterId, cluster: plan.cluster, reason: 'test', minutes: 5 });
  const { runId } = await console.operations.approve(
    { planId: plan.id, confirmName: plan.cluster, reason: 'test' },
    signal,
  );
  await console.operations.ended(runId);
  return console.operations.report(runId);
}

describe('a primary that dies while it sends a transaction', () => {
  it('What arrived in part holds nobody up, and is rolled back.', async () => {
    await open('wallet');
    const rows = await dieInTheMiddle(fleet);
    const turnedBack = await runFailover(true);
    expect(turnedBack.state).toBe('failed');
    for (const one of fleet.replicas)
      await until(`${one.name} listens to the old primary again`, async () => {
        const row = await statusOf(one);
        return (
          Number(valueOf(row, 'Source_Port', 'Master_Port')) === fleet.primary.port &&
          valueOf(row, 'Replica_IO_Running', 'Slave_IO_Running') === 'Connecting'
        );
      });
    const report = await runFailover(false);
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
    const proofs = [turnedBack, report].map(
      (one) => one.steps.find((step) => step.stepId === 'discard-partial')?.proof,
    );
    expect(proofs[0]).toMatch(/^Rolled back on wallet-/);
    expect(proofs[1]).toBe('Nothing arrived in part');
    // All of it lay on the dead primary's disk: longer than the server takes in one statement, until it was told to.
    expect(report.steps.some((step) => step.stepId === 'salvage')).toBe(true);
    expect(await Promise.all(fleet.replicas.map(rowsOf))).toEqual([2 * rows, 2 * rows, 2 * rows]);
  });

  it('On MariaDB it holds nobody up either; what its account may not salvage is lost as announced.', async () => {
    await open('shop');
    const rows = await dieInTheMiddle(fleet);
    const report = await runFailover(false);
    expect(report.state).toBe('succeeded');
    const failed = report.steps.filter((step) => step.status !== 'done');
    // To take a statement of that length MariaDB asks for SUPER.
    expect(failed.map((step) => [step.stepId, /max_allowed_packet/.test(step.error)])).toEqual([['salvage', true]]);
    expect(report.plan.impact.lostTransactions).toBe(1);
    await until('the siblings follow', async () =>
      (await Promise.all(fleet.replicas.map(rowsOf))).every((one) => one === rows),
    );
  });
});
