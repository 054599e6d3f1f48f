import { describe, expect, it } from 'vitest';
import { pressOf, stepRow } from './keyboard';

const press = (key: string, more: { ctrlKey?: boolean; shiftKey?: boolean } = {}): string =>
  pressOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

describe('keys as people write them', () => {
  it('names them', () => {
    expect(press('j')).toBe('J');
    expect(press('Enter', { ctrlKey: true })).toBe('Ctrl Enter');
    expect(press('?', { shiftKey: true })).toBe('?');
    expect(press('Escape')).toBe('Esc');
    expect(press('P', { shiftKey: true })).toBe('Shift P');
  });
});

describe('rows', () => {
  it('steps and stays at the ends', () => {
    expect(stepRow(['a', 'b'], null, 1)).toBe('a');
    expect(stepRow(['a', 'b'], 'a', 1)).toBe('b');
    expect(stepRow(['a', 'b'], 'b', 1)).toBe('b');
    expect(stepRow(['a', 'b'], 'gone', -1)).toBe('a');
    expect(stepRow([], null, 1)).toBeNull();
  });
});
