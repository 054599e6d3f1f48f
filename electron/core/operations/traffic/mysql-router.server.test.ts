import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabRouter, openTemporaryLab, type RunningFleet } from '../../../../e2e/fleet';
import type { Check } from '@shared/model/plan';
import type { Traffic } from '@shared/model/inventory';
import { openLabConsole, type LabConsole } from '../../testing/lab-console';
import { planFor, setTraffic, untilSeen } from '../../testing/traffic-stage';

const lab = openTemporaryLab();
afterAll(() => lab.close());

describe.skipIf(!LabRouter.isHere)('a real MySQL Router with static destinations before wallet', () => {
  let fleet: RunningFleet;
  let console: LabConsole;
  const verdict = async (traffic: Traffic): Promise<Check | undefined> => {
    setTraffic(console, traffic);
    const plan = await planFor(console, 'switchover', 'wallet-2');
    expect(plan.refusals).toEqual([]);
    // It is never called: nothing of it stands in the plan.
    expect(plan.steps.find((one) => one.id === 'traffic')).toBeUndefined();
    return plan.checks.find((one) => one.code === 'traffic-router');
  };
  beforeAll(async () => {
    fleet = await lab.up('wallet');
    console = await openLabConsole(fleet);
    await untilSeen(console, fleet.instances.length);
  });
  afterAll(async () => {
    await console?.close();
    await fleet?.down();
  });

  it('is recognised by what the endpoint shows, in both ways of greeting', async () => {
    const own = await LabRouter.open(fleet, {
      name: 'own',
      destinations: ['wallet-1', 'wallet-2'],
      passthrough: false,
    });
    expect(await verdict({ endpoint: { host: own.host, port: own.port } })).toMatchObject({
      status: 'warn',
      evidence: expect.stringMatching(
        /the endpoint greets as [\d.]+-router.*stays at wallet-1 as long as that answers/,
      ) as string,
    });
    await own.close();
    const handed = await LabRouter.open(fleet, { name: 'handed', destinations: ['wallet-1'], passthrough: true });
    expect((await verdict({ endpoint: { host: handed.host, port: handed.port } }))?.evidence).toContain('_client_ip');
    await handed.close();
  });

  it('is not suspected where applications connect to a server itself', async () => {
    expect(await verdict({ endpoint: { host: fleet.primary.host, port: fleet.primary.port } })).toBeUndefined();
  });

  it('says by its REST API where its routes lead, and refuses a wrong password in one sentence', async () => {
    const router = await LabRouter.open(fleet, {
      name: 'api',
      destinations: ['wallet-1', 'wallet-3'],
      passthrough: true,
    });
    const traffic: Traffic = {
      endpoint: { host: router.host, port: router.port },
      repoint: { kind: 'mysql-router', api: router.api, user: router.user, timeoutSeconds: 3 },
    };
    expect((await verdict(traffic))?.evidence).toContain(`${router.api} refused user or password`);
    console.secrets.set({ kind: 'traffic-password', id: console.clusterId }, router.password);
    const said = await verdict(traffic);
    expect(said?.evidence).toContain('route writes (first-available) leads to');
    expect(said?.evidence).toContain('wallet-2 is not among them');
    expect(said?.advice).toContain('Change "destinations"');
    process.stdout.write(`${said?.evidence}\n`);
  });
});
