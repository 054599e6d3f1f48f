import { setTimeout as wait } from 'node:timers/promises';
import type { MidwatchError } from '@shared/errors';
import { require, type FaultCase } from '../fault-case';
import type { Stage } from '../stage';

const family = 'bad input';
const scenarios = ['wallet', 'shop'] as const;

interface Staleness {
  readonly name: string;
  readonly quick?: boolean;
  readonly happen: (stage: Stage) => Promise<void>;
  readonly mend?: (stage: Stage) => Promise<void>;
}

const stalenesses: readonly Staleness[] = [
  { name: 'the plan is older than a minute', happen: async () => void (await wait(61_000)) },
  {
    name: 'a replica was restarted since the plan',
    happen: async ({ fleet, candidate }) => {
      // Starts are compared to the second, with three of tolerance.
      await wait(4000);
      await fleet.fault('restart', candidate);
      await fleet.waitUntilReplicating();
    },
  },
  {
    name: 'the primary was killed and started again since the plan',
    happen: async ({ fleet, primary }) => {
      await wait(4000);
      await fleet.fault('crash', primary);
      await fleet.fault('start', primary);
      await fleet.waitUntilReplicating();
    },
  },
  {
    name: 'a replica’s receiver was stopped since the plan',
    quick: true,
    happen: async ({ fleet, candidate }) => void (await fleet.fault('stop-receiver', candidate)),
    mend: async ({ fleet, candidate }) => void (await fleet.fault('start-receiver', candidate)),
  },
];

/** Plans and passwords that are not right any more. */
export const badInput: readonly FaultCase[] = [
  ...scenarios.flatMap((scenario): FaultCase[] => [
    ...stalenesses
      .filter(({ name }) => scenario === 'wallet' || !name.includes('minute'))
      .map(({ name, quick, happen, mend }): FaultCase => ({
        number: 'input',
        family,
        name,
        scenario,
        kind: 'switchover',
        expected: 'the approval is refused: plan-expired',
        quick: quick === true && scenario === 'shop',
        play: async (stage) => {
          const plan = await stage.plan('switchover', { candidate: stage.candidate, until: (each) => each.applyable });
          await happen(stage);
          let seen = 'it was approved';
          try {
            await stage.approve(plan);
          } catch (thrown) {
            seen = `${(thrown as MidwatchError).code}: ${(thrown as Error).message}`;
          }
          await mend?.(stage);
          require(seen.startsWith('plan-expired'), seen);
          return { state: 'not started', seen: seen.slice(0, 200) };
        },
      })),
    {
      number: 25,
      family,
      name: 'a wrong replication password in the inventory',
      scenario,
      kind: 'switchover',
      expected: 'refused by the check reverse-path',
      quick: scenario === 'wallet',
      play: async (stage) => {
        const { console } = stage;
        console.inventory.setSecret({ kind: 'replication-password', id: console.clusterId }, 'wrong');
        const plan = await stage.plan('switchover', { candidate: stage.candidate });
        const check = plan.checks.find((one) => one.code === 'reverse-path');
        require(!plan.applyable && check?.status === 'fail', `reverse-path: ${check?.status} ${check?.evidence}`);
        return { state: 'not started', seen: check.evidence };
      },
    },
  ]),
];
