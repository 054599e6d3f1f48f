import { describe, expect, it } from 'vitest';
import type { Loss } from '@shared/model/plan';
import { lossFigure, lostBytes, unseenSeconds, unseenWords } from './loss-words';

const loss = (more: Partial<Loss>): Loss => ({
  basis: 'last-answer',
  transactions: 0,
  gtid: '',
  bytes: 0,
  unknownSeconds: 0,
  unknownTransactions: 0,
  sentence: '',
  ...more,
});

describe('the price in words', () => {
  it.each([
    ['a certain 0', loss({ basis: 'every-write-received' }), '0', 'ok'],
    ['a counted loss', loss({ basis: 'disk', transactions: 37 }), '37', 'act'],
    ['0 and an estimate', loss({ unknownSeconds: 0.8, unknownTransactions: 40 }), '0 + about 40', 'watch'],
    [
      '12 and an estimate',
      loss({ transactions: 12, unknownSeconds: 0.8, unknownTransactions: 40 }),
      '12 + about 40',
      'act',
    ],
    [
      '12 and no estimate',
      loss({ transactions: 12, unknownSeconds: 0.8, unknownTransactions: null }),
      '12 or more',
      'act',
    ],
    ['0 and no estimate', loss({ unknownSeconds: null, unknownTransactions: null }), '0 or more', 'watch'],
    ['nothing known', loss({ basis: 'unknown', transactions: null, unknownTransactions: null }), 'Not known', 'act'],
  ] as const)('%s', (_, of, value, tone) => expect(lossFigure(of)).toEqual({ value, tone }));

  it('never shows null as 0', () => {
    const dark = loss({
      basis: 'unknown',
      transactions: null,
      bytes: null,
      unknownSeconds: null,
      unknownTransactions: null,
    });
    expect([lossFigure(dark).value, lostBytes(dark), unseenSeconds(dark), unseenWords(dark)]).toEqual([
      'Not known',
      'Not known',
      'Not known',
      'a number not known',
    ]);
  });

  it('says how long nothing was seen, and how much that may be', () => {
    expect(unseenWords(loss({ unknownSeconds: 0.8, unknownTransactions: 40 }))).toBe('about 40 transactions in 0.80 s');
    expect(unseenWords(loss({ basis: 'disk', unknownSeconds: null, unknownTransactions: null }))).toBe('None');
    expect(unseenSeconds(loss({ basis: 'disk', unknownSeconds: null, unknownTransactions: null }))).toBe('–');
  });
});
