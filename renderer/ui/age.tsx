import type { ReactNode } from 'react';
import { useNow } from '../lib/clock';
import { formatAge } from '../lib/format';

/** Three polls of one second: from here on a value is old. */
const oldMs = 3_000;

/** How old a value is, counting by itself; amber when older than three polls. `prefix` for "asked … ago". */
export function Age({
  atMs,
  oldAfterMs = oldMs,
  prefix = '',
  suffix = '',
}: {
  readonly atMs: number | null;
  readonly oldAfterMs?: number;
  readonly prefix?: string;
  readonly suffix?: string;
}): ReactNode {
  const now = useNow();
  if (atMs === null) return <span className="c-t3">never</span>;
  const age = now - atMs;
  return (
    <span className={age > oldAfterMs + 999 ? 'c-watch nowrap' : 'c-t3 nowrap'}>
      {prefix}
      {formatAge(age)}
      {suffix}
    </span>
  );
}
