import { describe, expect, it } from 'vitest';
import type { ClusterState, InstanceState } from '@shared/model/fleet';
import { demoChannel, demoCluster } from '../../dev/demo-fleet';
import { followRefusal, moveRefusal } from './can-follow';

/** wallet-1 above -2 and -3; -4 below -3, -5 below -4. */
const calm: ClusterState = (() => {
  const cluster = demoCluster({ name: 'wallet', regions: ['eu'], replicas: 4 });
  const sources: Readonly<Record<string, string>> = { 'wallet-4': 'wallet-3', 'wallet-5': 'wallet-4' };
  return {
    ...cluster,
    instances: cluster.instances.map((each) => {
      const source = sources[each.name];
      return source === undefined ? each : { ...each, channels: [demoChannel(source)] };
    }),
  };
})();
const uuid = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const changed = (name: string, more: Partial<InstanceState>): ClusterState => ({
  ...calm,
  instances: calm.instances.map((each) => (each.name === name ? { ...each, ...more } : each)),
});
const channel = (more: Partial<InstanceState['channels'][number]>): Partial<InstanceState> => ({
  channels: [{ ...demoChannel('wallet-1'), ...more }],
});

describe('who can follow whom, at a glance', () => {
  it.each<[string, string, string, ClusterState]>([
    ['wallet-4', 'wallet-1', '', calm],
    ['wallet-3', 'wallet-2', '', calm],
    ['wallet-4', 'wallet-3', 'wallet-4 follows it already', calm],
    ['wallet-3', 'wallet-4', 'follows wallet-3: a circle', calm],
    ['wallet-3', 'wallet-5', 'wallet-3 would follow itself through wallet-4', calm],
    ['wallet-4', 'wallet-2', 'does not answer', changed('wallet-2', { reach: 'lost' })],
    ['wallet-4', 'wallet-2', 'is another product', changed('wallet-2', { dialect: 'mariadb' })],
    ['wallet-4', 'wallet-2', 'follows nobody', changed('wallet-2', { channels: [] })],
    ['wallet-4', 'wallet-2', 'takes writes itself', changed('wallet-2', { readOnly: false })],
    ['wallet-4', 'wallet-2', 'receives nothing', changed('wallet-2', channel({ receiver: 'stopped' }))],
    ['wallet-4', 'wallet-2', 'applies nothing', changed('wallet-2', channel({ applier: 'stopped' }))],
    ['wallet-4', 'wallet-2', 'delayed by 60 s on purpose', changed('wallet-2', channel({ delaySeconds: 60 }))],
    ['wallet-4', 'wallet-2', 'filters what it replicates', changed('wallet-2', channel({ filters: ['a'] }))],
    [
      'wallet-4',
      'wallet-2',
      'holds transactions that the primary never had',
      changed('wallet-2', { errantGtid: `${uuid}:9` }),
    ],
    [
      'wallet-4',
      'wallet-2',
      'has purged what wallet-4 still needs',
      changed('wallet-2', { gtidPurged: `${uuid}:1-48210399` }),
    ],
    ['wallet-4', 'wallet-2', '', changed('wallet-2', { gtidPurged: `${uuid}:1-300` })],
  ])('%s below %s: %s', (replica, source, expected, cluster) =>
    expect(followRefusal(cluster, replica, source)).toBe(expected),
  );

  it('says who cannot be moved at all', () => {
    expect(moveRefusal(calm, 'wallet-2')).toBe('');
    expect(moveRefusal(calm, 'wallet-1')).toContain('is the primary');
    expect(moveRefusal(changed('wallet-2', { channels: [] }), 'wallet-2')).toBe('wallet-2 follows nobody: rejoin it');
  });
});
