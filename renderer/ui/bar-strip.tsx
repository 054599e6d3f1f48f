import type { ReactNode } from 'react';

const barWidth = 7;
const gap = 2;

/** A figure beside its earlier ones: one bar each, oldest first, the last one marked. null leaves a gap. */
export function BarStrip({
  values,
  max,
  label,
  height = 20,
}: {
  readonly values: readonly (number | null)[];
  /** Shared scale of a column. */
  readonly max: number;
  readonly label: string;
  readonly height?: number;
}): ReactNode {
  const width = Math.max(1, values.length) * (barWidth + gap);
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {values.map((value, index) => {
        const tall = value === null || max <= 0 ? 0 : Math.max(2, (value / max) * height);
        const last = index === values.length - 1;
        return (
          <rect
            // Bars have no identity but their place.
            key={index}
            x={index * (barWidth + gap)}
            y={height - tall}
            width={barWidth}
            height={tall}
            rx={1}
            fill={last ? 'var(--s1)' : 'var(--t3)'}
            opacity={last ? 1 : 0.55}
          />
        );
      })}
    </svg>
  );
}
