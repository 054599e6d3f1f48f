import { useSyncExternalStore } from 'react';

const stepMs = 1_000;
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const readers = new Set<() => void>();

function subscribe(reader: () => void): () => void {
  readers.add(reader);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of readers) each();
  }, stepMs);
  return () => {
    readers.delete(reader);
    if (readers.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

const read = (): number => now;

/** This computer's time in ms, to the second: one timer for the whole window, so that all ages step together. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, read, read);
}
