import { describe, expect, it } from 'vitest';
import { sparklinePaths, thin } from './sparkline-paths';

const box = { width: 12, height: 13, max: 10 };

describe('sparkline', () => {
  it('breaks the line where there is no data', () => {
    const { line } = sparklinePaths([1, 2, null, 3, 4], box);
    expect(line.match(/M/g)).toHaveLength(2);
  });

  it('clips at the shared maximum', () => {
    expect(sparklinePaths([0, 1_000], box).line).toBe('M1.0 11.5L11.0 1.5');
  });

  it('draws nothing of nothing', () => {
    expect(sparklinePaths([], box)).toEqual({ line: '', area: '' });
    expect(sparklinePaths([null, null], box)).toEqual({ line: '', area: '' });
  });

  it('keeps spikes when it thins', () => {
    const values = Array.from({ length: 600 }, (_, index) => (index === 301 ? 99 : 1));
    expect(thin(values)).toHaveLength(60);
    expect(Math.max(...thin(values).map((value) => value ?? 0))).toBe(99);
  });
});
