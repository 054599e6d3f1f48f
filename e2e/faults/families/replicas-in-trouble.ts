import { setTimeout as wait } from 'node:timers/promises';
import { NotInjectable, require, type FaultCase } from '../fault-case';
import { announcedLost } from './announced';

const family = 'the replicas are in trouble';
const scenarios = ['wallet', 'shop'] as const;
const boardOf = (plan: { candidates: readonly { instance: string; state: string; why: string }[] }, name: string) =>
  plan.candidates.find((one) => one.instance === name);

/** Candidates that lag, are broken, full, or hold what nobody else does; and too few to acknowledge. */
export const replicasInTrouble: readonly FaultCase[] = [
  ...scenarios.flatMap((scenario): FaultCase[] => [
    {
      number: 9,
      family,
      name: 'applier of one replica broken (1062), then kill -9',
      scenario,
      kind: 'failover',
      expected: 'it is not chosen, what is stuck is counted; another takes over, 0 missing',
      quick: scenario === 'shop',
      play: async (stage) => {
        const { fleet, primary, candidate, load } = stage;
        await fleet.fault('break-applier', candidate);
        await load.waitForWrites(30);
        await fleet.fault('crash', primary);
        const plan = await stage.plan('failover', { until: (each) => each.applyable });
        const row = boardOf(plan, candidate);
        require(row?.state === 'excluded' && /1062.*\d+ transactions stuck/.test(row.why), `board: ${row?.why}`);
        const report = await stage.run(plan);
        require(report.state === 'succeeded', `the run is ${report.state}`);
        return { state: report.state, gone: [primary], leftBehind: [candidate], seen: row.why.slice(0, 200) };
      },
    },
    {
      number: 9,
      family,
      name: 'applier of the candidate broken (1062)',
      scenario,
      kind: 'switchover',
      expected: 'refused, the error named',
      play: async (stage) => {
        const { fleet, candidate } = stage;
        await fleet.fault('break-applier', candidate);
        const plan = await stage.plan('switchover', { candidate, until: (each) => !each.applyable });
        require(!plan.applyable, 'it was offered');
        await fleet.fault('mend-applier', candidate);
        return { state: 'not started', seen: plan.refusals.join('; ').slice(0, 200) };
      },
    },
    {
      number: 12,
      family,
      name: 'every replica lags (appliers held for 3 s into the drain), kill -9',
      scenario,
      kind: 'failover',
      expected: 'what is to apply is shown, the drain waits, 0 missing',
      play: async (stage) => {
        const { fleet, primary, load } = stage;
        const holds = await Promise.all(fleet.replicas.map(async ({ name }) => stage.session(name)));
        for (const hold of holds) await hold.query('LOCK TABLES app.ledger READ');
        await load.waitForWrites(60);
        await fleet.fault('crash', primary);
        const plan = await stage.plan('failover', { until: (each) => each.applyable });
        const toApply = plan.candidates.find((one) => one.state === 'best')?.toApply ?? 0;
        require(toApply > 0, `to apply: ${toApply}`);
        stage.at('intent', 'drain', async () => {
          await wait(3000);
          for (const hold of holds) hold.destroy();
        });
        const report = await stage.run(plan);
        require(report.state === 'succeeded', `the run is ${report.state}`);
        return {
          state: report.state,
          gone: [primary],
          announcedLost: announcedLost(report),
          seen: `${toApply} to apply first`,
        };
      },
    },
    {
      number: 18,
      family,
      name: 'the candidate stops applying when the fence has fallen',
      scenario,
      kind: 'switchover',
      expected: 'gives up at catch-up, writes are back; they stopped for less than 10 s',
      withoutConsole: true,
      play: async (stage) => {
        const { candidate, load } = stage;
        const hold = await stage.session(candidate);
        const console = await stage.openConsole({
          wrapKind: (kind) => ({
            ...kind,
            steps: Object.fromEntries(
              Object.entries(kind.steps).map(([action, code]) => [
                action,
                action !== 'fence'
                  ? code
                  : {
                      ...code,
                      // Between the last look at the candidate and the fence: some writes are received and not applied.
                      guard: async () => {
                        await hold.query('LOCK TABLES app.ledger READ');
                        await wait(200);
                      },
                    },
              ]),
            ),
          }),
        });
        const plan = await stage.plan('switchover', { candidate, until: (each) => each.applyable, console });
        const report = await stage.run(plan, { console });
        hold.destroy();
        await load.waitForWrites(10);
        const gapMs = load.ledger.longestGap()?.gapMs ?? 0;
        require(['failed', 'succeeded'].includes(
          report.state,
        ), `the run is ${report.state}: ${report.leftToDo.join('; ')}`);
        require(gapMs < 10_000, `writes stopped for ${gapMs.toFixed(0)} ms`);
        return { state: report.state, seen: `${report.state}, writes stopped for ${gapMs.toFixed(0)} ms` };
      },
    },
    {
      number: 13,
      family,
      name: 'an errant transaction on the candidate',
      scenario,
      kind: 'switchover',
      expected: 'refused by the check errant, with the transaction',
      quick: scenario === 'shop',
      play: async (stage) => {
        const { fleet, candidate } = stage;
        await fleet.fault('errant-transaction', candidate);
        const plan = await stage.plan('switchover', { candidate });
        const check = plan.checks.find((one) => one.code === 'errant');
        require(!plan.applyable && check?.status === 'fail', `check errant: ${check?.status}`);
        return { state: 'not started', leftBehind: [candidate], seen: check.evidence };
      },
    },
    {
      number: 13,
      family,
      name: 'an errant transaction on one replica, kill -9',
      scenario,
      kind: 'failover',
      expected: 'the plan names it before the click',
      play: async (stage) => {
        const { fleet, primary } = stage;
        const odd = fleet.replicas.at(-1)?.name ?? '';
        await fleet.fault('errant-transaction', odd);
        await wait(600);
        await fleet.fault('crash', primary);
        const plan = await stage.plan('failover', { until: (each) => each.applyable, limitMs: 5000 });
        const words = JSON.stringify([plan.checks, plan.candidates, plan.refusals, plan.impact]);
        require(/errant|of its own/i.test(
          words,
        ), `not a word of it; best is ${plan.impact.candidate}: ${plan.candidates.map((one) => `${one.instance} ${one.state}, ${one.why}`).join('; ')}`);
        const report = await stage.run(plan);
        require(plan.impact.sentences.some((each) =>
          each.startsWith(`${odd} stays behind`),
        ), `nobody says that ${odd} stays behind`);
        return {
          state: report.state,
          gone: [primary],
          leftBehind: [odd],
          announcedLost: announcedLost(report),
          seen: `${plan.actLabel}; ${odd} stays behind`,
        };
      },
    },
    ...(['candidate', 'primary'] as const).map((where): FaultCase => ({
      number: 8,
      family,
      name: `the disk of the ${where} is full`,
      scenario,
      kind: 'switchover',
      expected: 'refused or turned back, never half done',
      play: async (stage) => {
        const { fleet, candidate, load } = stage;
        const name = where === 'candidate' ? candidate : stage.primary;
        const outcome = await fleet.fault('disk-full', name);
        if (outcome.kind === 'skipped') throw new NotInjectable(outcome.reason);
        await wait(3000);
        const plan = await stage.plan('switchover', { candidate, limitMs: 3000 });
        let seen = plan.refusals.join('; ').slice(0, 240);
        let state = 'not started';
        if (plan.applyable) {
          const report = await stage.run(plan);
          state = report.state;
          seen = `${state}: ${report.steps.find((step) => step.error !== '')?.error ?? ''}`.slice(0, 240);
        }
        await fleet.fault('disk-free', name);
        // A server may have given up on a full disk: whoever freed it starts it.
        await fleet.fault('start', name);
        await load.waitForWrites(10, 70_000);
        await wait(3000);
        require(state !== 'needs-attention', `needs attention: ${seen}`);
        return { state, seen };
      },
    })),
  ]),
  {
    number: 12,
    family,
    name: 'the candidate is held back from the start',
    scenario: 'wallet',
    kind: 'switchover',
    expected: 'turns back before the fence; writers notice nothing',
    play: async (stage) => {
      const { candidate, load } = stage;
      const plan = await stage.plan('switchover', { candidate, until: (each) => each.applyable });
      await (await stage.session(candidate)).query('LOCK TABLES app.ledger READ');
      const report = await stage.run(plan);
      const gapMs = load.ledger.longestGap()?.gapMs ?? 0;
      require(report.state === 'failed', `the run is ${report.state}`);
      require(!report.steps.some((step) => step.stepId === 'fence' && step.status !== 'todo'), 'the fence was tried');
      return { state: report.state, seen: `failed before the fence, longest pause of writers ${gapMs.toFixed(0)} ms` };
    },
  },
  {
    number: 14,
    family,
    name: 'semi-sync with two acknowledgements, three replicas',
    scenario: 'wallet',
    kind: 'switchover',
    up: { semiSync: 2 },
    expected: 'succeeds, no commit hangs',
    play: async (stage) => {
      const plan = await stage.plan('switchover', { candidate: stage.candidate, until: (each) => each.applyable });
      const report = await stage.run(plan);
      require(report.state === 'succeeded', `the run is ${report.state}`);
      return { state: report.state, seen: `write gap ${report.writeGapMs} ms` };
    },
  },
  {
    number: 14,
    family,
    name: 'semi-sync with two acknowledgements, kill -9',
    scenario: 'wallet',
    kind: 'failover',
    up: { semiSync: 2 },
    expected: 'succeeds, 0 missing, no commit hangs',
    play: async (stage) => {
      await stage.fleet.fault('crash', stage.primary);
      const plan = await stage.plan('failover', { until: (each) => each.applyable });
      const report = await stage.run(plan);
      require(report.state === 'succeeded', `the run is ${report.state}`);
      return { state: report.state, gone: [stage.primary], announcedLost: announcedLost(report), seen: plan.actLabel };
    },
  },
  {
    number: 14,
    family,
    name: 'two acknowledgements wanted, two of three replicas dead, kill -9 of the primary',
    scenario: 'wallet',
    kind: 'failover',
    up: { semiSync: 2 },
    expected: 'succeeds without a hanging commit, or refuses; no promise of 0',
    play: async (stage) => {
      const { fleet, primary } = stage;
      const dead = [primary, ...fleet.replicas.slice(1).map((one) => one.name)];
      for (const name of dead) await fleet.fault('crash', name);
      const plan = await stage.plan('failover', { until: (each) => each.applyable });
      const report = await stage.run(plan);
      require(report.state === 'succeeded', `the run is ${report.state}`);
      return { state: report.state, gone: dead, announcedLost: announcedLost(report), seen: plan.actLabel };
    },
  },
  {
    number: 14,
    family,
    name: 'two acknowledgements wanted, one replica left that gives them',
    scenario: 'wallet',
    kind: 'failover',
    up: { semiSync: 2 },
    expected: 'verdict semi-sync-locked: commits wait',
    play: async (stage) => {
      const { fleet } = stage;
      const stopped = fleet.replicas.slice(1);
      for (const { name } of stopped) await fleet.fault('stop-receiver', name);
      const plan = await stage.plan('failover', {
        until: (each) => each.verdict?.kind === 'semi-sync-locked',
        limitMs: 8000,
      });
      for (const { name } of stopped) await fleet.fault('start-receiver', name);
      require(plan.verdict?.kind === 'semi-sync-locked', `verdict ${plan.verdict?.kind}: ${plan.verdict?.sentence}`);
      return { state: 'not started', seen: plan.verdict.sentence };
    },
  },
];
