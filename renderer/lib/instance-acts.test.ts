import { describe, expect, it } from 'vitest';
import type { ClusterState, InstanceState } from '@shared/model/fleet';
import { demoChannel, demoCluster } from '../dev/demo-fleet';
import { asideOf, instanceActs } from './instance-acts';

const calm = demoCluster({ name: 'wallet', regions: ['eu'], replicas: 3 });
const withInstance = (name: string, more: Partial<InstanceState>, rest: Partial<ClusterState> = {}): ClusterState => ({
  ...calm,
  ...rest,
  instances: calm.instances.map((each) => (each.name === name ? { ...each, ...more } : each)),
});
const refusals = (cluster: ClusterState, name: string): Readonly<Record<string, string | null>> => {
  const instance = cluster.instances.find((each) => each.name === name);
  if (!instance) throw new Error(name);
  return Object.fromEntries(instanceActs(cluster, instance).map((act) => [act.kind, act.refusal]));
};

describe('what can be done with an instance', () => {
  it('is a move or a new copy for a replica that follows', () =>
    expect(refusals(calm, 'wallet-2')).toEqual({
      rejoin: 'wallet-2 follows already and takes no writes',
      relocate: null,
      reprovision: null,
    }));

  it('is a rejoin for one that follows nobody', () =>
    expect(refusals(withInstance('wallet-3', { channels: [], role: 'standalone' }), 'wallet-3')).toEqual({
      rejoin: null,
      relocate: 'wallet-3 follows nobody: rejoin it',
      reprovision: null,
    }));

  it('is nothing for the primary, and nothing while an operation runs', () => {
    expect(new Set(Object.values(refusals(calm, 'wallet-1')))).toEqual(
      new Set(['wallet-1 is the primary: it is moved by a switchover']),
    );
    const busy = withInstance('wallet-2', {}, { runningOperation: { runId: 'r', title: 'Switchover' } });
    expect(new Set(Object.values(refusals(busy, 'wallet-2')))).toEqual(new Set(['Switchover is running']));
  });

  it('is a new copy alone for one that does not answer', () => {
    const found = refusals(withInstance('wallet-2', { reach: 'lost' }), 'wallet-2');
    expect([found['rejoin'], found['relocate'], found['reprovision']]).toEqual([
      'wallet-2 does not answer: start it first',
      'wallet-2 does not answer',
      null,
    ]);
  });
});

describe('a region that was lost and is back', () => {
  // wallet-2 was the primary there, wallet-3 follows it still.
  const back = {
    ...calm,
    instances: calm.instances.map((each) =>
      each.name === 'wallet-2'
        ? { ...each, channels: [] }
        : each.name === 'wallet-3'
          ? { ...each, channels: [demoChannel('wallet-2')] }
          : each,
    ),
  };
  it('comes home from below: first whom nobody follows', () => {
    expect(asideOf(back)?.name).toBe('wallet-3');
    expect(refusals(back, 'wallet-3')['rejoin']).toBeNull();
    expect(refusals(back, 'wallet-2')['rejoin']).toBe('wallet-3 follows it: bring that one back first');
    expect(refusals(back, 'wallet-4')['rejoin']).toBe('wallet-4 follows already and takes no writes');
  });
  it('does not wait for one that does not answer', () => {
    const alone = {
      ...back,
      instances: back.instances.map((each) => (each.name === 'wallet-3' ? { ...each, reach: 'lost' as const } : each)),
    };
    expect(asideOf(alone)?.name).toBe('wallet-2');
    expect(refusals(alone, 'wallet-2')['rejoin']).toBeNull();
  });
});

describe('who stands aside', () => {
  it('is nobody in a calm cluster', () => expect(asideOf(calm)).toBeUndefined());
  it('is first the one that takes writes', () => {
    const two = withInstance('wallet-2', { channels: [] });
    const both = {
      ...two,
      instances: two.instances.map((each) => (each.name === 'wallet-4' ? { ...each, readOnly: false } : each)),
    };
    expect(asideOf(two)?.name).toBe('wallet-2');
    expect(asideOf(both)?.name).toBe('wallet-4');
  });
});
