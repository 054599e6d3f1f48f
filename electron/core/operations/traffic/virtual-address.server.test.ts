import { execFileSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openTemporaryLab, type Endpoint, type LoadRun, type RunningFleet } from '../../../../e2e/fleet';
import type { Traffic } from '@shared/model/inventory';
import { openLabConsole, type LabConsole } from '../../testing/lab-console';
import { carryOut, planFor, setTraffic, untilSeen } from '../../testing/traffic-stage';

const lab = openTemporaryLab();
afterAll(() => lab.close());

/** On the loopback interface of this machine alone, which every host of the lab shares: they are one machine. */
const addresses = { wallet: '127.77.8.1', shop: '127.77.8.2' } as const;
const isRoot = process.getuid?.() === 0;
const isOn = (address: string): boolean =>
  execFileSync('ip', ['-4', '-o', 'address', 'show', 'to', address]).toString().trim() !== '';
const drop = (address: string): void => {
  if (isOn(address)) execFileSync('ip', ['address', 'del', `${address}/32`, 'dev', 'lo']);
};

describe.skipIf(!isRoot).each(['wallet', 'shop'] as const)('a real address moved by SSH, on %s', (scenario) => {
  const address = addresses[scenario];
  const name = (index: number): string => `${scenario}-${index}`;
  let fleet: RunningFleet;
  let endpoint: Endpoint;
  let console: LabConsole;
  let load: LoadRun | undefined;
  const traffic = (given: Partial<Extract<Traffic['repoint'], { kind: 'virtual-address' }>> = {}): Traffic => ({
    endpoint: { host: endpoint.host, port: endpoint.port },
    repoint: {
      kind: 'virtual-address',
      address,
      release: `ip address del ${address}/32 dev lo 2>/dev/null; true`,
      // The lab has no router between its hosts: its endpoint follows the address by the same words.
      take: `ip address replace ${address}/32 dev lo && MIDWATCH_ACTION=repoint ${endpoint.shellHook}`,
      timeoutSeconds: 10,
      ...given,
    },
  });
  beforeAll(async () => {
    drop(address);
    fleet = await lab.up(scenario, { hosts: true, semiSync: true });
    endpoint = await fleet.openEndpoint();
    execFileSync('ip', ['address', 'add', `${address}/32`, 'dev', 'lo']);
    console = await openLabConsole(fleet, { traffic: traffic() });
    await untilSeen(console, fleet.instances.length);
  });
  afterEach(async () => {
    await load?.stop();
    load = undefined;
  });
  afterAll(async () => {
    await console?.close();
    await fleet?.down();
    drop(address);
  });

  it('is released on the old host, seen to be gone, and only then taken on the new one', async () => {
    load = await fleet.load({ writers: 2, writePauseMs: 12, endpoint });
    await load.waitForWrites(40);
    const plan = await planFor(console, 'switchover', name(2));
    expect(plan.refusals).toEqual([]);
    expect(plan.checks.find((one) => one.code === 'traffic-address')?.evidence).toContain(
      `${address} is on the host of ${name(1)}`,
    );
    const report = await carryOut(console, plan);
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
    const proof = report.steps.find((step) => step.stepId === 'traffic')?.proof ?? '';
    expect(proof).toContain(`The host of ${name(1)} has ${address} no more`);
    expect(proof).toContain(`The host of ${name(2)} has ${address}`);
    expect(isOn(address)).toBe(true);
    await load.waitForWrites(40);
    await load.stop();
    const next = fleet.instance(name(2));
    expect(await load.ledger.missing(next.host, next.port)).toEqual([]);
    process.stdout.write(`${scenario} switchover by address: gap ${report.writeGapMs} ms; ${proof}\n`);
  });

  it('is not taken while the old host still has it, whatever the release command answered', async () => {
    await wait(1000);
    await untilSeen(console, fleet.instances.length);
    setTraffic(console, traffic({ release: 'echo released' }));
    const report = await carryOut(console, await planFor(console, 'switchover', name(1)));
    const step = report.steps.find((one) => one.stepId === 'traffic');
    expect(step?.status).toBe('failed');
    expect(step?.error).toBe(
      `${address} was not taken: the host of ${name(2)} still has it; the release command ended with 0: released`,
    );
    expect(report.journal.filter((entry) => entry.text.includes('MIDWATCH_ACTION=take'))).toEqual([]);
    // Applications did not reach the new primary: a person has to look.
    expect(report.state).toBe('needs-attention');
    await endpoint.pointTo(fleet.instance(name(1)));
    setTraffic(console, traffic());
  });

  it('a planned move is refused where a host does not answer; a failover takes it because the old primary was sworn off', async () => {
    await wait(1000);
    await untilSeen(console, fleet.instances.length);
    load = await fleet.load({ writers: 2, writePauseMs: 12, endpoint });
    await load.waitForWrites(40);
    await wait(1500);
    await fleet.instance(name(1)).sshHost?.lose();
    const refused = await planFor(console, 'switchover', name(2));
    expect(refused.checks.find((one) => one.code === 'traffic-address')).toMatchObject({
      status: 'fail',
      advice: 'Its release could not be proven',
    });
    await fleet.fault('crash', name(1));
    await wait(2500);
    const plan = await planFor(console, 'failover', name(2));
    expect(plan.refusals).toEqual([]);
    expect(plan.attestation).not.toBeNull();
    const report = await carryOut(console, plan);
    expect(report.steps.filter((step) => step.status !== 'done')).toEqual([]);
    const proof = report.steps.find((step) => step.stepId === 'traffic')?.proof ?? '';
    expect(proof).toContain('Its release is not proven');
    expect(proof).toContain('the old primary was fenced by attestation');
    await load.waitForWrites(40);
    await load.stop();
    const next = fleet.instance(name(2));
    expect(await load.ledger.missing(next.host, next.port)).toEqual([]);
    process.stdout.write(`${scenario} failover by address: ${proof}\n`);
  });
});
