import { parse, stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { Inventory } from '@shared/model/inventory';
import { printInventory, readInventoryFile } from './inventory-file';

const format = { parse: (text: string): unknown => parse(text), print: (value: unknown) => stringify(value) };
const inventory: Inventory = {
  version: 1,
  bastions: [
    {
      id: 'b1',
      name: 'gate',
      host: 'gate.example',
      port: 22,
      user: 'ops',
      auth: { method: 'key', keyFile: '~/.ssh/id' },
    },
    { id: 'b2', name: 'host-1', host: '10.0.0.1', port: 22, user: 'ops', auth: { method: 'agent' } },
  ],
  clusters: [
    {
      id: 'c1',
      name: 'wallet',
      user: 'midwatch',
      tls: { mode: 'verify-identity', caFile: '/ca.pem' },
      heartbeat: { kind: 'none' },
      pinned: true,
      connectionBudget: 3,
      traffic: {
        endpoint: { host: 'proxy.example', port: 6033 },
        repoint: { kind: 'http', url: 'https://consul.example/repoint', timeoutSeconds: 10 },
        fence: { kind: 'shell', command: '/usr/local/bin/power-off "$MIDWATCH_OLD_HOST"', timeoutSeconds: 30 },
      },
      instances: [
        {
          id: 'i1',
          name: 'wallet-1',
          host: '10.0.0.1',
          port: 3306,
          region: 'eu',
          via: ['b1'],
          hostAccess: { via: ['b1', 'b2'], service: 'mysqld.service', sudo: true },
        },
      ],
    },
  ],
};

describe('the inventory file', () => {
  it('holds names instead of ids, no secret, and reads back the same', () => {
    const text = printInventory(inventory, format);
    expect(text).not.toMatch(/password: |secret: |token|\bc1\b|\bi1\b|\bb2\b/);
    const read = readInventoryFile(text, format);
    expect(printInventory(read, format)).toBe(text);
    expect(read.clusters[0]?.instances[0]).toMatchObject({
      via: ['gate'],
      hostAccess: { via: ['gate', 'host-1'], service: 'mysqld.service', sudo: true },
    });
    expect(read.clusters[0]?.traffic).toEqual(inventory.clusters[0]?.traffic);
  });

  it.each([
    ['not yaml at all: [', 'inventory-corrupt'],
    ['just text', 'inventory-corrupt'],
    ['midwatch: 2', 'inventory-newer'],
    ['midwatch: 1\nbastions: []\nclusters: [{name: x}]', 'inventory-corrupt'],
    [printInventory(inventory, format).replace('- gate\n', '- elsewhere\n'), 'inventory-corrupt'],
    [printInventory(inventory, format).replace('- host-1\n', '- elsewhere\n'), 'inventory-corrupt'],
    [printInventory(inventory, format).replace('https://consul', 'https://ops:hidden@consul'), 'inventory-corrupt'],
    [printInventory(inventory, format).replace('https://consul', 'file://consul'), 'inventory-corrupt'],
  ])('refuses %j whole, with the reason', (text, code) => {
    expect(() => readInventoryFile(text, format)).toThrowError(expect.objectContaining({ code }));
  });
});
