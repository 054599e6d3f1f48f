import { describe, expect, it } from 'vitest';
import type { ReplicationChannel } from '@shared/model/fleet';
import { demoChannel, demoCluster } from '../../dev/demo-fleet';
import { channelWord, linksOf, nodesOf } from './topology';

const seen = { reach: 'answering' } as const;

describe('topology', () => {
  it.each<[Partial<ReplicationChannel>, string, string]>([
    [{}, 'async', 'async'],
    [{ semiSync: true }, 'semi-sync', 'semi-sync'],
    [{ applier: 'stopped', semiSync: true }, 'broken', 'not applied'],
    [{ receiver: 'stopped', applier: 'stopped' }, 'broken', 'receiver stopped'],
    [{ heardAgeSeconds: 125 }, 'broken', 'receiver silent 2 min'],
    [{ delaySeconds: 3600 }, 'async', 'delayed 1 h'],
  ])('says the first thing that is wrong: %o', (more, kind, text) =>
    expect(channelWord(seen, { ...demoChannel('db-1'), ...more })).toEqual({ kind, text }),
  );

  it('does not claim to know a channel it cannot see', () =>
    expect(channelWord({ reach: 'stale' }, demoChannel('db-1')).kind).toBe('unknown'));

  it('draws one edge a channel, from the source it names', () => {
    const cluster = demoCluster({ name: 'wallet', regions: ['eu'], replicas: 3 });
    expect(linksOf(cluster)).toHaveLength(3);
    expect(new Set(linksOf(cluster).map((link) => link.from))).toEqual(new Set([cluster.primaryId]));
    expect(nodesOf(cluster)).toHaveLength(4);
  });

  it('leaves out a source that is not in the inventory', () => {
    const cluster = demoCluster({ name: 'wallet', regions: ['eu'], replicas: 1 });
    const [primary] = cluster.instances;
    expect(linksOf({ ...cluster, instances: cluster.instances.filter((each) => each !== primary) })).toEqual([]);
  });
});
