import { MidwatchError } from '@shared/errors';
import { StepFailure } from './operation-kind';

export interface StepTime {
  readonly signal: AbortSignal;
  /** Why the signal fired; '' when it did not. */
  reason(): string;
  end(): void;
}

/** A time limit joined with a cancel; says afterwards which of the two ended it. Timers run on the monotonic clock. */
export function withTime(timeoutMs: number, cancel: AbortSignal | null): StepTime {
  const controller = new AbortController();
  let reason = '';
  const stop = (why: string): void => {
    reason = reason || why;
    controller.abort();
  };
  const timer = setTimeout(() => stop(`The step did not end within ${timeoutMs / 1000} s`), timeoutMs);
  const onCancel = (): void => stop('Cancelled');
  if (cancel?.aborted) onCancel();
  cancel?.addEventListener('abort', onCancel);
  return {
    signal: controller.signal,
    reason: () => reason,
    end: () => {
      clearTimeout(timer);
      cancel?.removeEventListener('abort', onCancel);
    },
  };
}

/** Whatever a step's code threw, as the failure of the step. */
export function asFailure(thrown: unknown, reason: string): StepFailure {
  if (thrown instanceof StepFailure)
    return reason === '' ? thrown : new StepFailure(`${reason}: ${thrown.message}`, thrown.outcome, thrown);
  if (thrown instanceof MidwatchError) return new StepFailure(thrown.message, 'not-done', thrown);
  if (thrown instanceof Error && thrown.name === 'AbortError') return new StepFailure(reason || 'Cancelled');
  // A bug in a step must not leave a primary fenced: it is a failure like any other, and looks like a bug in the journal.
  return new StepFailure(`Defect: ${thrown instanceof Error ? thrown.message : String(thrown)}`, 'not-done', thrown);
}
