import { describe, expect, it } from 'vitest';
import type { Bastion, Cluster, Inventory } from '@shared/model/inventory';
import { memorySecrets } from '../testing/memory-secrets';
import { FakeStore } from '../testing/memory-store';
import { realClock } from '../testing/real-clock';
import { ActivityLog } from './activity-log';
import { InventoryService } from './inventory-service';

const bastion = (id: string): Bastion => ({
  id,
  name: `${id}-name`,
  host: `${id}.example`,
  port: 22,
  user: 'oncall',
  auth: { method: 'agent' },
});
const cluster: Cluster = {
  id: 'c1',
  name: 'wallet',
  user: 'midwatch',
  tls: { mode: 'off' },
  heartbeat: { kind: 'none' },
  pinned: false,
  connectionBudget: 3,
  traffic: { repoint: { kind: 'http', url: 'https://hooks.example/move', timeoutSeconds: 5 } },
  instances: [
    {
      id: 'i1',
      name: 'wallet-1',
      host: '10.0.0.1',
      port: 3306,
      via: ['gate'],
      hostAccess: { via: ['gate', 'host'], sudo: false },
    },
  ],
};
const start: Inventory = {
  version: 1,
  bastions: [bastion('gate'), bastion('host'), bastion('spare')],
  clusters: [cluster],
};
const token = { kind: 'hook-token', id: 'c1' } as const;

function service() {
  const store = new FakeStore();
  store.inventory.save(start);
  const secrets = memorySecrets();
  let made = 0;
  const inventory = new InventoryService({
    store: store.inventory,
    secrets,
    activity: new ActivityLog(store.activity, realClock),
    user: 'tester',
    newId: () => `new-${(made += 1)}`,
  });
  return { inventory, secrets, store };
}

/** As a file has it: names for ids. */
const asFile = (url: string): Inventory => ({
  version: 1,
  bastions: start.bastions.map((one) => ({ ...one, id: one.name })),
  clusters: [
    {
      ...cluster,
      id: 'wallet',
      traffic: { repoint: { kind: 'http', url, timeoutSeconds: 5 } },
      instances: cluster.instances.map((one) => ({
        ...one,
        id: 'wallet/wallet-1',
        via: ['gate-name'],
        hostAccess: { via: ['gate-name', 'host-name'], sudo: false },
      })),
    },
  ],
});

describe('host access', () => {
  it('names bastions that are there', () => {
    const { inventory } = service();
    const stray = {
      ...cluster,
      instances: cluster.instances.map((one) => ({ ...one, hostAccess: { via: ['gone'], sudo: false } })),
    };
    expect(() => inventory.saveCluster(stray)).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringContaining('host of wallet-1') as string,
      }),
    );
    inventory.saveCluster(cluster);
  });

  it('keeps a bastion that is only the way to a host', () => {
    const { inventory } = service();
    expect(() => inventory.removeBastion('host')).toThrow(
      expect.objectContaining({
        code: 'inventory-conflict',
        message: 'This bastion is the way to the host of wallet-1 in wallet',
      }),
    );
    expect(() => inventory.removeBastion('gate')).toThrow(expect.objectContaining({ code: 'inventory-conflict' }));
    inventory.removeBastion('spare');
    expect(inventory.current.bastions).toHaveLength(2);
  });

  it('is imported with the ids that the bastions have here', () => {
    const { inventory } = service();
    expect(inventory.merge(asFile('https://hooks.example/move'))).toMatchObject({ unchanged: ['wallet'] });
    expect(inventory.current.clusters).toEqual([cluster]);
  });
});

describe('hooks', () => {
  it('hold no password in their address', () => {
    const { inventory } = service();
    const traffic: Cluster['traffic'] = {
      fence: { kind: 'http', url: 'https://ops:hidden@hooks.example/', timeoutSeconds: 5 },
    };
    expect(() => inventory.saveCluster({ ...cluster, traffic })).toThrow(
      expect.objectContaining({ code: 'invalid-input', nextStep: expect.stringContaining('hook token') as string }),
    );
  });

  it('lose their token when an imported file sends it elsewhere', () => {
    const { inventory, secrets, store } = service();
    secrets.set(token, 's3cret');
    inventory.merge(asFile('https://hooks.example/other-path'));
    expect(secrets.get(token)).toBe('s3cret');
    expect(inventory.merge(asFile('https://elsewhere.example/move')).secretsWanted).toContain('hook token of wallet');
    expect(secrets.get(token)).toBeNull();
    expect(store.activities.at(-1)?.text).toContain('read the hooks of wallet');
  });

  it('lose the password of their proxy when an imported file sends it elsewhere', () => {
    const { inventory, secrets } = service();
    const password = { kind: 'traffic-password', id: 'c1' } as const;
    const proxysql = (admin: string): Cluster['traffic'] => ({
      repoint: { kind: 'proxysql', admins: [admin], user: 'radmin', writerHostgroup: 10, timeoutSeconds: 5 },
    });
    inventory.saveCluster({ ...cluster, traffic: proxysql('10.0.0.9:6032') });
    secrets.set(password, 's3cret');
    const file = (admin: string): Inventory => {
      const read = asFile('https://hooks.example/');
      return { ...read, clusters: read.clusters.map((one) => ({ ...one, traffic: proxysql(admin) })) };
    };
    inventory.merge(file('10.0.0.9:6032'));
    expect(secrets.get(password)).toBe('s3cret');
    expect(inventory.merge(file('192.0.2.1:6032')).secretsWanted).toContain('proxy password of wallet');
    expect(secrets.get(password)).toBeNull();
  });

  it('lose their token with their cluster', () => {
    const { inventory, secrets } = service();
    secrets.set(token, 's3cret');
    inventory.removeCluster('c1');
    expect(secrets.get(token)).toBeNull();
  });
});
