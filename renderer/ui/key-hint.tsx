import type { ReactNode } from 'react';

/** A key as printed on the keyboard. */
export function KeyHint({ children }: { readonly children: string }): ReactNode {
  return <kbd className="key-hint">{children}</kbd>;
}
