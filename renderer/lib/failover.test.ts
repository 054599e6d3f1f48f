import { describe, expect, it } from 'vitest';
import type { ClusterState } from '@shared/model/fleet';
import { demoCluster, demoFinding } from '../dev/demo-fleet';
import { byUrgency, failoverQueue, wantsFailover } from './failover';

const cluster = (name: string, more: Partial<ClusterState> = {}): ClusterState => ({
  ...demoCluster({ name, regions: ['eu'], replicas: 2 }),
  ...more,
});

const burning = (name: string, sinceMs: number, more: Partial<ClusterState> = {}): ClusterState =>
  cluster(name, {
    severity: 'act',
    findings: [
      demoFinding({ code: 'primary-unreachable', severity: 'act', title: 'primary lost', clusterId: name, sinceMs }),
    ],
    ...more,
  });

describe('clusters to fail over', () => {
  it('wants one only where a red cluster has no primary that answers and nobody is at work', () => {
    expect(wantsFailover(burning('a', 1))).toBe(true);
    expect(wantsFailover(burning('a', 1, { severity: 'unknown' }))).toBe(false);
    expect(wantsFailover(burning('a', 1, { findings: [] }))).toBe(false);
    const runningOperation = { runId: 'run-1', title: 'Failover: a' } as ClusterState['runningOperation'];
    expect(wantsFailover(burning('a', 1, { runningOperation }))).toBe(false);
  });

  it('puts the longest without a primary first', () =>
    expect(failoverQueue([cluster('calm'), burning('young', 9), burning('old', 2)]).map((each) => each.name)).toEqual([
      'old',
      'young',
    ]));

  it('orders all others by severity and name', () => {
    const all = [cluster('b'), cluster('a'), burning('z', 5), cluster('m', { severity: 'watch' })];
    expect(all.sort(byUrgency).map((each) => each.name)).toEqual(['z', 'm', 'a', 'b']);
  });
});
