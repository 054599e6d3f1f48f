import { expect, it } from 'vitest';
import { classIdOf } from './class-id';

// Test vectors of the authors: isthe.com/chongo/src/fnv/test_fnv.c
it.each([
  ['', 'cbf29ce484222325'],
  ['a', 'af63dc4c8601ec8c'],
  ['foobar', '85944171f73967e8'],
])('is FNV-1a with 64 bits: %j', (text, id) => {
  expect(classIdOf(text)).toBe(id);
});

it('hashes UTF-8', () => {
  const ofBytes = (text: string): bigint =>
    Buffer.from(text, 'utf8').reduce(
      (hash, byte) => BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n),
      0xcbf29ce484222325n,
    );
  for (const text of ['größe', '表', '😀 select', 'select a from t where b = ?']) {
    expect(classIdOf(text)).toBe(ofBytes(text).toString(16).padStart(16, '0'));
  }
});

it('gives 100,000 like fingerprints ids of their own', () => {
  const ids = new Set(Array.from({ length: 100_000 }, (_, n) => classIdOf(`select c${n} from t${n % 7} where id = ?`)));
  expect(ids.size).toBe(100_000);
});
