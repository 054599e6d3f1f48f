import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatMariadbPosition,
  mariadbTransactionsBehind,
  parseMariadbPosition,
  sameMariadbPosition,
} from './mariadb-gtid';
import {
  countMysqlGtidSet,
  formatMysqlGtidSet,
  isMysqlGtidSubset,
  parseMysqlGtidSet,
  subtractMysqlGtidSet,
  unionMysqlGtidSet,
} from './mysql-gtid-set';

const a = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const b = '4e11fa47-71ca-11e1-9e33-c80aa9429562';

describe('MySQL GTID sets', () => {
  it.each([
    ['', '', 0n],
    [`${a}:1-5`, `${a}:1-5`, 5n],
    [`${a}:1-3:4-5:9`, `${a}:1-5:9`, 6n],
    [`${b}:7,\n${a}:1`, `${a}:1,${b}:7`, 2n],
    [`${a}:1-5:blue:1-2`, `${a}:1-5,${a}:blue:1-2`, 7n],
  ])('reads %j', (text, printed, count) => {
    const set = parseMysqlGtidSet(text);
    expect(formatMysqlGtidSet(set)).toBe(printed);
    expect(countMysqlGtidSet(set)).toBe(count);
  });

  it.each(['0-1-5', `${a}`, `${a}:x-3`, 'rubbish', `${a}:0-3`])('refuses %j', (text) => {
    expect(() => parseMysqlGtidSet(text)).toThrow('Not a GTID set');
  });

  const arbitrarySet = fc
    .array(fc.tuple(fc.constantFrom(a, b, `${a}:t`), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 9 })), {
      maxLength: 8,
    })
    .map((parts) => parts.map(([key, from, length]) => `${key}:${from}-${from + length}`).join(','));
  const members = (text: string): Set<string> => {
    const all = new Set<string>();
    for (const [key, intervals] of parseMysqlGtidSet(text)) {
      for (const [from, to] of intervals) for (let n = from; n <= to; n += 1n) all.add(`${key}:${n}`);
    }
    return all;
  };

  it('agrees with plain sets on union, difference and subset', () => {
    fc.assert(
      fc.property(arbitrarySet, arbitrarySet, (left, right) => {
        const [l, r] = [parseMysqlGtidSet(left), parseMysqlGtidSet(right)];
        const [ml, mr] = [members(left), members(right)];
        expect(members(formatMysqlGtidSet(unionMysqlGtidSet(l, r)))).toEqual(new Set([...ml, ...mr]));
        expect(members(formatMysqlGtidSet(subtractMysqlGtidSet(l, r)))).toEqual(
          new Set([...ml].filter((x) => !mr.has(x))),
        );
        expect(isMysqlGtidSubset(l, r)).toBe([...ml].every((x) => mr.has(x)));
      }),
    );
  });
});

describe('MariaDB positions', () => {
  it('counts what is missing, domain by domain', () => {
    expect(mariadbTransactionsBehind(parseMariadbPosition('0-1-6'), parseMariadbPosition('0-1-11,2-9-3'))).toBe(8n);
    expect(mariadbTransactionsBehind(parseMariadbPosition('0-1-11'), parseMariadbPosition('0-2-6'))).toBe(0n);
  });
  it('is equal only with the same last writer', () => {
    expect(sameMariadbPosition(parseMariadbPosition('0-1-5'), parseMariadbPosition('0-1-5'))).toBe(true);
    expect(sameMariadbPosition(parseMariadbPosition('0-1-5'), parseMariadbPosition('0-2-5'))).toBe(false);
  });
  it('prints what it read and refuses rubbish', () => {
    expect(formatMariadbPosition(parseMariadbPosition('1-2-9, 0-1-5'))).toBe('0-1-5,1-2-9');
    expect(() => parseMariadbPosition('x')).toThrow('Not a MariaDB GTID');
  });
});
