import { memo, type ReactNode } from 'react';
import { highlightSql } from './highlight-sql';

/** SQL to read, coloured. `framed` puts it on a raised ground. */
export const SqlBlock = memo(function SqlBlock({
  sql,
  framed = true,
}: {
  readonly sql: string;
  readonly framed?: boolean;
}): ReactNode {
  return (
    <pre className={framed ? 'sql framed' : 'sql'}>
      {highlightSql(sql).map((part, index) => (
        // Parts of one text have no identity but their place.
        <span key={index} className={part.kind}>
          {part.text}
        </span>
      ))}
    </pre>
  );
});
