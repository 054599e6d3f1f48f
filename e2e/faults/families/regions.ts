import { setTimeout as wait } from 'node:timers/promises';
import type { Plan } from '@shared/model/plan';
import type { LabConsole } from '../../../electron/core/testing/lab-console';
import { require, type FaultCase } from '../fault-case';
import type { Stage } from '../stage';
import { announcedLost } from './announced';

const family = 'a region is lost, or cut off';
const region = ['eu-1', 'eu-2'];
const up = { wan: true, replicaNetTimeoutSeconds: 2 };

/** Every way into eu: that of the console, and that of the other regions. Inside, everybody still sees everybody. */
const waysIn = ['console>eu-1', 'console>eu-2', 'us-1>eu-1', 'ap-1>eu-1', 'wan>eu-1'];

/** Fails over to another region as soon as that is offered, sworn to. */
async function leaveRegion(
  stage: Stage,
  console: LabConsole,
): Promise<{ readonly plan: Plan; readonly state: string }> {
  const plan = await stage.plan('failover', { console, until: (each) => each.applyable, limitMs: 60_000 });
  require(plan.attestation !== null, 'nobody has to swear that the region is off');
  const report = await stage.run(plan, { console, attestation: plan.attestation.expected });
  require(report.state === 'succeeded', `the run is ${report.state}`);
  return { plan, state: report.state };
}

/** Transactions that only eu-1 holds, as its rejoin counts them. */
async function ownOf(console: LabConsole, name: string): Promise<number> {
  const { clusterId, inventory, operations } = console;
  const instanceId = inventory.cluster(clusterId).instances.find((one) => one.name === name)?.id;
  const plan = await operations.plan({ kind: 'rejoin', clusterId, instanceId }, new AbortController().signal);
  const count = plan.divergence?.errantTransactions ?? null;
  require(count !== null, `the rejoin does not know what only ${name} holds`);
  return count;
}

/** payments: eu holds the primary; us is 80 ms away there and back, ap 180 ms. */
export const regions: readonly FaultCase[] = [
  {
    number: 7,
    family,
    name: 'eu is cut off, its applications write on; failed over, then the cut heals',
    scenario: 'payments',
    kind: 'failover',
    up,
    withoutHosts: true,
    withoutConsole: true,
    expected: 'sworn; closed at first sight; every write that eu took alone is counted by the rejoin',
    play: async (stage) => {
      const { fleet, load } = stage;
      const console = await stage.openConsole({ linked: region });
      const inside = await stage.poolTo('eu-1', false);
      await inside.waitForWrites(50);
      await Promise.all(waysIn.map(async (name) => fleet.partition(name)));
      const { plan, state } = await leaveRegion(stage, console);
      // Both sides take writes now, and nobody can know of the other.
      await inside.waitForWrites(20);
      await load.waitForWrites(20);
      await Promise.all(waysIn.map(async (name) => fleet.heal(name)));
      const tookMs = await stage.until('eu-1 is read-only', () => stage.closed('eu-1'));
      await inside.stop();
      const next = fleet.instance(plan.impact.candidate);
      const alone = [
        ...(await inside.ledger.missing(next.host, next.port)),
        ...(await load.ledger.missing(next.host, next.port)),
      ].length;
      const counted = await ownOf(console, 'eu-1');
      require(alone > 0, 'eu-1 took no write alone: nothing was cut off');
      require(counted >= alone, `eu-1 alone acknowledged ${alone} writes, the rejoin counts ${counted}`);
      const loss = plan.candidates.find((one) => one.instance === plan.impact.candidate)?.loss?.sentence ?? '';
      return {
        state,
        leftBehind: region,
        // What it took after the click is told by each second's price, and counted here.
        announcedLost: counted,
        seen: `announced: ${loss}; eu-1 alone acknowledged ${alone}, the rejoin counts ${counted}; read-only ${tookMs} ms after the cut healed`,
      };
    },
  },
  {
    number: 7,
    family,
    name: 'the servers of eu are lost; they return writable to applications that kept their address',
    scenario: 'payments',
    kind: 'failover',
    up,
    expected: 'what is missing was announced; fenced at first contact; what eu took meanwhile is counted',
    play: async (stage) => {
      const { fleet } = stage;
      await Promise.all(region.map(async (name) => fleet.fault('host-loss', name)));
      const { plan, state } = await leaveRegion(stage, stage.console);
      const report = stage.console.operations.report(stage.console.operations.list()[0]?.runId ?? '');
      const pooled = await stage.poolTo('eu-1', false);
      await Promise.all(region.map(async (name) => fleet.fault('host-return', name)));
      const tookMs = await stage.until('eu-1 is read-only', () => stage.closed('eu-1'));
      await wait(500);
      const taken = pooled.report().acknowledged;
      await pooled.stop();
      const counted = await ownOf(stage.console, 'eu-1');
      require(counted >= taken, `eu-1 acknowledged ${taken} after its return, the rejoin counts ${counted}`);
      return {
        state,
        leftBehind: region,
        announcedLost: announcedLost(report),
        seen: `${plan.actLabel}; read-only ${tookMs} ms after it answered, ${taken} writes acknowledged meanwhile, the rejoin counts ${counted}`,
      };
    },
  },
];
