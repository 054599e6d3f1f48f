/** Two clocks: the wall clock for records, the monotonic one for every deadline (a laptop sleeps, NTP steps). */
export interface Clock {
  /** ms since the epoch. */
  nowMs(): number;
  /** ms, monotonic. */
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with an AbortError when the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
