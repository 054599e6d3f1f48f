import { describe, expect, it } from 'vitest';
import type { ClusterState } from '@shared/model/fleet';
import { demoCluster, demoInstance } from '../../dev/demo-fleet';
import { calmRows, holdOrder, matches, regionsOf, sortClusters } from './fleet-rows';

const cluster = (name: string, more: Partial<ClusterState> = {}): ClusterState => ({
  ...demoCluster({ name, regions: ['eu'], replicas: 2 }),
  ...more,
});

describe('fleet rows', () => {
  it('puts the worst first, stale ones first among the calm, and counts in names as people do', () => {
    const names = sortClusters([
      cluster('b-10'),
      cluster('b-9'),
      cluster('old', { severity: 'stale' }),
      cluster('fire', { severity: 'act' }),
    ]).map((each) => each.name);
    expect(names).toEqual(['fire', 'old', 'b-9', 'b-10']);
  });

  it('puts shards under their whole and hides them when it is closed', () => {
    const shards = ['-40', '40-'].map((key) => cluster(`orders-${key}`, { shard: { of: 'orders', key } }));
    const open = calmRows([...shards, cluster('wallet')], new Set());
    expect(open.map((row) => row.kind)).toEqual(['whole', 'cluster', 'cluster', 'cluster']);
    expect(calmRows(shards, new Set(['orders'])).map((row) => row.id)).toEqual(['whole:orders']);
  });

  it('sums a whole from what is known', () => {
    const [row] = calmRows(
      [
        cluster('a', { shard: { of: 'o', key: '1' }, commitsPerSecond: 10, worstLagSeconds: null }),
        cluster('b', { shard: { of: 'o', key: '2' }, commitsPerSecond: null, worstLagSeconds: 3, severity: 'stale' }),
      ],
      new Set(),
    );
    expect(row?.kind === 'whole' && row.whole).toMatchObject({
      commitsPerSecond: 10,
      worstLagSeconds: 3,
      severity: 'stale',
    });
  });

  it('keeps the order while the pointer rests on it', () => {
    const rows = calmRows([cluster('a'), cluster('b'), cluster('c')], new Set());
    const held = ['b', 'a'].map(
      (name) => rows.find((row) => row.kind === 'cluster' && row.cluster.name === name)?.id ?? '',
    );
    expect(holdOrder(rows, held).map((row) => (row.kind === 'cluster' ? row.cluster.name : ''))).toEqual([
      'b',
      'a',
      'c',
    ]);
  });

  it('filters by name, region and finding', () => {
    expect(matches(cluster('wallet'), 'WAL eu')).toBe(true);
    expect(matches(cluster('wallet'), 'shop')).toBe(false);
  });

  it('sums regions by instance', () => {
    const lost = { ...demoInstance({ name: 'x-2', role: 'replica', region: 'us' }), reach: 'lost' as const };
    const fleet = [cluster('x', { instances: [demoInstance({ name: 'x-1', role: 'primary', region: 'eu' }), lost] })];
    expect(regionsOf(fleet).map((region) => [region.region, region.answered, region.total])).toEqual([
      ['eu', 1, 1],
      ['us', 0, 1],
    ]);
  });
});
