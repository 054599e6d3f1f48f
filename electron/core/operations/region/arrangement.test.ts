import { readFileSync } from 'node:fs';
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
  it('Only direct replicas of the primary are moved; what lies below an intermediate stays there.', () => {
    expect(world(regions)('eu-1', 'eu-2')).toEqual({ moved: ['us-1', 'ap-1'], kept: ['us-2', 'ap-2'], stray: [] });
  });

  it('A region that the primary leaves stays below the old primary, so that each region has one channel across.', () => {
    expect(world(regions)('eu-1', 'us-1')).toEqual({ moved: ['ap-1'], kept: ['eu-2', 'us-2', 'ap-2'], stray: [] });
  });

  it('A region whose old primary cannot be followed any more is taken along.', () => {
    expect(world(regions, new Map([['log_bin', 'ON']]))('eu-1', 'us-1').moved).toEqual(['eu-2', 'ap-1']);
  });

  it('Who follows a stranger is named, also through others.', () => {
    const tree = { 'db-1': ['', null], 'db-2': ['', 'db-1'], 'db-3': ['', 'db-9'], 'db-4': ['', 'db-3'] } as const;
    expect(world(tree)('db-1', 'db-2')).toEqual({ moved: [], kept: [], stray: ['db-3', 'db-4'] });
  });
});

describe('INVARIANTS.md', () => {
  it('has a test of its words for every sentence', () => {
    const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
    const tests = ['arrangement.test.ts', 'region-checks.test.ts', 'region.server.test.ts'].map(read).join('\n');
    const sentences = [...read('INVARIANTS.md').matchAll(/^\d+\. (.+)$/gm)].map((match) => match[1] ?? '');
    expect(sentences.length).toBeGreaterThan(8);
    for (const sentence of sentences) expect(tests).toContain(`'${sentence}'`);
  });
});
