import { describe, expect, it } from 'vitest';
import { deriveTopology } from '../../fleet/topology';
import { channelOf, observationOf } from '../../testing/sample-of';
import type { ReachedInstance } from '../cluster-reading';
import { arrange } from './arrangement';

const logging = new Map([
  ['log_bin', 'ON'],
  ['log_replica_updates', 'ON'],
]);

/** name: [region, whom it follows]. */
function world(
  tree: Readonly<Record<string, readonly [region: string, source: string | null]>>,
  variables: ReadonlyMap<string, string> = logging,
): (primary: string, candidate: string) => { moved: string[]; kept: string[]; stray: string[] } {
  const all = Object.entries(tree).map(([name, [region, source]]) => {
    const seen = observationOf(name, {
      sample: { channels: source === null ? [] : [channelOf({ sourceHost: source, sourceServerId: 0 })] },
      facts: { variables },
    });
    return { ...seen, instance: { ...seen.instance, ...(region === '' ? {} : { region }) } };
  });
  const find = (name: string): ReachedInstance =>
    all.find((one) => one.instance.name === name) as unknown as ReachedInstance;
  return (primary, candidate) => {
    const names = (list: readonly ReachedInstance[]): string[] => list.map((one) => one.instance.name);
    const { moved, kept, stray } = arrange({
      topology: deriveTopology(all),
      primary: find(primary),
      candidate: find(candidate),
      replicas: all.filter((one) => one.instance.name !== primary) as unknown as readonly ReachedInstance[],
    });
    return { moved: names(moved), kept: names(kept), stray: names(stray) };
  };
}

const regions = {
  'eu-1': ['eu', null],
  'eu-2': ['eu', 'eu-1'],
  'us-1': ['us', 'eu-1'],
  'us-2': ['us', 'us-1'],
  'ap-1': ['ap', 'eu-1'],
  'ap-2': ['ap', 'ap-1'],
} as const;

describe('who is moved and who stays', () => {
  it('moves every direct replica within a region, and leaves what lies below an intermediate', () => {
    expect(world(regions)('eu-1', 'eu-2')).toEqual({ moved: ['us-1', 'ap-1'], kept: ['us-2', 'ap-2'], stray: [] });
  });

  it('leaves the old region below the old primary when the primary leaves it: one channel across for each region', () => {
    expect(world(regions)('eu-1', 'us-1')).toEqual({ moved: ['ap-1'], kept: ['eu-2', 'us-2', 'ap-2'], stray: [] });
  });

  it('takes the old region along where the old primary cannot be followed any more', () => {
    expect(world(regions, new Map([['log_bin', 'ON']]))('eu-1', 'us-1').moved).toEqual(['eu-2', 'ap-1']);
  });

  it('names who follows a stranger, also through others', () => {
    const tree = { 'db-1': ['', null], 'db-2': ['', 'db-1'], 'db-3': ['', 'db-9'], 'db-4': ['', 'db-3'] } as const;
    expect(world(tree)('db-1', 'db-2')).toEqual({ moved: [], kept: [], stray: ['db-3', 'db-4'] });
  });
});
