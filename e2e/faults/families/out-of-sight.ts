import { setTimeout as wait } from 'node:timers/promises';
import { require, type FaultCase } from '../fault-case';
import type { Stage } from '../stage';

const family = 'somebody cannot see it';
const scenarios = ['wallet', 'shop'] as const;

/** The console reaches the primary over a link of its own from now on; everything else stays. */
async function seeOverLink({ fleet, console, primary }: Stage): Promise<string> {
  const link = await fleet.openLink('console', primary);
  const cluster = console.inventory.cluster(console.clusterId);
  console.inventory.saveCluster({
    ...cluster,
    instances: cluster.instances.map((one) => (one.name === primary ? { ...one, port: link.port } : one)),
  });
  await wait(1500);
  return link.name;
}

const replicaLinks = ({ fleet, primary }: Stage): readonly string[] =>
  fleet.replicas.map((replica) => `${replica.name}>${primary}`);

/** Networks that part: the console, the replicas, or everybody loses sight of a primary that lives. */
export const outOfSight: readonly FaultCase[] = [
  ...scenarios.flatMap((scenario): FaultCase[] => [
    ...(['stalled', 'refusing'] as const).map((state): FaultCase => ({
      number: 4,
      family,
      name: `the console’s way to the primary is ${state}; replicas and host see it`,
      scenario,
      kind: 'failover',
      expected: 'verdict unseen, nothing offered',
      quick: scenario === 'wallet' && state === 'refusing',
      play: async (stage) => {
        const link = await seeOverLink(stage);
        await stage.fleet.setLink(link, { state });
        let seen = '';
        for (let tries = 0; tries < 2; tries += 1) {
          const plan = await stage.plan('failover');
          require(!plan.applyable, `offered: ${plan.verdict?.sentence}`);
          require(plan.verdict?.kind === 'unseen', `verdict ${plan.verdict?.kind}: ${plan.verdict?.sentence}`);
          seen = plan.verdict.sentence;
        }
        await stage.fleet.heal(link);
        return { state: 'not started', seen };
      },
    })),
    {
      number: 4,
      family,
      name: 'a wrong port of the primary in the inventory; its host is not known',
      scenario,
      kind: 'failover',
      withoutHosts: true,
      expected: 'verdict unseen, nothing offered',
      play: async ({ fleet, console, primary, plan }) => {
        const cluster = console.inventory.cluster(console.clusterId);
        console.inventory.saveCluster({
          ...cluster,
          instances: cluster.instances.map((one) => (one.name === primary ? { ...one, port: 9 } : one)),
        });
        await wait(1000);
        const shown = await plan('failover');
        require(!shown.applyable, `offered: ${shown.verdict?.sentence}`);
        require(fleet.instance(primary).pid !== undefined, 'it died');
        return { state: 'not started', seen: `${shown.verdict?.kind}: ${shown.verdict?.sentence}` };
      },
    },
    ...(['stalled', 'refusing'] as const).map((state): FaultCase => ({
      number: 5,
      family,
      name: `the replicas’ ways to the primary are ${state}; the console sees it, semi-sync`,
      scenario,
      kind: 'failover',
      up: { linkedReplication: true, replicaNetTimeoutSeconds: 4 },
      expected: 'no failover offered; verdict semi-sync-locked within 15 s',
      quick: scenario === 'shop' && state === 'refusing',
      play: async (stage) => {
        for (const link of replicaLinks(stage)) await stage.fleet.setLink(link, { state });
        const plan = await stage.plan('failover', {
          until: (each) => each.applyable || each.verdict?.kind === 'semi-sync-locked',
        });
        for (const link of replicaLinks(stage)) await stage.fleet.heal(link);
        require(!plan.applyable, `offered: ${plan.verdict?.sentence}`);
        require(plan.verdict?.kind === 'semi-sync-locked', `verdict ${plan.verdict?.kind}: ${plan.verdict?.sentence}`);
        return { state: 'not started', seen: plan.verdict.sentence };
      },
    })),
    {
      number: 6,
      family,
      name: 'the primary cut off from console, host, replicas and endpoint; then everything heals',
      scenario,
      kind: 'failover',
      up: { linkedReplication: true, replicaNetTimeoutSeconds: 4 },
      withoutHosts: true,
      expected: 'host-lost; says what it takes alone if the oath is false; fenced when it heals',
      play: async (stage) => {
        const { fleet, primary } = stage;
        const link = await seeOverLink(stage);
        // Those who are on its side of the cut go on asking for writes.
        await stage.poolTo(primary);
        for (const each of [link, ...replicaLinks(stage)]) await fleet.partition(each);
        const plan = await stage.plan('failover', { until: (each) => each.applyable, limitMs: 20_000 });
        require(plan.verdict?.kind === 'host-lost', `verdict ${plan.verdict?.kind}: ${plan.refusals.join('; ')}`);
        const price = plan.candidates.find((one) => one.instance === plan.impact.candidate)?.loss?.sentence ?? '';
        require(price.includes('until it is fenced'), `the price does not say that it grows: ${price}`);
        const report = await stage.run(plan, { attestation: plan.attestation?.expected ?? '' });
        require(report.state === 'succeeded', `the run is ${report.state}`);
        for (const each of [link, ...replicaLinks(stage)]) await fleet.heal(each);
        const tookMs = await stage.until('the old primary is read-only', () => stage.closed(primary), 20_000);
        await wait(1000);
        return {
          state: report.state,
          leftBehind: [primary],
          // The person swore falsely: how much it takes alone was announced as growing, not as a number.
          announcedLost: null,
          seen: `${plan.actLabel}; read-only ${tookMs} ms after the links healed`,
        };
      },
    },
    {
      number: 26,
      family,
      name: 'the console’s way to the primary flaps for 15 s, 2.5 s down, 2.5 s up',
      scenario,
      kind: 'failover',
      expected: 'nothing is offered at any moment',
      play: async (stage) => {
        const link = await seeOverLink(stage);
        const seen = new Set<string>();
        for (let turn = 0; turn < 6; turn += 1) {
          const state = turn % 2 === 0 ? ('stalled' as const) : ('open' as const);
          await stage.fleet.setLink(link, { state });
          for (const endMs = Date.now() + 2500; Date.now() < endMs; await wait(200)) {
            const plan = await stage.plan('failover');
            require(!plan.applyable, `offered: ${plan.verdict?.sentence}`);
            seen.add(plan.verdict?.kind ?? '');
          }
        }
        await stage.fleet.heal(link);
        return { state: 'not started', seen: `verdicts ${[...seen].join(', ')}` };
      },
    },
    {
      number: 26,
      family,
      name: 'the candidate’s way to the primary stalls for 5 s when the fence has fallen',
      scenario,
      kind: 'switchover',
      up: { linkedReplication: true },
      expected: 'succeeds or turns back; never half done',
      play: async (stage) => {
        const { fleet, candidate, primary } = stage;
        const link = `${candidate}>${primary}`;
        const plan = await stage.plan('switchover', { candidate, until: (each) => each.applyable });
        stage.at('intent', 'fence', async () => {
          await fleet.partition(link);
          await wait(5000);
          await fleet.heal(link);
        });
        const report = await stage.run(plan);
        await wait(5000);
        require(['succeeded', 'failed'].includes(
          report.state,
        ), `the run is ${report.state}: ${report.leftToDo.join('; ')}`);
        return { state: report.state, seen: `${report.state}, writes stopped ${gapOf(stage)} ms` };
      },
    },
  ]),
];

const gapOf = ({ load }: Stage): string => (load.ledger.longestGap()?.gapMs ?? 0).toFixed(0);
