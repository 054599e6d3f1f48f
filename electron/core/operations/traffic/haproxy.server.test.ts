import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { haproxyBackend, LabHaproxy, openTemporaryLab, type LoadRun, type RunningFleet } from '../../../../e2e/fleet';
import { findFreePorts } from '../../../../e2e/fleet/free-ports';
import type { Traffic } from '@shared/model/inventory';
import { openLabConsole, type LabConsole } from '../../testing/lab-console';
import { carryOut, planFor, sessionsOfApp, setTraffic, untilSeen } from '../../testing/traffic-stage';

const lab = openTemporaryLab();
afterAll(() => lab.close());

const through = (haproxy: LabHaproxy, proxies: readonly string[] = [haproxy.api]): Traffic => ({
  endpoint: { host: haproxy.host, port: haproxy.port },
  repoint: { kind: 'haproxy', proxies: [...proxies], backend: haproxyBackend, timeoutSeconds: 5 },
});

describe.skipIf(!LabHaproxy.isHere).each(['wallet', 'shop'])('a real HAProxy before %s', (scenario) => {
  let fleet: RunningFleet;
  let haproxy: LabHaproxy;
  let second: LabHaproxy;
  let console: LabConsole;
  let load: LoadRun | undefined;
  /** Done by the step before the traffic is led over. */
  let beforeTraffic: (() => Promise<void>) | undefined;
  const name = (index: number): string => `${scenario}-${index}`;
  beforeAll(async () => {
    fleet = await lab.up(scenario, { hosts: true, semiSync: true });
    haproxy = await LabHaproxy.open(fleet);
    second = await LabHaproxy.open(fleet, { name: '2' });
    console = await openLabConsole(fleet, {
      traffic: through(haproxy),
      wrapKind: (kind) => {
        const direct = kind.steps['traffic-haproxy'];
        if (!direct) return kind;
        const run: typeof direct.run = async (context) => {
          await beforeTraffic?.();
          return direct.run(context);
        };
        return { ...kind, steps: { ...kind.steps, 'traffic-haproxy': { ...direct, run } } };
      },
    });
    await untilSeen(console, fleet.instances.length);
  });
  afterEach(async () => {
    await load?.stop();
    load = undefined;
    beforeTraffic = undefined;
  });
  afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  it('a switchover under load: what is sent stands in the plan, nothing acknowledged is lost, nobody stays on the old server', async () => {
    load = await fleet.load({ writers: 3, writePauseMs: 10, endpoint: haproxy });
    await load.waitForWrites(60);
    const plan = await planFor(console, 'switchover', name(2));
    expect(plan.refusals).toEqual([]);
    const sent = plan.steps
      .find((one) => one.id === 'traffic')
      ?.statements.filter((one) => one.phase === 'run')
      .map((one) => `${one.instance} ${one.text}`);
    expect(sent).toEqual([
      `${haproxy.api} set server mysql/${name(1)} state maint`,
      `${haproxy.api} shutdown sessions server mysql/${name(1)}`,
      `${haproxy.api} set server mysql/${name(2)} state ready`,
    ]);
    const report = await carryOut(console, plan);
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
    expect(report.state).toBe('succeeded');
    const proof = report.steps.find((step) => step.stepId === 'traffic')?.proof ?? '';
    process.stdout.write(`${scenario} switchover through HAProxy: gap ${report.writeGapMs} ms; ${proof}\n`);
    expect(await sessionsOfApp(fleet, name(1))).toBe(0);
    await load.waitForWrites(60);
    expect(await sessionsOfApp(fleet, name(1))).toBe(0);
    await load.stop();
    const next = fleet.instance(name(2));
    expect(await load.ledger.missing(next.host, next.port)).toEqual([]);
  });

  it('a plan refuses what would fail after the point of no return, and says who and why', async () => {
    await wait(1000);
    await untilSeen(console, fleet.instances.length);
    const [nobody = 0] = await findFreePorts(1);
    const verdict = async (traffic: Traffic): Promise<string> => {
      setTraffic(console, traffic);
      const plan = await planFor(console, 'switchover', name(1));
      expect(plan.applyable).toBe(false);
      return plan.checks.find((one) => one.code === 'traffic-proxies')?.evidence ?? '';
    };
    expect(await verdict(through(haproxy, [haproxy.api, `127.0.0.1:${nobody}`]))).toMatch(
      new RegExp(`^127.0.0.1:${nobody} refused the connection.*; ${haproxy.api}: .*${name(2)} .*open`),
    );
    expect(await verdict(through(haproxy, [haproxy.operatorApi]))).toContain('of level operator, not admin');
    expect(await verdict(through(haproxy, [`127.0.0.1:${haproxy.port}`]))).not.toBe('');
    const base = through(haproxy).repoint;
    if (base?.kind !== 'haproxy') throw new Error('unreachable');
    expect(await verdict({ ...through(haproxy), repoint: { ...base, backend: 'reads' } })).toContain(
      'no backend reads',
    );
    const without = await LabHaproxy.open(fleet, { name: 'without', leaveOut: [name(1)] });
    expect(await verdict(through(without))).toMatch(
      new RegExp(`no server at the address of ${name(1)}; its servers: ${name(2)} `),
    );
    await without.close();
    expect(await verdict(through(haproxy, ['/nowhere/haproxy.sock']))).toContain('there is no such socket');
  });

  it('of two proxies one dies during the run: the other is moved, and the report says which one was not', async () => {
    // The second leads where the cluster began; it is moved by hand, as its person would.
    setTraffic(console, through(haproxy, [haproxy.socketPath, second.api]));
    const plan = await planFor(console, 'switchover', name(1));
    expect(plan.refusals).toEqual([]);
    beforeTraffic = () => second.close();
    load = await fleet.load({ writers: 2, writePauseMs: 12, endpoint: haproxy });
    await load.waitForWrites(40);
    const report = await carryOut(console, plan);
    const traffic = report.steps.find((step) => step.stepId === 'traffic');
    expect(traffic?.status).toBe('failed');
    expect(traffic?.error).toContain(`Not every proxy was moved. ${second.api} refused the connection`);
    expect(traffic?.error).toContain(`Moved: ${haproxy.socketPath}: ${name(1)}`);
    expect(report.steps.filter((step) => step.status !== 'done').map((step) => step.stepId)).toEqual(['traffic']);
    await load.waitForWrites(40);
    await load.stop();
    const next = fleet.instance(name(1));
    expect(await load.ledger.missing(next.host, next.port)).toEqual([]);
    process.stdout.write(`${scenario} one of two proxies gone: ${traffic?.error}\n`);
  });

  it('a failover under load: closed at the proxy as a fence, led over afterwards, nothing acknowledged is lost', async () => {
    await wait(1000);
    await untilSeen(console, fleet.instances.length);
    const base = through(haproxy);
    if (base.repoint?.kind !== 'haproxy') throw new Error('unreachable');
    const cluster = console.inventory.cluster(console.clusterId);
    // Without SSH to the hosts the proxy is the only rung that proves anything.
    console.inventory.saveCluster({
      ...cluster,
      instances: cluster.instances.map(({ hostAccess: _gone, ...one }) => one),
      traffic: { ...base, fence: base.repoint },
    });
    load = await fleet.load({ writers: 3, writePauseMs: 10, endpoint: haproxy });
    await load.waitForWrites(60);
    await wait(1500);
    await fleet.fault('crash', name(1));
    await wait(2500);
    const plan = await planFor(console, 'failover', name(2));
    expect(plan.refusals).toEqual([]);
    expect(plan.attestation).toBeNull();
    const report = await carryOut(console, plan);
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
    expect(report.state).toBe('succeeded');
    expect(report.steps.find((step) => step.stepId === 'fence')?.proof).toContain(`${haproxy.api} closed`);
    await load.waitForWrites(60);
    await load.stop();
    const next = fleet.instance(name(2));
    expect(await load.ledger.missing(next.host, next.port)).toEqual([]);
    process.stdout.write(
      `${scenario} failover through HAProxy: gap ${report.writeGapMs} ms; ${report.steps.find((step) => step.stepId === 'fence')?.proof}\n`,
    );
  });
});
