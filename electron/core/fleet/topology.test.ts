import { describe, expect, it } from 'vitest';
import { channelOf, observationOf } from '../testing/sample-of';
import { deriveTopology } from './topology';

const follows = (name: string, source: string): ReturnType<typeof observationOf> =>
  observationOf(name, { sample: { channels: [channelOf({ sourceHost: source, sourceUuid: `uuid-${source}` })] } });

describe('topology', () => {
  it('finds primary, intermediate and replica', () => {
    const topology = deriveTopology([observationOf('a'), follows('b', 'a'), follows('c', 'b')]);
    expect(Object.fromEntries(topology.roles)).toEqual({ a: 'primary', b: 'intermediate', c: 'replica' });
    expect(topology.primaryId).toBe('a');
    expect(topology.sources.get('c/')).toBe('b');
  });

  it('still knows the primary that does not answer, from its replicas', () => {
    const lost = { ...observationOf('a'), sample: null };
    expect(deriveTopology([lost, follows('b', 'a'), follows('c', 'a')])).toMatchObject({ primaryId: 'a' });
  });

  it('takes of two writable roots the one that answers, and neither when both do', () => {
    const open = (name: string): ReturnType<typeof observationOf> =>
      observationOf(name, { sample: { readOnly: false } });
    const lost = { ...open('eu-1'), failingSinceMs: 1 };
    const others = [follows('eu-2', 'eu-1'), follows('us-2', 'us-1'), open('us-1')];
    expect(deriveTopology([lost, ...others]).primaryId).toBe('us-1');
    expect(deriveTopology([open('eu-1'), ...others]).primaryId).toBeNull();
  });

  it('sees a circle, and its one writable member as primary', () => {
    const open = { ...follows('a', 'b') };
    const topology = deriveTopology([
      { ...open, sample: open.sample && { ...open.sample, readOnly: false } },
      follows('b', 'a'),
    ]);
    expect([...topology.circle].sort()).toEqual(['a', 'b']);
    expect(topology.primaryId).toBe('a');
  });

  it('walks several sources and a stranger without failing', () => {
    const both = observationOf('c', {
      sample: {
        channels: [
          channelOf({ name: 'x', sourceHost: 'a', sourceUuid: 'uuid-a' }),
          channelOf({ name: 'y', sourceHost: 'elsewhere', sourceUuid: 'z', sourcePort: 1, sourceServerId: 0 }),
        ],
      },
    });
    const topology = deriveTopology([observationOf('a'), both]);
    expect(topology.sources.get('c/x')).toBe('a');
    expect(topology.sources.has('c/y')).toBe(false);
  });

  it('names group members', () => {
    const member = observationOf('a', {
      facts: { groupMembers: [{ host: 'a', port: 3306, state: 'ONLINE', role: 'PRIMARY' }] },
    });
    expect(deriveTopology([member]).roles.get('a')).toBe('group-member');
  });
});
