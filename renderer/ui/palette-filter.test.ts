import { describe, expect, it } from 'vitest';
import { filterPalette, type PaletteEntry } from './palette-filter';

const entry = (more: Partial<PaletteEntry> & Pick<PaletteEntry, 'title'>): PaletteEntry => ({
  id: more.title,
  group: 'Go to',
  kind: 'place',
  mark: 'note',
  detail: '',
  atStart: false,
  run: () => undefined,
  ...more,
});

const entries = [
  entry({
    title: 'Open orders-eu',
    group: 'Do next',
    kind: 'finding',
    mark: 'act',
    detail: 'primary unreachable',
    atStart: true,
  }),
  entry({ title: 'Fleet', atStart: true }),
  entry({ title: 'db-3', kind: 'instance', detail: 'orders-eu, replica' }),
  entry({ title: 'Plan switchover on wallet…', group: 'Do', kind: 'act', refusal: 'not possible' }),
];
const titles = (query: string): readonly string[] => filterPalette(entries, query).map((each) => each.title);

describe('palette', () => {
  it('starts with what matters and the places', () => expect(titles('')).toEqual(['Open orders-eu', 'Fleet']));
  it('keeps the act that matters now on top while one types something else', () =>
    expect(titles('db-3')).toEqual(['Open orders-eu', 'db-3']));
  it('narrows by prefix', () => {
    expect(titles('>')).toEqual(['Plan switchover on wallet…']);
    expect(titles('@db')).toEqual(['db-3']);
    expect(titles('# unreach')).toEqual(['Open orders-eu']);
  });
  it('wants every word', () => expect(titles('wallet plan')).toContain('Plan switchover on wallet…'));
});
