import { setTimeout as wait } from 'node:timers/promises';
import type { HookMode } from '../../fleet';
import { require, type FaultCase } from '../fault-case';
import type { Stage } from '../stage';
import { announcedLost } from './announced';

const family = 'after the point of no return';
const scenarios = ['wallet', 'shop'] as const;
const kinds = ['switchover', 'failover'] as const;

/** Breaks what the kind needs broken, and plans. */
async function planned(stage: Stage, kind: (typeof kinds)[number]): ReturnType<Stage['plan']> {
  if (kind === 'failover') await stage.fleet.fault('crash', stage.primary);
  return stage.plan(kind, {
    ...(kind === 'switchover' ? { candidate: stage.candidate } : {}),
    until: (each) => each.applyable,
  });
}

const hookModes: readonly HookMode[] = ['fail', 'hang', 'rubbish', 'lie'];

/** The new primary is open, and then its hook, its sibling or it itself fails. */
export const afterTheOpening: readonly FaultCase[] = [
  ...scenarios.flatMap((scenario) =>
    kinds.flatMap((kind): FaultCase[] => [
      ...hookModes
        // Each mode with each kind once, the clusters in turn.
        .filter((_, turn) => (turn % 2 === 0) === ((scenario === 'wallet') === (kind === 'switchover')))
        .map((mode): FaultCase => ({
          number: 23,
          family,
          name: `the traffic hook answers: ${mode}`,
          scenario,
          kind,
          expected: 'no success is claimed; after mending, carried on: succeeded',
          quick: mode === 'fail' && scenario === 'shop',
          play: async (stage) => {
            const plan = await planned(stage, kind);
            await stage.endpoint.setHookMode(mode);
            const report = await stage.run(plan);
            require(report.state ===
              'needs-attention', `the run is ${report.state}; left to do: ${report.leftToDo.join('; ')}`);
            const why = report.steps.find((step) => step.error !== '')?.error ?? '';
            await stage.endpoint.setHookMode('obey');
            const state = await stage.carryOn(report.runId);
            require(state === 'succeeded', `mended and carried on: ${state}`);
            return {
              state,
              gone: kind === 'failover' ? [stage.primary] : [],
              announcedLost: announcedLost(report),
              seen: `${why.slice(0, 160)}; then ${state}`,
            };
          },
        })),
      {
        number: 24,
        family,
        name: 'a sibling dies when the new primary is open',
        scenario,
        kind,
        expected: 'succeeds, the sibling is named as left behind',
        quick: scenario === 'shop' && kind === 'switchover',
        play: async (stage) => {
          const { fleet } = stage;
          const plan = await planned(stage, kind);
          const sibling = fleet.replicas.filter((one) => one.name !== plan.impact.candidate).at(-1)?.name ?? '';
          stage.at('verified', 'open', () => void process.kill(fleet.instance(sibling).pid ?? 0, 'SIGKILL'));
          const report = await stage.run(plan);
          const named = report.leftToDo.some((one) => one.includes(sibling));
          const early = plan.steps.some((step) => step.action === 'repoint-early' && step.target === sibling);
          require(report.state === 'succeeded', `the run is ${report.state}: ${report.leftToDo.join('; ')}`);
          require(named || early, `${sibling} is not named: ${report.leftToDo.join('; ')}`);
          return {
            state: report.state,
            gone: [sibling, ...(kind === 'failover' ? [stage.primary] : [])],
            announcedLost: announcedLost(report),
            seen: report.leftToDo.join('; ').slice(0, 200),
          };
        },
      },
      {
        number: 20,
        family,
        name: 'the candidate dies when it is open, and is started again',
        scenario,
        kind,
        expected: 'no success is claimed; carried on: succeeded',
        play: async (stage) => {
          const { fleet } = stage;
          const plan = await planned(stage, kind);
          const next = plan.impact.candidate;
          stage.at('verified', 'open', () => void process.kill(fleet.instance(next).pid ?? 0, 'SIGKILL'));
          const report = await stage.run(plan);
          require(report.state === 'needs-attention', `the run is ${report.state}`);
          await wait(300);
          await fleet.fault('start', next);
          const state = await stage.carryOn(report.runId);
          require(state === 'succeeded', `carried on: ${state}`);
          return {
            state,
            gone: kind === 'failover' ? [stage.primary] : [],
            announcedLost: announcedLost(report),
            seen: `needs attention, then ${state}`,
          };
        },
      },
      {
        number: 20,
        family,
        name: 'the candidate dies when it is open, and stays dead',
        scenario,
        kind,
        expected: 'the run is settled and a second failover is offered and succeeds',
        play: async (stage) => {
          const { fleet, console } = stage;
          const plan = await planned(stage, kind);
          const next = plan.impact.candidate;
          stage.at('verified', 'open', () => void process.kill(fleet.instance(next).pid ?? 0, 'SIGKILL'));
          const report = await stage.run(plan);
          require(report.state === 'needs-attention', `the run is ${report.state}`);
          const seen = await console.operations.look(report.runId, new AbortController().signal);
          const wayBack = seen.choices.find((one) => one.choice === 'roll-back' && one.possible);
          if (wayBack) {
            await console.operations.rollBack(report.runId);
            return {
              state: console.operations.report(report.runId).state,
              gone: [next],
              leftBehind: [],
              seen: 'rolled back',
            };
          }
          console.operations.adopt(report.runId, 'the new primary is dead');
          const second = await stage.plan('failover', { until: (each) => each.applyable, limitMs: 10_000 });
          require(second.applyable, `${seen.situation} No second failover: verdict ${second.verdict?.kind}; ${second.refusals.join('; ')}`);
          const again = await stage.run(second);
          require(again.state === 'succeeded', `the second run is ${again.state}`);
          return {
            state: again.state,
            gone: [next, ...(kind === 'failover' ? [stage.primary] : [])],
            announcedLost: announcedLost(again),
            seen: `second failover to ${second.impact.candidate}`,
          };
        },
      },
    ]),
  ),
];
