import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import { openTemporaryLab, type Instance, type LoadRun, type RunningFleet } from '../../../../e2e/fleet';
import { presentWords } from '../../dialect/rows';
import { onOneProduct } from '../../testing/products';
import { openLabConsole, type LabConsole, type LabConsoleOptions } from '../../testing/lab-console';

const lab = openTemporaryLab();
afterAll(() => lab.close());
const { signal } = new AbortController();

let fleet: RunningFleet;
let console: LabConsole;
let load: LoadRun | undefined;

async function open(
  scenario: string,
  options: LabConsoleOptions & { readonly semiSync?: boolean } = {},
): Promise<void> {
  fleet = await lab.up(scenario, { semiSync: options.semiSync ?? false });
  console = await openLabConsole(fleet, options);
  const cluster = console.inventory.cluster(console.clusterId);
  // A replica behind a slow link may not have announced itself yet when the cluster is discovered.
  const unseen = fleet.instances.filter((one) => cluster.instances.every((known) => known.port !== one.port));
  console.inventory.saveCluster({
    ...cluster,
    instances: [
      ...cluster.instances,
      ...unseen.map(({ name, host, port }) => ({ id: `late-${name}`, name, host, port, via: [] })),
    ],
  });
  for (let tries = 0; tries < 300; tries += 1) {
    const cluster = console.monitor.snapshot.clusters[0];
    if (cluster?.primaryId && cluster.answered === fleet.instances.length) return;
    await wait(100);
  }
  throw new Error(`the monitor saw ${console.monitor.snapshot.clusters[0]?.answered} of ${fleet.instances.length}`);
}
const close = async (): Promise<void> => {
  await console?.close();
  await fleet?.down();
};
afterEach(async () => {
  await load?.stop();
  load = undefined;
});

const idOf = (name: string): string => {
  const found = console.inventory.cluster(console.clusterId).instances.find((one) => one.name === name);
  if (!found) throw new Error(`${name} was not discovered`);
  return found.id;
};

const planMove = (replica: string, source: string): Promise<Plan> =>
  console.operations.plan(
    { kind: 'relocate', clusterId: console.clusterId, instanceId: idOf(replica), candidateId: idOf(source) },
    signal,
  );

async function approve(shown: Plan): Promise<string> {
  console.unlocks.unlock({ clusterId: console.clusterId, cluster: shown.cluster, reason: 'test', minutes: 5 });
  const { runId } = await console.operations.approve(
    { planId: shown.id, confirmName: shown.cluster, reason: 'test' },
    signal,
  );
  return runId;
}

async function move(replica: string, source: string): Promise<Report> {
  const shown = await planMove(replica, source);
  expect(shown.refusals).toEqual([]);
  const runId = await approve(shown);
  await console.operations.ended(runId);
  return console.operations.report(runId);
}

/** Moved, each step done; a failure shows what the steps said. */
function expectDone(report: Report): void {
  const said = report.journal.filter((entry) => ['failed', 'unknown', 'undo-failed'].includes(entry.type));
  expect(said.map((entry) => `${entry.stepId} ${entry.type}: ${entry.text}`)).toEqual([]);
  expect(report.state).toBe('succeeded');
}

interface Channel {
  readonly port: number;
  readonly runs: boolean;
  readonly error: string;
}

async function channelOf(one: Instance): Promise<Channel> {
  const [raw] = await one.query('SHOW REPLICA STATUS');
  const row = presentWords((raw ?? {}) as Record<string, string>);
  return {
    port: Number(row['source_port']),
    runs: row['replica_io_running'] === 'Yes' && row['replica_sql_running'] === 'Yes',
    error: `${row['last_io_error']}${row['last_sql_error']}`,
  };
}

/** Every acknowledged write comes to it, at most 20 s later. */
async function expectEveryWrite(on: string): Promise<void> {
  const one = fleet.instance(on);
  for (let tries = 0; ; tries += 1) {
    const missing = await load?.ledger.missing(one.host, one.port);
    if (missing?.length === 0) return;
    if (tries > 100) expect(missing).toEqual([]);
    await wait(200);
  }
}

describe('a relocation in payments, MySQL', () => {
  beforeAll(() => open('payments'));
  afterAll(close);

  let intermediate: Report;

  it('Who is below the replica stays below it and gets what the primary commits.', async () => {
    load = await fleet.load({ writers: 4, writePauseMs: 8 });
    await load.waitForWrites(200);
    intermediate = await move('us-1', 'ap-1');
    expectDone(intermediate);
    expect(await channelOf(fleet.instance('us-1'))).toMatchObject({ port: fleet.instance('ap-1').port, runs: true });
    expect(await channelOf(fleet.instance('us-2'))).toMatchObject({ port: fleet.instance('us-1').port, runs: true });
    expect(intermediate.proof.at(-1)?.text).toContain('and on 1 below it');
    await load.waitForWrites(100);
    await load.stop();
    await expectEveryWrite('us-1');
    await expectEveryWrite('us-2');
  });

  it('What was received is applied, or held by the new source, before the source is changed.', () => {
    const at = (stepId: string, type: string): number =>
      intermediate.journal.find((entry) => entry.stepId === stepId && entry.type === type)?.seq ?? Infinity;
    expect(intermediate.steps.find((one) => one.stepId === 'drain')?.proof).toContain('Nothing left to apply');
    expect(intermediate.steps.find((one) => one.stepId === 'stop')?.proof).toContain('the new source holds');
    expect(at('drain', 'verified')).toBeLessThan(at('stop', 'statement'));
    expect(at('stop', 'verified')).toBeLessThan(at('change', 'statement'));
  });

  it('It counts as done only when a row that the primary committed after the move has arrived.', async () => {
    const at = (stepId: string, type: string): number =>
      intermediate.journal.find((entry) => entry.stepId === stepId && entry.type === type)?.seq ?? Infinity;
    expect(at('start', 'verified')).toBeLessThan(at('marker', 'intent'));
    const rows = await fleet
      .instance('us-2')
      .query(`SELECT new_primary FROM midwatch.operation_marker WHERE run_id = '${intermediate.runId}'`);
    expect(rows).toEqual([{ new_primary: 'eu-1' }]);
  });

  it('No acknowledged write is lost, and writes do not wait.', async () => {
    load = await fleet.load({ writers: 4, writePauseMs: 8 });
    await load.waitForWrites(200);
    expectDone(await move('us-2', 'eu-1'));
    expectDone(await move('us-1', 'eu-1'));
    await load.waitForWrites(100);
    const { refused, unknown } = await load.stop();
    expect([refused, unknown]).toEqual([0, 0]);
    for (const one of fleet.instances) await expectEveryWrite(one.name);
    // A busy test machine pauses by itself; a fence or a hanging commit takes seconds.
    expect(load.ledger.longestGap()?.gapMs).toBeLessThan(1500);
    expect(await channelOf(fleet.instance('us-2'))).toMatchObject({ port: fleet.primary.port, runs: true });
  });

  it('refuses what is not legal, and says why', async () => {
    expectDone(await move('us-2', 'us-1'));
    const shown = await planMove('us-1', 'us-2');
    expect(shown.applyable).toBe(false);
    expect(shown.refusals).toEqual(['us-2: us-1 would follow itself: us-2 follows it']);
    expect((await planMove('us-2', 'us-1')).refusals.join()).toContain('follows it already');
    expect((await planMove('eu-1', 'us-2')).refusals.join()).toContain('eu-1 is the primary');
  });

  it('A plan whose tree changed is refused and made again.', async () => {
    const shown = await planMove('us-2', 'eu-1');
    expectDone(await move('us-2', 'ap-1'));
    await expect(approve(shown)).rejects.toMatchObject({ code: 'plan-expired' });
  });

  it('A source that is gone can be left.', async () => {
    load = await fleet.load({ writers: 2, writePauseMs: 12, target: 'eu-1' });
    await load.waitForWrites(50);
    await fleet.fault('crash', 'ap-1');
    await load.waitForWrites(50);
    const shown = await planMove('us-2', 'eu-1');
    expect(shown.checks.find((one) => one.code === 'old-source')?.status).toBe('warn');
    const runId = await approve(shown);
    await console.operations.ended(runId);
    expectDone(console.operations.report(runId));
    await load.stop();
    await expectEveryWrite('us-2');
    await fleet.fault('start', 'ap-1');
  });
});

describe.each(onOneProduct('shop'))('a relocation in %s', (scenario) => {
  const [replica, source] = [`${scenario}-3`, `${scenario}-2`];
  /** Name of the step that is to fail after its work; '' is none. */
  let breaks = '';
  let twice = false;
  beforeAll(() =>
    open(scenario, {
      wrapKind: (kind) =>
        kind.kind !== 'relocate'
          ? kind
          : {
              ...kind,
              steps: Object.fromEntries(
                Object.entries(kind.steps).map(([name, code]) => [
                  name,
                  {
                    ...code,
                    run: async (context) => {
                      await code.run(context);
                      if (twice) await code.run(context);
                    },
                    verify: async (context) => {
                      const proof = await code.verify(context);
                      if (name === breaks) throw new Error('broken on purpose');
                      return proof;
                    },
                  },
                ]),
              ),
            },
    }),
  );
  afterAll(close);

  it('moves under load, there and back, and loses nothing', async () => {
    load = await fleet.load({ writers: 4, writePauseMs: 8 });
    await load.waitForWrites(200);
    expectDone(await move(replica, source));
    expect(await channelOf(fleet.instance(replica))).toMatchObject({ port: fleet.instance(source).port, runs: true });
    expectDone(await move(replica, fleet.primary.name));
    expect((await channelOf(fleet.instance(replica))).port).toBe(fleet.primary.port);
    await load.waitForWrites(50);
    await load.stop();
    await expectEveryWrite(replica);
  });

  it('Every step can run twice.', async () => {
    twice = true;
    load = await fleet.load({ writers: 2, writePauseMs: 12 });
    await load.waitForWrites(50);
    try {
      expectDone(await move(replica, source));
      expectDone(await move(replica, fleet.primary.name));
    } finally {
      twice = false;
    }
    await load.stop();
    await expectEveryWrite(replica);
  });

  it('Every step can be turned back to the old source.', async () => {
    for (const step of ['drain', 'stop', 'change', 'start', 'marker', 'prove']) {
      load = await fleet.load({ writers: 2, writePauseMs: 12 });
      await load.waitForWrites(50);
      const shown = await planMove(replica, source);
      expect(shown.refusals).toEqual([]);
      breaks = step;
      try {
        const runId = await approve(shown);
        expect([step, await console.operations.ended(runId)]).toEqual([step, 'failed']);
      } finally {
        breaks = '';
      }
      await load.waitForWrites(20);
      await load.stop();
      expect([step, await channelOf(fleet.instance(replica))]).toEqual([
        step,
        { port: fleet.primary.port, runs: true, error: '' },
      ]);
      await expectEveryWrite(replica);
    }
  });

  it('applies first what it received while its applier was behind', async () => {
    const one = fleet.instance(replica);
    load = await fleet.load({ writers: 4, writePauseMs: 5 });
    await fleet.fault('stop-applier', replica);
    await load.waitForWrites(500);
    const stopped = await planMove(replica, source);
    expect(stopped.refusals.join()).toContain('its applier is stopped');
    await fleet.fault('start-applier', replica);
    expectDone(await move(replica, source));
    expectDone(await move(replica, fleet.primary.name));
    await load.stop();
    await expectEveryWrite(replica);
    expect((await channelOf(one)).runs).toBe(true);
  });

  it('A source that has purged what the replica needs is refused, or turned back from.', async () => {
    const [one, other] = [fleet.instance(replica), fleet.instance(source)];
    await fleet.fault('stop-receiver', replica);
    load = await fleet.load({ writers: 2, writePauseMs: 5 });
    await load.waitForWrites(200);
    await load.stop();
    await expectEveryWrite(source);
    // A log that somebody still reads is not purged: the dump thread of a replica that has left lives on for a while.
    for (let tries = 0; tries < 50; tries += 1) {
      await other.execute('FLUSH BINARY LOGS');
      const logs = await other.query('SHOW BINARY LOGS');
      if (tries > 0 && logs.length <= 2) break;
      await other.execute(`PURGE BINARY LOGS TO '${String(logs.at(-1)?.['Log_name'])}'`);
      await wait(200);
    }
    const shown = await planMove(replica, source);
    if (scenario === 'wallet') {
      expect(shown.refusals.join()).toMatch(/has purged what wallet-3 still needs: [\d,]+ transactions/);
    } else {
      const runId = await approve(shown);
      expect(await console.operations.ended(runId)).toBe('failed');
      const start = console.operations.report(runId).steps.find((step) => step.stepId === 'start');
      expect(start?.status).toBe('undone');
    }
    expect((await channelOf(one)).port).toBe(fleet.primary.port);
    await one.execute(scenario === 'wallet' ? 'START REPLICA' : 'START SLAVE');
    await expectEveryWrite(replica);
    expect((await channelOf(one)).runs).toBe(true);
  });
});
