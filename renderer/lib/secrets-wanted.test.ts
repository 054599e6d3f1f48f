import { describe, expect, it } from 'vitest';
import type { ClusterState } from '@shared/model/fleet';
import type { Bastion } from '@shared/model/inventory';
import { demoCluster } from '../dev/demo-fleet';
import { secretsWanted } from './secrets-wanted';

const bastion: Bastion = {
  id: 'b1',
  name: 'bastion-eu',
  host: 'eu.example',
  port: 22,
  user: 'oncall',
  auth: { method: 'key', keyFile: '~/.ssh/id' },
};
const waiting = (details: Readonly<Record<string, string>>): ClusterState => {
  const cluster = demoCluster({ name: 'wallet', regions: ['eu'], replicas: 2 });
  const error = { code: 'secret-missing' as const, message: 'No password', nextStep: '', details };
  return { ...cluster, instances: cluster.instances.map((each) => ({ ...each, reach: 'never' as const, error })) };
};

describe('secrets wanted', () => {
  it('names the password of the cluster once', () => {
    const cluster = waiting({});
    expect(secretsWanted(cluster, [])).toEqual([
      { ref: { kind: 'cluster-password', id: cluster.id }, label: 'Password of wallet', why: 'No password' },
    ]);
  });

  it('names the bastion whose password or passphrase is missing', () => {
    expect(secretsWanted(waiting({ bastionId: 'b1' }), [bastion])[0]?.ref).toEqual({
      kind: 'bastion-password',
      id: 'b1',
    });
    expect(secretsWanted(waiting({ file: '/home/me/.ssh/id' }), [bastion])[0]?.ref).toEqual({
      kind: 'bastion-passphrase',
      id: 'b1',
    });
  });

  it('wants nothing of a cluster that answers', () => {
    expect(secretsWanted(demoCluster({ name: 'wallet', regions: ['eu'], replicas: 2 }), [])).toEqual([]);
  });
});
