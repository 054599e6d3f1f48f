import { setTimeout as wait } from 'node:timers/promises';
import type { MidwatchError } from '@shared/errors';
import { require, type FaultCase } from '../fault-case';
import { announcedLost } from './announced';

const family = 'the old primary comes back';
const scenarios = ['wallet', 'shop'] as const;

const refusal = async (attempt: Promise<unknown>): Promise<string> => {
  try {
    await attempt;
  } catch (thrown) {
    return `${(thrown as MidwatchError).code ?? ''}: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
  throw new Error('it was approved');
};

/** A dead or hung primary returns, writable, at the worst moment. */
export const primaryReturns: readonly FaultCase[] = [
  ...scenarios.flatMap((scenario): FaultCase[] => [
    {
      number: 2,
      family,
      name: 'kill -9 and started again between plan and approval',
      scenario,
      kind: 'failover',
      expected: 'the approval is refused: it lives',
      quick: scenario === 'wallet',
      play: async (stage) => {
        await stage.fleet.fault('crash', stage.primary);
        const plan = await stage.plan('failover', { until: (each) => each.applyable });
        await stage.fleet.fault('start', stage.primary);
        const seen = await refusal(stage.approve(plan));
        require(/^(no-failover-needed|plan-expired)/.test(seen), seen);
        return { state: 'not started', seen: seen.slice(0, 160) };
      },
    },
    {
      number: 2,
      family,
      name: 'kill -9 and started again within 2 s, then a failover is asked for',
      scenario,
      kind: 'failover',
      expected: 'verdict alive, nothing offered',
      play: async (stage) => {
        await stage.fleet.fault('crash', stage.primary);
        await stage.fleet.fault('start', stage.primary);
        const first = await stage.plan('failover');
        require(!first.applyable, `offered: ${first.verdict?.sentence}`);
        const plan = await stage.plan('failover', { until: (each) => each.verdict?.kind === 'alive' });
        require(plan.verdict?.kind === 'alive' && !plan.applyable, `verdict ${plan.verdict?.kind}`);
        return { state: 'not started', seen: plan.verdict.sentence };
      },
    },
    {
      number: 2,
      family,
      name: 'kill -9, approved, started again while the run drains',
      scenario,
      kind: 'failover',
      expected: 'read-only within 15 s of the run’s end, 0 missing',
      quick: scenario === 'shop',
      withoutConsole: true,
      play: async (stage) => {
        const { fleet, primary } = stage;
        // The drain of a replica that lags: time enough for the old primary, and for the monitor's own sessions to it.
        const console = await stage.openConsole({
          wrapKind: (kind) => ({
            ...kind,
            steps: Object.fromEntries(
              Object.entries(kind.steps).map(([action, code]) => [
                action,
                action !== 'drain'
                  ? code
                  : {
                      ...code,
                      run: async (context) => {
                        await fleet.fault('start', primary);
                        await wait(2000);
                        await code.run(context);
                      },
                    },
              ]),
            ),
          }),
        });
        await fleet.fault('crash', primary);
        const plan = await stage.plan('failover', { until: (each) => each.applyable, console });
        const report = await stage.run(plan, { console });
        const tookMs = await stage.until('the old primary is read-only', () => stage.closed(primary));
        return {
          state: report.state,
          leftBehind: [primary],
          announcedLost: announcedLost(report),
          seen: `fenced ${tookMs} ms after the end; ${report.proof.at(-1)?.text ?? ''}`,
        };
      },
    },
    {
      number: 3,
      family,
      name: 'SIGSTOP, no way to its host: sworn, then SIGCONT; applications pooled to it',
      scenario,
      kind: 'failover',
      withoutHosts: true,
      expected: 'attestation typed; fenced at first contact; no late acknowledgement',
      play: async (stage) => {
        const { fleet, primary } = stage;
        await stage.poolTo(primary);
        await fleet.fault('hang', primary);
        const plan = await stage.plan('failover', { until: (each) => each.applyable, limitMs: 20_000 });
        require(plan.verdict?.kind === 'host-lost', `verdict ${plan.verdict?.kind}: ${plan.refusals.join('; ')}`);
        const without = await refusal(stage.approve(plan));
        require(without.startsWith('confirmation-mismatch'), without);
        const report = await stage.run(plan, { attestation: plan.attestation?.expected ?? '' });
        require(report.state === 'succeeded', `the run is ${report.state}`);
        await fleet.fault('resume', primary);
        const tookMs = await stage.until('the old primary is read-only', () => stage.closed(primary));
        await wait(1000);
        return {
          state: report.state,
          leftBehind: [primary],
          announcedLost: announcedLost(report),
          seen: `${plan.actLabel}; read-only ${tookMs} ms after SIGCONT`,
        };
      },
    },
    {
      number: 22,
      family,
      name: 'started again after the failover, writable; applications pooled to it, semi-sync',
      scenario,
      kind: 'failover',
      expected: 'fenced at first contact; nothing acknowledged there',
      play: async (stage) => {
        const { fleet, primary } = stage;
        await stage.poolTo(primary);
        await fleet.fault('crash', primary);
        const report = await stage.run(await stage.plan('failover', { until: (each) => each.applyable }));
        require(report.state === 'succeeded', `the run is ${report.state}`);
        await fleet.fault('start', primary);
        const tookMs = await stage.until('the old primary is read-only', () => stage.closed(primary));
        await wait(1000);
        return { state: report.state, leftBehind: [primary], seen: `read-only ${tookMs} ms after it answered` };
      },
    },
    {
      number: 22,
      family,
      name: 'started again after the failover, writable; applications pooled to it, asynchronous',
      scenario,
      kind: 'failover',
      up: { semiSync: false },
      expected: 'fenced within 3 s of its first answer; the writes it took meanwhile are counted',
      play: async (stage) => {
        const { fleet, primary } = stage;
        await fleet.fault('crash', primary);
        const report = await stage.run(await stage.plan('failover', { until: (each) => each.applyable }));
        require(report.state === 'succeeded', `the run is ${report.state}`);
        const pooled = await stage.poolTo(primary, false);
        await fleet.fault('start', primary);
        const tookMs = await stage.until('the old primary is read-only', () => stage.closed(primary), 3000);
        await wait(500);
        return {
          state: report.state,
          leftBehind: [primary],
          announcedLost: announcedLost(report),
          seen: `read-only ${tookMs} ms after it answered; it acknowledged ${pooled.report().acknowledged} writes to its pool`,
        };
      },
    },
  ]),
];
