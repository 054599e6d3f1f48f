import type { ReactNode } from 'react';

/** Label to the left, field to the right. */
export function FieldLine({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="field-line">
      <span>{label}</span>
      {children}
    </div>
  );
}
