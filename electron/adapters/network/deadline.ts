import { MidwatchError } from '@shared/errors';

/** A signal that fires with the outer one, or after `timeoutMs` with the error that `late` makes. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Stops the timer. Must be called when the work is over. */
  clear(): void;
}

/** Joins a caller's signal with a time limit of its own, so that each says why it fired. */
export function startDeadline(outer: AbortSignal, timeoutMs: number, late: () => MidwatchError): Deadline {
  const controller = new AbortController();
  const onOuter = () => controller.abort(outer.reason);
  const timer = setTimeout(() => controller.abort(late()), timeoutMs);
  if (outer.aborted) onOuter();
  else outer.addEventListener('abort', onOuter, { once: true });
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      outer.removeEventListener('abort', onOuter);
    },
  };
}
