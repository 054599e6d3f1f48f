import type { CSSProperties, ReactNode } from 'react';

export type Tone = 'act' | 'watch' | 'run' | 'ok';

/** A bordered area with a 30 px head: title, quiet count, and to the right the age or the legend. */
export function Panel({
  title,
  note,
  right,
  children,
  flush = false,
  tone,
  className = '',
  style,
}: {
  readonly title?: string;
  readonly note?: ReactNode;
  readonly right?: ReactNode;
  readonly children: ReactNode;
  /** Without padding: tables and charts reach the border. */
  readonly flush?: boolean;
  readonly tone?: Tone | undefined;
  readonly className?: string;
  readonly style?: CSSProperties;
}): ReactNode {
  return (
    <section className={`panel ${tone ? `tone-${tone}` : ''} ${className}`} style={style} aria-label={title}>
      {title !== undefined && (
        <div className="panel-head">
          <h2>{title}</h2>
          {note !== undefined && <span className="panel-note ellipsis">{note}</span>}
          <span className="panel-right">{right}</span>
        </div>
      )}
      {flush ? children : <div className="panel-body">{children}</div>}
    </section>
  );
}
