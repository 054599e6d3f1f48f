import type { StepContext } from '../operation-kind';

/** The rate is that of the last seconds: a copy that slows down must be seen to. */
const windowMs = 5000;

/** Tells how far a copy is, with the rate of the last seconds and the time left. `total` null: not known. */
export function copyProgress(
  context: StepContext,
  total: number | null,
  unit: 'bytes' | 'transactions' = 'bytes',
): (text: string, done: number) => void {
  const seen: { readonly atMs: number; readonly done: number }[] = [];
  return (text, done) => {
    const atMs = context.clock.monotonicMs();
    seen.push({ atMs, done });
    while (seen.length > 2 && atMs - (seen[1]?.atMs ?? atMs) >= windowMs) seen.shift();
    const first = seen[0];
    const passedMs = first ? atMs - first.atMs : 0;
    const perSecond = first && passedMs >= 500 ? ((done - first.done) * 1000) / passedMs : null;
    const left = total === null ? null : Math.max(0, total - done);
    context.advance({
      text,
      done,
      total,
      unit,
      perSecond,
      secondsLeft: left === null || perSecond === null || perSecond <= 0 ? null : left / perSecond,
    });
  };
}

/** "412 MB", "1.3 GB". */
export const sizeWords = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.max(1, Math.round(bytes / 1e6))} MB`;
