import { MidwatchError } from '@shared/errors';
import { startDeadline } from '../network/deadline';
import { orAborted } from '../network/or-aborted';

/** Ms: no stage of a path test takes longer. */
export const defaultStageMs = 10_000;

/** Runs one stage under its own limit; the caller's abort passes through as it is. */
export async function limited<T>(
  outer: AbortSignal,
  limitMs: number,
  what: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = startDeadline(outer, limitMs, () => stageTimedOut(what, limitMs));
  try {
    return await orAborted(work(deadline.signal), deadline.signal);
  } finally {
    deadline.clear();
  }
}

/** What a stage that ended at its limit says. */
export function stageTimedOut(what: string, limitMs: number): MidwatchError {
  return new MidwatchError('connection-timeout', `${what} did not answer within ${limitMs / 1_000} s`, {
    nextStep: 'Check the address, and that a firewall lets this way through; an overloaded server does this too',
    details: { timeoutMs: limitMs },
  });
}
