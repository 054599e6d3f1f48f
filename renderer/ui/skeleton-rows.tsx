import type { ReactNode } from 'react';

const widths = ['62%', '48%', '71%', '55%', '66%', '43%'] as const;

/** Grey bars where rows will be; they come after 300 ms, so that a quick answer does not flash. */
export function SkeletonRows(): ReactNode {
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {widths.map((width) => (
        <i key={width} style={{ width }} />
      ))}
    </div>
  );
}
