import { expect, it } from 'vitest';
import { demoDrillPlan } from '../../dev/demo-drill';
import { startRefusal } from './start-refusal';

const ready = {
  cluster: 'wallet',
  plan: demoDrillPlan('wallet', 'failover', 1),
  failed: false,
  locked: false,
  typed: 'wallet',
  busyWith: false,
};

it('starts a drill only on a calm, unlocked cluster whose name was typed', () => {
  expect(startRefusal(ready)).toBeNull();
  expect(startRefusal({ ...ready, typed: 'wall' })).toBe('cluster name not typed yet');
  expect(startRefusal({ ...ready, locked: true })).toBe('wallet is locked');
  expect(startRefusal({ ...ready, plan: demoDrillPlan('orders-eu', 'failover', 1) })).toBe('it cannot be drilled now');
  expect(startRefusal({ ...ready, plan: undefined })).toBe('asking every instance');
  expect(startRefusal({ ...ready, plan: undefined, failed: true })).toBe('it could not be planned');
  expect(startRefusal({ ...ready, cluster: null })).toBe('no cluster chosen');
  expect(startRefusal({ ...ready, busyWith: true })).toBe('a drill is at work');
});
