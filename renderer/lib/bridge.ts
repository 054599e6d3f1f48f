import type { AppError } from '@shared/errors';
import type {
  Bridge,
  CallInput,
  CallName,
  CallOutput,
  StreamEvent,
  StreamInput,
  StreamName,
} from '@shared/ipc/contract';

declare global {
  interface Window {
    /** Put there by the preload script: the only way out of the window. */
    readonly midwatch: Bridge;
  }
}

/** A refused call. `error` holds what to show: what happened and the next step. */
export class CallError extends Error {
  readonly error: AppError;

  constructor(error: AppError) {
    super(error.message);
    this.name = 'CallError';
    this.error = error;
  }
}

/** The {@link AppError} inside anything that was thrown by {@link call}; a bug of the window becomes `internal`. */
export function errorOf(thrown: unknown): AppError {
  if (thrown instanceof CallError) return thrown.error;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'internal', message, nextStep: 'This is a defect of Midwatch: report it', details: {} };
}

/** Calls main. Rejects with {@link CallError}; an aborted `signal` cancels the work in main too. */
export async function call<Name extends CallName>(
  name: Name,
  input: CallInput<Name>,
  signal?: AbortSignal,
): Promise<CallOutput<Name>> {
  const callId = crypto.randomUUID();
  const cancel = (): void => window.midwatch.cancel(callId);
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    const result = await window.midwatch.call(name, input, callId);
    if (!result.ok) throw new CallError(result.error);
    return result.value;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

/** What a stream tells its reader. `onEnd` gets the error that closed it, or null. */
export interface StreamReader<Name extends StreamName> {
  readonly onEvent: (event: StreamEvent<Name>) => void;
  readonly onEnd: (error: AppError | null) => void;
}

/** Starts a stream; the returned function ends it. Events that come after the end are dropped. */
export function watch<Name extends StreamName>(
  name: Name,
  input: StreamInput<Name>,
  reader: StreamReader<Name>,
): () => void {
  let open = true;
  const stop = window.midwatch.watch(name, input, (message) => {
    if (!open) return;
    if (message.kind === 'event') {
      // Main built the event to the contract; it is not parsed a second time.
      reader.onEvent(message.event as StreamEvent<Name>);
      return;
    }
    open = false;
    reader.onEnd(message.result.ok ? null : message.result.error);
  });
  return () => {
    if (!open) return;
    open = false;
    stop();
  };
}
