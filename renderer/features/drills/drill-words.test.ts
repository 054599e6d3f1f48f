import { describe, expect, it } from 'vitest';
import { demoDrills, demoLiveDrill } from '../../dev/demo-drill';
import { changeWords, isLive, phaseParts, rpoWords, rtosUpTo, stagesOf } from './drill-words';

const nowMs = 1_000 * 86_400_000;
const drills = demoDrills(nowMs);
const [newest] = drills;
if (!newest) throw new Error('no demo drill');

describe('drills', () => {
  it('compares an RTO with the earlier ones of its cluster and kind, oldest first', () => {
    expect(rtosUpTo(newest, [...drills, demoLiveDrill('running', nowMs)])).toEqual([
      21_300,
      24_800,
      null,
      17_100,
      18_400,
    ]);
    expect(rtosUpTo({ ...newest, kind: 'switchover' }, drills)).toEqual([1_210, 820, 742]);
  });

  it('says the change against the last that was measured', () => {
    expect(changeWords([20_000, null, 17_000])).toBe('−3.0 s');
    expect(changeWords([17_000, 17_500])).toBe('+0.50 s');
    expect(changeWords([17_000])).toBe('');
    expect(changeWords([17_000, null])).toBe('');
  });

  it('goes through the stages of its kind only', () => {
    expect(stagesOf({ kind: 'switchover', unattended: true })).toEqual([
      'Preparing',
      'Planning',
      'Running',
      'Measuring',
    ]);
    expect(stagesOf({ kind: 'failover', unattended: false })).toContain('Waits for you');
  });

  it('never shows what was not measured as 0', () => {
    expect(rpoWords({ ...newest, missing: null })).toBe('Not measured');
    expect(rpoWords({ ...newest, missing: 0, acknowledged: 0 })).toBe('Not measured');
    expect(rpoWords({ ...newest, missing: 2, acknowledged: 18_204 })).toBe('2 of 18,204');
  });

  it('draws one part a phase', () => {
    expect(phaseParts(newest).map((part) => part.name)[0]).toBe('detect');
    expect(isLive(demoLiveDrill('detecting', nowMs))).toBe(true);
  });
});
