import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderByKey } from './class-list-order';

const compared = (keys: readonly number[], sign: 1 | -1): readonly number[] =>
  keys.map((_, place) => place).toSorted((a, b) => sign * ((keys[a] ?? 0) - (keys[b] ?? 0)) || a - b);

describe('orderByKey', () => {
  it('is the order of comparison, equal keys in the order they came', () => {
    const key = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: -3, max: 3 }),
      fc.constant(-0),
    );
    fc.assert(
      fc.property(fc.array(key, { maxLength: 200 }), (keys) => {
        const typed = Float64Array.from(keys);
        expect([...orderByKey(typed, 'asc')]).toEqual(compared(keys, 1));
        expect([...orderByKey(typed, 'desc')]).toEqual(compared(keys, -1));
      }),
    );
  });
});
