import type { ReactNode } from 'react';

/** Head of a screen: title, state, one line of facts, at most two acts to the right. */
export function PageHead({
  title,
  state,
  facts,
  children,
}: {
  readonly title: string;
  readonly state?: ReactNode;
  readonly facts?: ReactNode;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <header className="page-head">
      <h1>{title}</h1>
      {state}
      {facts !== undefined && <span className="facts ellipsis">{facts}</span>}
      <span className="grow" />
      {children}
    </header>
  );
}
