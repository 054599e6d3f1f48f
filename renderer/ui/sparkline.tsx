import { memo, type ReactNode } from 'react';
import { sparklinePaths } from './sparkline-paths';

/** A trend in a row: one plain SVG path, at most 60 points, gaps left open. */
export const Sparkline = memo(function Sparkline({
  values,
  max,
  width = 76,
  height = 18,
  tone = 'var(--s1)',
  label,
}: {
  readonly values: readonly (number | null)[];
  /** Shared scale of a column; without it the line's own maximum. */
  readonly max?: number;
  readonly width?: number;
  readonly height?: number;
  readonly tone?: string;
  readonly label?: string;
}): ReactNode {
  const { line, area } = sparklinePaths(values, { width, height, max: max ?? null });
  return (
    <svg
      width={width}
      height={height}
      role="img"
      aria-label={label ?? 'trend'}
      style={{ display: 'block', flex: 'none' }}
    >
      <path d={area} fill={tone} opacity={0.13} />
      <path d={line} fill="none" stroke={tone} strokeWidth={1.25} strokeLinejoin="round" />
    </svg>
  );
});
