import type { ReactNode } from 'react';

/** Says what would be here, and gives the one act that fills it. */
export function EmptyState({ text, children }: { readonly text: string; readonly children?: ReactNode }): ReactNode {
  return (
    <div className="empty">
      <span>{text}</span>
      {children}
    </div>
  );
}
