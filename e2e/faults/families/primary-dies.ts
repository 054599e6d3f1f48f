import { setTimeout as wait } from 'node:timers/promises';
import { require, type FaultCase } from '../fault-case';
import { announcedLost } from './announced';

const family = 'the primary dies';
const scenarios = ['wallet', 'shop'] as const;

/** The primary is gone for good: it is killed, hangs, or has received writes that nobody applied yet. */
export const primaryDies: readonly FaultCase[] = [
  ...scenarios.flatMap((scenario): FaultCase[] => [
    {
      number: 1,
      family,
      name: 'kill -9, stays down, semi-sync',
      scenario,
      kind: 'failover',
      expected: 'succeeds, 0 announced, 0 missing',
      quick: scenario === 'wallet',
      play: async (stage) => {
        await stage.fleet.fault('crash', stage.primary);
        const plan = await stage.plan('failover', { until: (each) => each.applyable });
        const { state, ...report } = await stage.run(plan);
        require(state === 'succeeded', `the run is ${state}`);
        require(announcedLost({ state, ...report }) === 0, `announced: ${plan.actLabel}`);
        return { state, gone: [stage.primary], seen: plan.actLabel };
      },
    },
    {
      number: 1,
      family,
      name: 'kill -9, stays down, asynchronous, the replicas cut off for 1.5 s before',
      scenario,
      kind: 'failover',
      expected: 'succeeds, what is missing is salvaged from the dead disk or announced',
      up: { semiSync: false, linkedReplication: true },
      play: async (stage) => {
        const { fleet, primary } = stage;
        for (const replica of fleet.replicas) await fleet.partition(`${replica.name}>${primary}`);
        await wait(1500);
        await fleet.fault('crash', primary);
        const plan = await stage.plan('failover', { until: (each) => each.applyable });
        const report = await stage.run(plan);
        require(report.state === 'succeeded', `the run is ${report.state}`);
        const announced = announcedLost(report);
        const next = fleet.instance(report.plan.impact.candidate);
        const missing = (await stage.load.ledger.missing(next.host, next.port)).length;
        return {
          state: report.state,
          gone: [primary],
          announcedLost: announced,
          seen: `${plan.actLabel}; ${missing} missing`,
        };
      },
    },
    {
      number: 1,
      family,
      name: 'kill -9 and its host lost with it, asynchronous, the replicas cut off for 1.5 s before',
      scenario,
      kind: 'failover',
      expected: 'sworn, succeeds, the announced loss covers what is missing',
      up: { semiSync: false, linkedReplication: true },
      play: async (stage) => {
        const { fleet, primary } = stage;
        for (const replica of fleet.replicas) await fleet.partition(`${replica.name}>${primary}`);
        await wait(1500);
        await fleet.fault('host-loss', primary);
        for (const replica of fleet.replicas) await fleet.fault('refuse', `${replica.name}>${primary}`);
        const plan = await stage.plan('failover', { until: (each) => each.applyable, limitMs: 20_000 });
        const report = await stage.run(plan, plan.attestation ? { attestation: plan.attestation.expected } : {});
        require(report.state === 'succeeded', `the run is ${report.state}`);
        const next = fleet.instance(report.plan.impact.candidate);
        const missing = (await stage.load.ledger.missing(next.host, next.port)).length;
        require(missing > 0, 'nothing was lost: the fault did not bite');
        return {
          state: report.state,
          gone: [primary],
          announcedLost: announcedLost(report),
          seen: `${plan.actLabel}; ${missing} missing`,
        };
      },
    },
    {
      number: 3,
      family,
      name: 'SIGSTOP, its host by SSH',
      scenario,
      kind: 'failover',
      expected: 'verdict hung, process ended, succeeds with 0 missing',
      play: async (stage) => {
        const { fleet, primary } = stage;
        await fleet.fault('hang', primary);
        const plan = await stage.plan('failover', { until: (each) => each.applyable });
        require(plan.verdict?.kind === 'hung', `verdict ${plan.verdict?.kind}: ${plan.refusals.join('; ')}`);
        const report = await stage.run(plan);
        require(report.state === 'succeeded', `the run is ${report.state}`);
        require(fleet.instance(primary).pid === undefined, 'its process is still there');
        return {
          state: report.state,
          gone: [primary],
          announcedLost: announcedLost(report),
          seen: `${plan.verdict.sentence}; ${plan.actLabel}`,
        };
      },
    },
    {
      number: 10,
      family,
      name: 'applier of each replica stopped, receivers run, kill -9',
      scenario,
      kind: 'failover',
      expected: 'what was received is applied first, 0 missing',
      quick: scenario === 'shop',
      play: async (stage) => {
        const { fleet, primary, load } = stage;
        for (const { name } of fleet.replicas) await fleet.fault('stop-applier', name);
        await load.waitForWrites(40);
        await fleet.fault('crash', primary);
        const plan = await stage.plan('failover', { until: (each) => each.applyable });
        const report = await stage.run(plan);
        require(report.state === 'succeeded', `the run is ${report.state}`);
        return { state: report.state, gone: [primary], announcedLost: announcedLost(report), seen: plan.actLabel };
      },
    },
    {
      number: 10,
      family,
      name: 'applier of each replica stopped, kill -9, then a person stops the receivers too',
      scenario,
      kind: 'failover',
      expected: 'refused, or nothing lost, or the loss announced',
      play: async (stage) => {
        const { fleet, primary, load } = stage;
        for (const { name } of fleet.replicas) await fleet.fault('stop-applier', name);
        await load.waitForWrites(40);
        await fleet.fault('crash', primary);
        for (const { name } of fleet.replicas) await fleet.fault('stop-receiver', name);
        const plan = await stage.plan('failover', { until: (each) => each.applyable, limitMs: 5000 });
        if (!plan.applyable) {
          await fleet.fault('start', primary);
          for (const replica of fleet.replicas)
            await replica.query('START SLAVE').catch(() => replica.query('START REPLICA'));
          return { state: 'not started', seen: plan.refusals.join('; ') };
        }
        const report = await stage.run(plan);
        return { state: report.state, gone: [primary], announcedLost: announcedLost(report), seen: plan.actLabel };
      },
    },
    {
      number: 11,
      family,
      name: 'the one replica that received is restarted with relay_log_recovery=1 after the death',
      scenario,
      kind: 'failover',
      expected: 'the loss is found and announced, or the plan refuses',
      play: async (stage) => {
        const { fleet, primary, candidate, load } = stage;
        for (const { name } of fleet.replicas) if (name !== candidate) await fleet.fault('stop-receiver', name);
        await fleet.fault('stop-applier', candidate);
        await load.waitForWrites(60);
        // So that the console has heard of them.
        await wait(700);
        await fleet.fault('crash', primary);
        fleet.instance(candidate).addOptions({ relay_log_recovery: 1 });
        await fleet.fault('restart', candidate);
        const plan = await stage.plan('failover', { until: (each) => each.applyable });
        if (!plan.applyable) throw new Error(`refused: ${plan.refusals.join('; ')}`);
        const report = await stage.run(plan);
        return { state: report.state, gone: [primary], announcedLost: announcedLost(report), seen: plan.actLabel };
      },
    },
  ]),
];
