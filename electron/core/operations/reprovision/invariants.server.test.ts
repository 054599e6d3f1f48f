import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '@shared/model/report';
import { openTemporaryLab, type Instance, type LoadRun } from '../../../../e2e/fleet';
import { FillStage, processesWith } from '../../testing/fill-stage';

const lab = openTemporaryLab();
afterAll(() => lab.close());
const password = 'words-of-the-console-account';

describe.each(['wallet', 'shop'])('a re-provision on %s', (scenario) => {
  let stage: FillStage;
  let load: LoadRun;
  let report: Report;
  let broken: Instance;
  let donor: Instance;
  const untouched: Record<string, { before: unknown; after: unknown }> = {};
  const exposed: string[] = [];
  let identity: unknown;

  beforeAll(async () => {
    const fleet = await lab.up(scenario, { hosts: true });
    stage = await FillStage.open(fleet);
    await fleet.primary.query(`ALTER USER 'midwatch'@'%' IDENTIFIED BY '${password}'`);
    await fleet.waitUntilCaughtUp();
    stage.console.inventory.setSecret({ kind: 'cluster-password', id: stage.console.clusterId }, password);
    broken = fleet.instance(`${scenario}-3`);
    // Broken as it happens: rows of its own, and an applier that stopped on one of them.
    if (stage.isMysql) await broken.query('SET GLOBAL super_read_only = OFF');
    await broken.query(
      "INSERT INTO app.account VALUES (900001, 'errant one', 'EUR', 1), (900002, 'errant two', 'EUR', 2)",
    );
    await broken.query("INSERT INTO app.account VALUES (900003, 'errant three', 'EUR', 3)");
    await fleet.primary.query("INSERT INTO app.account VALUES (900003, 'the real one', 'EUR', 4)");
    identity = (await broken.query(stage.isMysql ? 'SELECT @@server_uuid AS id' : 'SELECT @@server_id AS id'))[0]?.[
      'id'
    ];
    load = await fleet.load({ writers: 2, writePauseMs: 12 });
    await load.waitForWrites(50);
    const shown = await stage.plan(broken.name);
    expect(shown.divergence?.errantTransactions).toBe(2);
    expect(shown.candidates[0]?.state).toBe('best');
    donor = fleet.instance(shown.candidates[0]?.instance ?? '');
    expect(donor.role).toBe('replica');
    const observed = [fleet.primary, donor];
    for (const one of observed) untouched[one.name] = { before: await stage.state(one), after: null };
    const runId = await stage.begin(shown);
    const looking = setInterval(() => exposed.push(...processesWith(password)), 30);
    await stage.console.operations.ended(runId);
    clearInterval(looking);
    report = stage.console.operations.report(runId);
    for (const one of observed)
      untouched[one.name] = { before: untouched[one.name]?.before, after: await stage.state(one) };
    await load.waitForWrites(50);
    await load.stop();
    const took = report.timeline.filter((one) => / copied in |CLONE ended|succeeded/.test(one.text));
    process.stdout.write(`${scenario}: ${took.map((one) => `${one.sinceMs} ms ${one.text}`).join('; ')}\n`);
  });
  afterAll(async () => {
    await load?.stop();
    await stage?.close();
    await stage?.fleet.down();
  });

  const at = (stepId: string, type: string): number =>
    report.journal.find((entry) => entry.stepId === stepId && entry.type === type)?.seq ?? 0;

  it('The primary takes writes all the time, and what it acknowledges is on the copy.', async () => {
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
    expect(report.state).toBe('succeeded');
    await stage.fleet.waitUntilCaughtUp();
    expect(await load.ledger.missing(broken.host, broken.port)).toEqual([]);
    expect(load.ledger.longestGap()?.gapMs ?? 0).toBeLessThan(3000);
    const [row] = await broken.query('SELECT owner FROM app.account WHERE id = 900003');
    expect(row?.['owner']).toBe('the real one');
    expect(await broken.query('SELECT id FROM app.account WHERE id = 900001')).toEqual([]);
  });

  it('Nothing of the donor or the primary is changed.', () => {
    for (const { before, after } of Object.values(untouched)) expect(after).toEqual(before);
    const sent = report.journal.filter((entry) => entry.type === 'statement');
    expect(sent.filter((entry) => entry.data['instance'] === stage.fleet.primary.name)).toEqual([]);
    const onDonor = sent.filter((entry) => entry.data['instance'] === donor.name).map((entry) => entry.data['key']);
    expect(onDonor).toEqual(stage.isMysql ? [] : ['backup']);
  });

  it('What only the recipient holds is saved before anything is thrown away, or nothing is done.', () => {
    expect(report.evidence.map((one) => one.path.split('/').at(-1))).toEqual([
      expect.stringContaining('decoded'),
      expect.stringContaining('replayable'),
    ]);
    const decoded = readFileSync(report.evidence[0]?.path ?? '', 'utf8');
    for (const owner of ['errant one', 'errant two', 'errant three']) expect(decoded).toContain(owner);
    expect(at('evidence', 'verified')).toBeGreaterThan(0);
    expect(at('evidence', 'verified')).toBeLessThan(at(stage.isMysql ? 'clone' : 'copy', 'statement'));
  });

  it('The recipient is closed before anything else, and stays closed.', async () => {
    const first = report.journal.find(
      (entry) => entry.type === 'statement' && entry.data['instance'] === broken.name && entry.stepId !== 'lock',
    );
    expect(first?.stepId).toBe('close');
    const [row] = await broken.query('SELECT @@GLOBAL.read_only AS closed');
    expect(Number(row?.['closed'])).toBe(1);
    if (!stage.isMysql) return;
    const [sealed] = await broken.query('SELECT @@GLOBAL.super_read_only AS sealed');
    expect(Number(sealed?.['sealed'])).toBe(1);
  });

  it('The account’s password stands in no plan, journal, report or command line.', () => {
    expect(exposed).toEqual([]);
    expect(JSON.stringify(report)).not.toContain(password);
    expect(JSON.stringify(stage.console.store.journal.entries(report.runId))).not.toContain(password);
  });

  it('Success is what new connections observe: itself, read-only, following, with nothing that the primary lacks.', async () => {
    const proof = report.steps.find((step) => step.stepId === 'prove')?.proof ?? '';
    expect(proof).toContain('read-only, follows');
    const [row] = await broken.query(stage.isMysql ? 'SELECT @@server_uuid AS id' : 'SELECT @@server_id AS id');
    expect(row?.['id']).toEqual(identity);
    await stage.fleet.waitUntilReplicating();
  });

  it('An empty server becomes a replica the same way.', async () => {
    const { console, fleet } = stage;
    const added = fleet.instances.at(-1) as Instance;
    await added.stop();
    rmSync(added.dataFolder, { recursive: true });
    await added.create();
    await added.waitUntilReady();
    // As it is done by hand: the account is made on the new server before it is added.
    await added.execute('SET sql_log_bin = 0', `ALTER USER 'midwatch'@'%' IDENTIFIED BY '${password}'`);
    const cluster = console.inventory.cluster(console.clusterId);
    const old = cluster.instances.find((one) => one.name === added.name);
    const others = cluster.instances.filter((one) => one !== old);
    console.inventory.saveCluster({ ...cluster, instances: others });
    console.inventory.saveCluster({
      ...cluster,
      instances: [
        ...others,
        { ...old, id: 'the-new-one', name: 'the-new-one', host: added.host, port: added.port, via: [] },
      ],
    });
    const shown = await stage.plan('the-new-one');
    const filled = await stage.fill(shown);
    expect(filled.steps.filter((step) => step.status !== 'done')).toEqual([]);
    expect(filled.state).toBe('succeeded');
    await fleet.waitUntilReplicating();
    await fleet.waitUntilCaughtUp();
    expect(await load.ledger.missing(added.host, added.port)).toEqual([]);
    expect(existsSync(`${added.dataFolder}.midwatch-new`)).toBe(false);
  });
});
