import type { Client } from 'ssh2';

/**
 * Times one global request and its reply, in ms; null: no answer within the limit, or no connection.
 * It asks to end a forward that never existed, which every server answers (with a refusal) and none acts on
 * (RFC 4254 section 7.1); ssh2 offers no timed keep-alive.
 */
export function measureRoundTrip(client: Client, limitMs: number): Promise<number | null> {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const timer = setTimeout(() => resolve(null), limitMs);
    const answered = () => {
      clearTimeout(timer);
      resolve(performance.now() - startedMs);
    };
    try {
      client.unforwardIn('127.0.0.1', 1, answered);
    } catch {
      clearTimeout(timer);
      resolve(null);
    }
  });
}
