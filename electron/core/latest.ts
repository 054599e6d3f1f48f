/**
 * Turns a listener into an async iterable that keeps only the newest value: a slow window sees the present, never a queue
 * of the past. Ends when the signal fires.
 */
export async function* latest<T>(
  subscribe: (push: (value: T) => void) => () => void,
  signal: AbortSignal,
): AsyncGenerator<T> {
  let waiting: { readonly value: T } | null = null;
  let wake: (() => void) | null = null;
  const nudge = (): void => {
    wake?.();
    wake = null;
  };
  const end = subscribe((value) => {
    waiting = { value };
    nudge();
  });
  signal.addEventListener('abort', nudge, { once: true });
  const take = (): { readonly value: T } | null => {
    const taken = waiting;
    waiting = null;
    return taken;
  };
  try {
    while (!signal.aborted) {
      const taken = take();
      if (taken) yield taken.value;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    end();
    signal.removeEventListener('abort', nudge);
  }
}

/** As {@link latest}, but keeps every value in order: for logs, where each line counts. */
export async function* every<T>(
  subscribe: (push: (value: T) => void) => () => void,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const queue: T[] = [];
  let wake: (() => void) | null = null;
  const nudge = (): void => {
    wake?.();
    wake = null;
  };
  const end = subscribe((value) => {
    queue.push(value);
    nudge();
  });
  signal.addEventListener('abort', nudge, { once: true });
  try {
    while (!signal.aborted) {
      const next = queue.shift();
      if (next !== undefined) yield next;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    end();
    signal.removeEventListener('abort', nudge);
  }
}
