import { expect, test } from 'vitest';
import { moveTimes } from './recorded-server';

test('times in a reply go on and nothing moves from its place', () => {
  const reply = Buffer.from(
    '\x1a2026-11-22 19:20:59.500123|0000-00-00 00:00:00.000000\x111795375259.500000\xfe',
    'latin1',
  );
  const moved = moveTimes(reply, 1500);
  expect(moved.toString('latin1')).toBe(
    '\x1a2026-11-22 19:21:01.000123|0000-00-00 00:00:00.000000\x111795375261.000000\xfe',
  );
});
