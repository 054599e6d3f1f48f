import { describe, expect, it } from 'vitest';
import {
  formatAge,
  formatBareSeconds,
  formatBytes,
  formatCompact,
  formatCount,
  formatExactClock,
  formatMoment,
  formatMs,
  formatRemaining,
  formatSeconds,
  formatTime,
  plural,
  shortGtid,
} from './format';

const night = Date.UTC(2026, 10, 22, 3, 9, 41, 652);

describe('figures', () => {
  it.each([
    [48_210_377, '48,210,377'],
    [0, '0'],
    [1204.4, '1,204'],
    [0.4, '0.4'],
    [null, '–'],
  ])('counts %s as %s', (value, text) => expect(formatCount(value)).toBe(text));

  it.each([
    [null, '–'],
    [0, '0 s'],
    [0.0000042, '4.2 µs'],
    [0.000042, '42 µs'],
    [0.00042, '420 µs'],
    [0.0034, '3.40 ms'],
    [0.0884, '88.4 ms'],
    [0.412, '412 ms'],
    [1.31, '1.31 s'],
    [61.2 * 3600, '2 d'],
  ])('%s seconds read %s', (seconds, words) => expect(formatTime(seconds)).toMatch(new RegExp(`^${words}`)));

  it('shortens from a million', () => {
    expect(formatCompact(1_900_000)).toBe('1.9 M');
    expect(formatCompact(240_988)).toBe('240,988');
  });

  it.each([
    [0, '0 s'],
    [0.08, '0.08 s'],
    [0.999, '1.0 s'],
    [48.2, '48.2 s'],
    [59.97, '1 min 00 s'],
    [842, '14 min 02 s'],
    [5 * 3600, '5 h'],
    [9 * 86_400, '9 d'],
    [null, '–'],
  ])('seconds %s as %s', (seconds, text) => expect(formatSeconds(seconds)).toBe(text));

  it.each([
    [3_600, '3,600'],
    [48.21, '48.2'],
    [0.08, '0.08'],
    [0, '0'],
  ])('seconds under a head with the unit: %s as %s', (seconds, text) => expect(formatBareSeconds(seconds)).toBe(text));

  it.each([
    [3.42, '3.4 ms'],
    [412, '412 ms'],
    [1310, '1.31 s'],
    [842_000, '14 min 02 s'],
  ])('milliseconds %s as %s', (ms, text) => expect(formatMs(ms)).toBe(text));

  it.each([
    [112_000, '112 kB'],
    [6_300_000, '6.3 MB'],
    [412e9, '412 GB'],
    [17, '17 B'],
  ])('bytes %s as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('time', () => {
  it('gives the clock alone today, the weekday within a week, the date before', () => {
    expect(formatMoment(night, night + 60_000)).toBe('03:09:41');
    expect(formatMoment(Date.UTC(2026, 10, 21, 14, 20), night)).toBe('Sat 14:20');
    expect(formatMoment(Date.UTC(2026, 10, 10, 14, 20), night)).toBe('10 Nov');
  });

  it('keeps thousandths for evidence', () => expect(formatExactClock(night)).toBe('03:09:41.652'));

  it.each([
    [-300, '0 s'],
    [48_700, '48 s'],
    [12 * 60_000, '12 min'],
    [5 * 3_600_000, '5 h'],
    [9 * 86_400_000, '9 d'],
    [null, '–'],
  ])('age %s as %s', (age, text) => expect(formatAge(age)).toBe(text));

  it('counts down to the second', () => {
    expect(formatRemaining(25_100)).toBe('26 s');
    expect(formatRemaining(242_000)).toBe('4 min 02 s');
    expect(formatRemaining(-5)).toBe('0 s');
  });
});

describe('words', () => {
  it('shortens a source id and keeps the numbers', () =>
    expect(shortGtid('3e11fa47-71ca-11e1-9e33-c80aa9429562:1-48210377')).toBe('3e11fa47-…:1-48210377'));

  it('agrees in number', () => {
    expect(plural(1, 'replica')).toBe('1 replica');
    expect(plural(2, 'replica')).toBe('2 replicas');
  });
});
