import { describe, expect, test } from 'vitest';
import { findGap, type Acknowledged } from './traffic';

const row = (port: number, atMs: number, isProbe = true): Acknowledged => ({
  writer: 1,
  seq: atMs,
  port,
  atMs,
  isProbe,
});

describe('the write gap', () => {
  test('is from the last row on the old primary to the first on another', () =>
    expect(findGap([row(1, 10), row(2, 90), row(1, 30), row(2, 75)], 1)).toEqual({
      writeGapMs: 45,
      lastOldMs: 30,
      firstNewMs: 75,
      newPort: 2,
    }));
  test('is not the load’s', () => expect(findGap([row(1, 10), row(2, 20, false), row(2, 50)], 1).writeGapMs).toBe(40));
  test('of a primary that did not change is refused', () => expect(() => findGap([row(1, 10)], 1)).toThrow('did not'));
});
