import type { ReactNode } from 'react';

/** Foot of a wizard, above the status bar: never scrolled away. */
export function DecisionBar({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <footer className="decision-bar" aria-label="Decision">
      {children}
    </footer>
  );
}
