import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { openTemporaryLab } from '../../../../e2e/fleet';
import { openLabConsole } from '../../testing/lab-console';

const lab = openTemporaryLab();
afterAll(() => lab.close());

// Tried on the lab's 10.11, which understands both ways: an older server is not at hand.
describe('MariaDB before 10.10, which has no MASTER_DEMOTE_TO_SLAVE', () => {
  it('goes on from its own position when that is set before', async () => {
    const fleet = await lab.up('shop');
    const console = await openLabConsole(fleet, {
      wrapKind: (kind) =>
        kind.kind !== 'switchover'
          ? kind
          : {
              ...kind,
              plan: async (input, signal) => {
                const plan = await kind.plan(input, signal);
                return {
                  ...plan,
                  steps: plan.steps.map((step) =>
                    step.id !== 'reverse'
                      ? step
                      : {
                          ...step,
                          statements: step.statements.flatMap((one) =>
                            one.key === 'change'
                              ? [
                                  { ...one, key: 'own-position', text: 'SET GLOBAL gtid_slave_pos = :position' },
                                  { ...one, text: one.text.replace(', MASTER_DEMOTE_TO_SLAVE = 1', '') },
                                ]
                              : [one],
                          ),
                        },
                  ),
                };
              },
            },
    });
    try {
      const load = await fleet.load({ writers: 2, writePauseMs: 12 });
      await load.waitForWrites(30);
      await wait(1500);
      const { clusterId, operations, unlocks } = console;
      const { signal } = new AbortController();
      const plan = await operations.plan({ kind: 'switchover', clusterId }, signal);
      expect(plan.refusals).toEqual([]);
      unlocks.unlock({ clusterId, cluster: 'shop', reason: 'test', minutes: 5 });
      const { runId } = await operations.approve({ planId: plan.id, confirmName: 'shop', reason: '' }, signal);
      expect(await operations.ended(runId)).toBe('succeeded');
      const sent = operations.report(runId).journal.map((one) => one.text);
      expect(sent.some((text) => text.includes('SET GLOBAL gtid_slave_pos'))).toBe(true);
      await load.waitForWrites(20);
      await load.stop();
      const next = fleet.instance(plan.impact.candidate);
      expect(await load.ledger.missing(next.host, next.port)).toEqual([]);
    } finally {
      await console.close();
      await fleet.down();
    }
  });
});
