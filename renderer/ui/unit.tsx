import type { ReactNode } from 'react';

/** The unit behind a figure, quieter than the figure. */
export function Unit({ children }: { readonly children: string }): ReactNode {
  return <span className="unit">{children}</span>;
}
