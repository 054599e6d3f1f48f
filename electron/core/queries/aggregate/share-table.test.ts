import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Origins } from './origins';
import { ShareTable } from './share-table';

const parts = ['schema', 'user', 'host', 'application'] as const;

interface Sent {
  readonly owner: number;
  readonly schema: string;
  readonly user: string;
  readonly host: string;
  readonly application: string;
  readonly seconds: number;
}

const sent: fc.Arbitrary<Sent> = fc.record({
  owner: fc.integer({ min: 0, max: 3 }),
  schema: fc.constantFrom('', 'shop', 'wallet'),
  user: fc.constantFrom('app', 'job'),
  host: fc.integer({ min: 0, max: 30 }).map((host) => `10.0.0.${host}`),
  application: fc.constantFrom('', '', 'app'),
  seconds: fc.integer({ min: 0, max: 9 }),
});

/** As the aggregate adds them. */
function tableOf(all: readonly Sent[], limit?: number) {
  const origins = new Origins((text) => text);
  const table = new ShareTable(origins, limit);
  const counted = Array.from({ length: 4 }, () => ({ owner: table.open(), calls: 0, seconds: 0 }));
  const sessions = new Map<string, number>();
  for (const one of all) {
    const line = `${one.user} ${one.host}`;
    sessions.set(line, sessions.get(line) ?? sessions.size + 1);
    const session = one.seconds === 9 ? 0 : (sessions.get(line) ?? 0);
    const soFar = counted[one.owner];
    if (!soFar) continue;
    table.add(soFar.owner, origins.of({ ...one, session }, one.application), one.seconds, soFar.calls, soFar.seconds);
    soFar.calls++;
    soFar.seconds += one.seconds;
  }
  return counted.map((one) => table.of(one.owner, one, (text) => text));
}

/** Added up in the simplest way. */
function shareOf(all: readonly Sent[], owner: number, part: (typeof parts)[number]) {
  const own = all.filter((one) => one.owner === owner && one[part] !== '');
  return [...new Set(own.map((one) => one[part]))].map((name) => {
    const of = own.filter((one) => one[part] === name);
    return { name, calls: of.length, seconds: of.reduce((sum, { seconds }) => sum + seconds, 0) };
  });
}

describe('ShareTable', () => {
  it('adds up calls and seconds of each class by each name', () =>
    fc.assert(
      fc.property(fc.array(sent, { maxLength: 300 }), (all) => {
        const shares = tableOf(all);
        for (const owner of [0, 1, 2, 3])
          for (const part of parts) {
            const wanted = shareOf(all, owner, part);
            const found = shares[owner]?.[part] ?? [];
            expect(found).toHaveLength(Math.min(20, wanted.length));
            for (const one of found) expect(wanted).toContainEqual(one);
            const least = found.at(-1)?.seconds ?? 0;
            expect(wanted.filter((one) => one.seconds > least).length).toBeLessThanOrEqual(found.length);
          }
      }),
    ));

  it('grows, and counts names that there is no room for as others, losing none', () => {
    const all = Array.from({ length: 8_000 }, (_, index) => ({
      ...{ owner: index % 4, schema: 'shop', user: 'app', application: '', seconds: 1 },
      host: `10.0.${index % 7}.${index}`,
    }));
    const total = (limit?: number): readonly number[] =>
      tableOf(all, limit).map(({ schema }) => schema.reduce((sum, { calls }) => sum + calls, 0));
    expect(total()).toEqual([2_000, 2_000, 2_000, 2_000]);
    expect(total(100)).toEqual([2_000, 2_000, 2_000, 2_000]);
    const [first] = tableOf(all, 100);
    expect(first?.host[0]?.name).toBe('(others)');
    expect(first?.host[0]?.calls).toBeGreaterThan(1_900);
  });
});
