import { setMaxListeners } from 'node:events';
import type { MidwatchError } from '@shared/errors';

/** A signal that fires with the outer one, or after a time limit with an error of its own. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Gives the next stage its own full time. */
  restart(): void;
  /** Stops the timer. Must be called when the work is over. */
  clear(): void;
}

/** Joins a caller's signal with a time limit of `timeoutMs`, so that each says why it fired. */
export function startDeadline(outer: AbortSignal, timeoutMs: number, late: () => MidwatchError): Deadline {
  const controller = new AbortController();
  const start = () => setTimeout(() => controller.abort(late()), timeoutMs);
  const onOuter = () => controller.abort(outer.reason);
  // One signal of the caller may stand behind many attempts at once; each takes its listener back.
  setMaxListeners(0, outer);
  let timer = start();
  if (outer.aborted) onOuter();
  else outer.addEventListener('abort', onOuter, { once: true });
  return {
    signal: controller.signal,
    restart: () => {
      clearTimeout(timer);
      timer = start();
    },
    clear: () => {
      clearTimeout(timer);
      outer.removeEventListener('abort', onOuter);
    },
  };
}
