import { describe, expect, it } from 'vitest';
import { planScenario } from './scenarios';

describe('planScenario', () => {
  it.each([
    ['wallet', 'mysql', 4, 1],
    ['shop', 'mariadb', 3, 1],
    ['payments', 'mysql', 6, 1],
    ['shards', 'mysql', 30, 10],
    ['shards:3', 'mysql', 9, 3],
  ])('%s: %s, %i servers, %i primaries', (name, dialect, servers, primaries) => {
    const scenario = planScenario(name);
    expect(scenario.dialect).toBe(dialect);
    expect(scenario.members).toHaveLength(servers);
    expect(scenario.members.filter(({ role }) => role === 'primary')).toHaveLength(primaries);
  });

  it.each(['wallet', 'shop', 'payments', 'shards:40'])(
    '%s names every server once, and sources before replicas',
    (name) => {
      const seen = new Set<string>();
      for (const member of planScenario(name).members) {
        expect(seen.has(member.name)).toBe(false);
        expect(member.source === undefined || seen.has(member.source)).toBe(true);
        seen.add(member.name);
      }
    },
  );

  it('puts a bastion before each region of payments, and an outer one with two hops', () => {
    expect(planScenario('payments', 2).bastions).toEqual([
      { name: 'bastion-outer' },
      { name: 'bastion-eu', region: 'eu' },
      { name: 'bastion-us', region: 'us' },
      { name: 'bastion-ap', region: 'ap' },
    ]);
  });

  it.each(['nothing', 'shards:0', 'shards:41', 'shards:x'])('refuses %s', (name) => {
    expect(() => planScenario(name)).toThrow();
  });
});
