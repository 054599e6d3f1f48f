import type { ReactNode } from 'react';

/** The mark: half a day, half a night, the hand at midnight. */
export function Logo({ size = 16 }: { readonly size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden>
      <circle cx="8" cy="8" r="7" fill="none" stroke="var(--t1)" strokeWidth="1.4" />
      <path d="M8 1a7 7 0 0 1 0 14z" fill="var(--t1)" />
      <path d="M8 8V3.6" stroke="var(--run)" strokeWidth="1.6" strokeLinecap="round" />
    </svg>
  );
}
