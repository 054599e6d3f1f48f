import type { ReactNode } from 'react';

/** Head of a group of fields: what they are for. */
export function FieldHead({ title, hint }: { readonly title: string; readonly hint: string }): ReactNode {
  return (
    <div className="field-head">
      <h3>{title}</h3>
      <span className="label">{hint}</span>
    </div>
  );
}
