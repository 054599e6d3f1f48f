import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import { openTemporaryLab, type LoadRun, type RunningFleet } from '../../../../e2e/fleet';
import { openLabConsole, type LabConsole } from '../../testing/lab-console';

const lab = openTemporaryLab();
afterAll(() => lab.close());
const { signal } = new AbortController();

let fleet: RunningFleet;
let console: LabConsole;
let load: LoadRun | undefined;
const idOf = (name: string): string =>
  console.inventory.cluster(console.clusterId).instances.find((one) => one.name === name)?.id ?? '';

async function untilSeen(primary: string, answered: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const cluster = console.monitor.snapshot.clusters[0];
    if (cluster?.primaryId === idOf(primary) && cluster.answered === answered) return;
    await wait(100);
  }
  const seen = console.monitor.snapshot.clusters[0]?.instances.map((one) => `${one.name} ${one.role} ${one.reach}`);
  throw new Error(`the monitor never saw ${primary} above ${answered - 1} others: ${seen?.join(', ')}`);
}

/** Whom each instance follows, by the port that the server itself names. */
async function sources(): Promise<Readonly<Record<string, string>>> {
  const names = new Map(fleet.instances.map((one) => [one.port, one.name]));
  for (const { port, targetPort } of fleet.links) names.set(port, names.get(targetPort) ?? '');
  const rows = await Promise.all(
    fleet.instances.map(async (one): Promise<[string, string]> => {
      if (one.pid === undefined) return [one.name, 'down'];
      const [row] = await one.query('SHOW REPLICA STATUS');
      return [one.name, row === undefined ? '' : (names.get(Number(row['Source_Port'])) ?? 'stranger')];
    }),
  );
  return Object.fromEntries(rows);
}

async function run(plan: Plan): Promise<Report> {
  expect(plan.refusals).toEqual([]);
  console.unlocks.unlock({ clusterId: console.clusterId, cluster: plan.cluster, reason: 'test', minutes: 30 });
  const { runId } = await console.operations.approve(
    {
      planId: plan.id,
      confirmName: plan.cluster,
      reason: 'test',
      ...(plan.attestation ? { attestation: plan.attestation.expected } : {}),
    },
    signal,
  );
  await console.operations.ended(runId);
  return console.operations.report(runId);
}
const plan = (kind: 'switchover' | 'failover', candidate: string): Promise<Plan> =>
  console.operations.plan({ kind, clusterId: console.clusterId, candidateId: idOf(candidate) }, signal);

/** A person asks again until it is sure that the primary is lost. */
async function untilOffered(): Promise<Plan> {
  for (const limit = Date.now() + 60_000; Date.now() < limit; await wait(300)) {
    const planned = await console.operations.plan({ kind: 'failover', clusterId: console.clusterId }, signal);
    if (planned.verdict?.offersFailover && planned.applyable) return planned;
    if (Date.now() > limit - 1000) throw new Error(`${planned.verdict?.sentence}; ${planned.refusals.join('; ')}`);
  }
  throw new Error('no failover was offered');
}

/** payments: eu-1 above eu-2, us-1 and ap-1, these above us-2 and ap-2; 80 ms there and back between eu and us. */
describe('payments, three regions', () => {
  beforeAll(async () => {
    fleet = await lab.up('payments', { hosts: true, wan: true, replicaNetTimeoutSeconds: 4 });
    console = await openLabConsole(fleet);
    await untilSeen('eu-1', 6);
  });
  afterEach(async () => {
    await load?.stop();
    load = undefined;
  });
  afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  it('A planned move to another region loses no acknowledged write.', async () => {
    load = await fleet.load({ writers: 2, writePauseMs: 15 });
    await load.waitForWrites(40);
    const planned = await plan('switchover', 'us-1');
    expect(planned.title).toBe('Region switchover of payments: eu-1 to us-1 in us');
    expect(planned.checks.filter((one) => one.code.startsWith('region-')).map((one) => one.code)).toEqual([
      'region-connections',
      'region-memory',
      'region-retention',
      'region-names',
    ]);
    const report = await run(planned);
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
    expect(report.state).toBe('succeeded');
    await load.waitForWrites(20);
    await load.stop();
    const next = fleet.instance('us-1');
    expect(await load.ledger.missing(next.host, next.port)).toEqual([]);
    expect(await sources()).toEqual({
      ...{ 'eu-1': 'us-1', 'eu-2': 'eu-1', 'us-1': '', 'us-2': 'us-1', 'ap-1': 'us-1', 'ap-2': 'ap-1' },
    });
    globalThis.console.info(`payments eu to us at 80 ms: write gap ${report.writeGapMs} ms`);
  });

  it('The primary comes back to its region the same way.', async () => {
    await untilSeen('us-1', 6);
    load = await fleet.load({ writers: 2, writePauseMs: 15 });
    await load.waitForWrites(40);
    const report = await run(await plan('switchover', 'eu-1'));
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
    await load.waitForWrites(20);
    await load.stop();
    expect(await load.ledger.missing(fleet.instance('eu-1').host, fleet.instance('eu-1').port)).toEqual([]);
    expect(await sources()).toEqual({
      ...{ 'eu-1': '', 'eu-2': 'eu-1', 'us-1': 'eu-1', 'us-2': 'us-1', 'ap-1': 'eu-1', 'ap-2': 'ap-1' },
    });
  });

  it('What a lost region takes with it was announced before.', async () => {
    await untilSeen('eu-1', 6);
    load = await fleet.load({ writers: 2, writePauseMs: 10 });
    await load.waitForWrites(200);
    await Promise.all(['eu-1', 'eu-2'].map((name) => fleet.fault('host-loss', name)));
    await wait(500);
    const planned = await untilOffered();
    // Whoever received most: on the machine's day that is us-1 or ap-1.
    const { candidate } = planned.impact;
    const [region, other] = candidate === 'us-1' ? ['us', 'ap'] : ['ap', 'us'];
    expect(planned.title).toBe(`Region failover of payments: eu-1 to ${region}-1 in ${region}`);
    expect(planned.checks.find((one) => one.code === 'region-lost')).toMatchObject({
      status: 'pass',
      evidence: 'nobody of 2 instances answers: eu-1, eu-2',
    });
    expect(planned.attestation).not.toBeNull();
    const announced = planned.candidates.find((one) => one.instance === candidate)?.loss;
    const report = await run(planned);
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
    await load.waitForWrites(20);
    await load.stop();
    const next = fleet.instance(candidate);
    const missing = await load.ledger.missing(next.host, next.port);
    globalThis.console.info(`payments eu lost at 80 ms: announced ${announced?.sentence}; missing ${missing.length}`);
    expect(missing.length).toBeLessThanOrEqual((announced?.transactions ?? 0) + (announced?.unknownTransactions ?? 0));
    expect(await sources()).toEqual({
      ...{ 'eu-1': 'down', 'eu-2': 'down', 'us-2': 'us-1', 'ap-2': 'ap-1' },
      ...{ [candidate]: '', [`${other}-1`]: candidate },
    });
  });

  it('A region that returns is kept from writing before anybody asks.', async () => {
    await Promise.all(['eu-1', 'eu-2'].map((name) => fleet.fault('host-return', name)));
    for (let tries = 0; tries < 200; tries += 1) {
      const [row] = await fleet.instance('eu-1').query('SELECT @@GLOBAL.super_read_only AS fenced');
      if (Number(row?.['fenced']) === 1) break;
      await wait(50);
    }
    const [row] = await fleet.instance('eu-1').query('SELECT @@GLOBAL.super_read_only AS fenced');
    expect(Number(row?.['fenced'])).toBe(1);
    expect(console.store.quarantine.list().map((one) => one.instance)).toEqual(['eu-1']);
  });
});

describe('payments, a region that is cut off', () => {
  const lines = ['console>eu-1', 'console>eu-2', 'us-1>eu-1', 'ap-1>eu-1', 'wan>eu-1'];

  beforeAll(async () => {
    fleet = await lab.up('payments', { wan: true, replicaNetTimeoutSeconds: 2 });
    console = await openLabConsole(fleet, { linked: ['eu-1', 'eu-2'] });
    await untilSeen('eu-1', 6);
  });
  afterEach(async () => {
    await load?.stop();
    load = undefined;
  });
  afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  it('A region that was only cut off is closed when it is seen again, and what it took alone is counted.', async () => {
    // These applications stand in eu, and never notice: what they are told is acknowledged by eu-1 alone.
    load = await fleet.load({ writers: 2, writePauseMs: 20 });
    await load.waitForWrites(100);
    await Promise.all(lines.map((name) => fleet.partition(name)));
    const planned = await untilOffered();
    expect(planned.verdict?.kind).toBe('host-lost');
    expect(planned.attestation).not.toBeNull();
    const { candidate } = planned.impact;
    const announced = planned.candidates.find((one) => one.instance === candidate)?.loss;
    expect([announced?.unknownSeconds, announced?.unknownTransactions]).not.toContain(null);
    const report = await run(planned);
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);

    await Promise.all(lines.map((name) => fleet.heal(name)));
    for (let tries = 0; tries < 200; tries += 1) {
      if (
        Number((await fleet.instance('eu-1').query('SELECT @@GLOBAL.super_read_only AS fenced'))[0]?.['fenced']) === 1
      )
        break;
      await wait(50);
    }
    await load.stop();
    const next = fleet.instance(candidate);
    const missing = await load.ledger.missing(next.host, next.port);
    const rejoin = await console.operations.plan(
      { kind: 'rejoin', clusterId: console.clusterId, instanceId: idOf('eu-1') },
      signal,
    );
    // Each write of the ledger is one transaction; what else it wrote alone is counted with them.
    expect(missing.length).toBeGreaterThan(0);
    expect(rejoin.divergence?.errantTransactions).toBeGreaterThanOrEqual(missing.length);
    globalThis.console.info(
      `payments eu cut off: eu-1 alone took ${missing.length} acknowledged writes; the rejoin counts ${rejoin.divergence?.errantTransactions}; announced before: ${announced?.sentence}`,
    );
  });
});
