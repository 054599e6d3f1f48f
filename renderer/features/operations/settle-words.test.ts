import { describe, expect, it } from 'vitest';
import { demoReconciliation, demoRun } from '../../dev/demo-run';
import { isStopped, settleChoices, settleLabel } from './settle-words';

const run = demoRun('failover-interrupted', 1_000_000);
const look = demoReconciliation('failover-interrupted', 1_000_000);
const lost = { code: 'connection-lost', message: 'gone', nextStep: '', details: {} } as const;

describe('settling a stopped run', () => {
  it('offers ways out only of a run that stopped', () => {
    expect(isStopped(run)).toBe(true);
    expect(isStopped(demoRun('failover-adopted', 1_000_000))).toBe(false);
  });

  it('puts the recommended way first and keeps the others with their reasons', () => {
    const shuffled = { ...look, choices: [...look.choices].reverse() };
    const choices = settleChoices({ look: shuffled, error: null, blind: null });
    expect(choices[0]?.choice).toBe('continue');
    expect(choices).toHaveLength(3);
  });

  it('offers nothing before the servers were seen', () => {
    const words = settleChoices({ look: undefined, error: null, blind: null });
    expect(words.map((each) => each.possible)).toEqual([false, false, false]);
    const blind = settleChoices({ look, error: null, blind: 'Not yet: a secret is missing' });
    expect(blind.every((each) => !each.possible && each.why === 'Not yet: a secret is missing')).toBe(true);
  });

  it('lets a person adopt what Midwatch cannot see', () => {
    const choices = settleChoices({ look: undefined, error: lost, blind: null });
    expect(choices.filter((each) => each.possible).map((each) => each.choice)).toEqual(['adopt']);
  });

  it('names whom it gives writes to, if anybody', () => {
    expect(settleLabel('continue', run.plan)).toBe('Continue, give writes to orders-eu-2');
    const { impact } = run.plan;
    expect(settleLabel('continue', { ...run.plan, kind: 'drill', impact: { ...impact, candidate: '' } })).toBe(
      'Continue with what is not done',
    );
  });

  it('promises writes to the old primary only where it is alive', () => {
    expect(settleLabel('roll-back', run.plan)).toBe('Roll back, undo what was done');
    expect(settleLabel('roll-back', demoRun('switchover-interrupted', 1).plan)).toBe(
      'Roll back, give writes back to wallet-1',
    );
  });
});
