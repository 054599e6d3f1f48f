import { describe, expect, it } from 'vitest';
import { findLongestGap, findMissing, formatEntry, parseLedger, type LedgerEntry } from './ledger';

function entry(seq: number, atMs: number, rest: Partial<LedgerEntry> = {}): LedgerEntry {
  return { outcome: 'acknowledged', writer: 1, seq, port: 1000, atMs, ...rest };
}

describe('the ledger', () => {
  it('reads what it wrote', () => {
    const entries = [entry(1, 1_700_000_000_000.125), entry(2, 1_700_000_000_001, { outcome: 'unknown', port: 2000 })];
    expect(parseLedger(entries.map(formatEntry).join(''))).toEqual(entries);
  });

  it('leaves out a last line that a crash cut short', () => {
    const text = formatEntry(entry(1, 5)) + formatEntry(entry(2, 6)).slice(0, -3);
    expect(parseLedger(text)).toEqual([entry(1, 5)]);
  });

  it('finds acknowledged writes without a row, by writer and sequence', () => {
    const written = [entry(1, 1), entry(2, 2), entry(2, 2, { writer: 9 })];
    expect(
      findMissing(written, [
        [1, 1],
        [9, 2],
      ]),
    ).toEqual([entry(2, 2)]);
  });

  it('finds the longest gap between acknowledged writes of any writer, in order of time', () => {
    const entries = [
      entry(3, 900, { port: 2000 }),
      entry(1, 100),
      entry(2, 150),
      entry(9, 500, { outcome: 'unknown' }),
    ];
    expect(findLongestGap(entries)).toEqual({ gapMs: 750, fromPort: 1000, toPort: 2000 });
    expect(findLongestGap([entry(1, 1)])).toBeUndefined();
  });
});
