import { describe, expect, it } from 'vitest';
import { formatRoute, parentOf, parseRoute, planRoute, type Route } from './router';

const places: readonly Route[] = [
  { name: 'fleet' },
  { name: 'add-cluster' },
  { name: 'cluster', clusterId: 'c/1 ä', tab: 'grants' },
  { name: 'instance', clusterId: 'c1', instanceId: 'db-1', tab: 'variables' },
  { name: 'inventory', tab: 'bastions' },
  { name: 'tunnels' },
  { name: 'activity' },
  { name: 'operations' },
  { name: 'drills' },
  { name: 'queries' },
  { name: 'review', reviewId: 'r-1', classId: null },
  { name: 'review', reviewId: 'r-1', classId: '00ab00ab00ab00ab' },
  planRoute('failover', 'c1'),
  { name: 'cluster', clusterId: 'c1', tab: 'drills' },
  planRoute('switchover', 'c1', { candidateId: 'db-3' }),
  planRoute('relocate', 'c1', { instanceId: 'db-2', candidateId: 'db/3' }),
  planRoute('rejoin', 'c1', { instanceId: 'db-1' }),
  planRoute('rejoin', 'c1', { choice: 'inject-empty' }),
  { name: 'run', runId: 'run-0412', stage: 'report' },
  { name: 'about' },
];

describe('router', () => {
  it.each(places)('reads back what it wrote: $name', (route) => expect(parseRoute(formatRoute(route))).toEqual(route));

  it.each(['', '#', '#/nowhere', '#/cluster', '#/instance/only-one', '#/%E0%A4%A'])('takes %s for the fleet', (hash) =>
    expect(parseRoute(hash)).toEqual({ name: 'fleet' }),
  );

  it('leaves no empty parts at the end', () =>
    expect(formatRoute(planRoute('relocate', 'c1', { instanceId: 'db-2' }))).toBe('#/plan/relocate/c1//db-2'));

  it('falls back to the first tab', () =>
    expect(parseRoute('#/cluster/c1/nothing')).toEqual({ name: 'cluster', clusterId: 'c1', tab: 'overview' }));

  it('goes up from every place and ends at the fleet', () => {
    for (const place of places) {
      let at: Route | null = place;
      for (let depth = 0; at !== null && depth < 5; depth += 1) at = parentOf(at);
      expect(at).toBeNull();
    }
  });
});
