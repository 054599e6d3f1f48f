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
  fluid = false,
}: {
  readonly values: readonly (number | null)[];
  /** Shared scale of a column; without it the line's own maximum. */
  readonly max?: number;
  readonly width?: number;
  readonly height?: number;
  readonly tone?: string;
  readonly label?: string;
  /** Takes the width of its place; `width` is then the drawing's own measure. */
  readonly fluid?: boolean;
}): ReactNode {
  const { line, area } = sparklinePaths(values, { width, height, max: max ?? null });
  return (
    <svg
      width={fluid ? '100%' : width}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      height={height}
      role="img"
      aria-label={label ?? 'trend'}
      style={{ display: 'block', flex: 'none' }}
    >
      <path d={area} fill={tone} opacity={0.13} />
      <path
        d={line}
        fill="none"
        stroke={tone}
        strokeWidth={1.25}
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
});
