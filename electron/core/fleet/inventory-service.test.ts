import { describe, expect, it } from 'vitest';
import { MidwatchError } from '@shared/errors';
import type { Bastion, Inventory } from '@shared/model/inventory';
import { memorySecrets } from '../testing/memory-secrets';
import { FakeStore } from '../testing/memory-store';
import { realClock } from '../testing/real-clock';
import { ActivityLog } from './activity-log';
import { InventoryService } from './inventory-service';

const bastion = (name: string): Bastion => ({
  id: name,
  name,
  host: 'bastion',
  port: 22,
  user: 'oncall',
  auth: { method: 'agent' },
});

describe('an inventory that another process saved meanwhile', () => {
  it('is loaded again and shown, and the refused change is named', () => {
    const store = new FakeStore();
    const theirs: Inventory = { version: 1, bastions: [bastion('theirs')], clusters: [] };
    let conflict = false;
    const inventory = new InventoryService({
      store: {
        load: () => (conflict ? theirs : store.inventory.load()),
        save: (given) => {
          if (conflict) throw new MidwatchError('inventory-conflict', 'Another Midwatch saved the inventory');
          store.inventory.save(given);
        },
      },
      secrets: memorySecrets(),
      activity: new ActivityLog(store.activity, realClock),
      user: 'tester',
      newId: () => 'id',
    });
    inventory.saveBastion(bastion('mine'));
    let told = 0;
    inventory.onChange(() => (told += 1));
    conflict = true;
    expect(() => inventory.saveBastion(bastion('second'))).toThrow('Another Midwatch saved');
    expect(inventory.current).toBe(theirs);
    expect(told).toBe(1);
    expect(store.activities.map((one) => one.text)).toEqual(['Bastion mine added']);
  });
});
