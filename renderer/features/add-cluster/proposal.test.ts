import { expect, it } from 'vitest';
import type { DiscoveredInstance, Discovery } from '@shared/model/discovery';
import { noEdits, proposalRows } from './proposal';

const found = (name: string, more: Partial<DiscoveredInstance> = {}): DiscoveredInstance => ({
  host: name,
  port: 3306,
  name,
  askedFrom: 'seed',
  reached: true,
  role: 'replica',
  version: '9.7.4',
  sources: [],
  ...more,
});
const discovery: Discovery = {
  state: 'done',
  suggestedName: 'wallet',
  asked: 3,
  instances: [
    found('db-10'),
    found('db-9'),
    found('db-3', { reached: false, role: 'unknown' }),
    found('db-1', { role: 'primary' }),
  ],
};

it('proposes what was reached, primary first, and leaves the rest to the person', () => {
  const rows = proposalRows(discovery, noEdits);
  expect(rows.map((row) => [row.name, row.take])).toEqual([
    ['db-1', true],
    ['db-9', true],
    ['db-10', true],
    ['db-3', false],
  ]);
});

it('applies what the person changed', () => {
  const rows = proposalRows(discovery, { name: null, instances: { 'db-3:3306': { take: true, region: 'us' } } });
  expect(rows.at(-1)).toMatchObject({ take: true, region: 'us' });
});
