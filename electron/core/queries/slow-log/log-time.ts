import { TimeLines } from './read-time';

const quarterHour = 900_000;

/**
 * When statements began. `SET timestamp` is UTC and wins; it names the second in which the statement began. A local time
 * (MariaDB, MySQL before 5.7) stands for all statements up to the next one, and its zone is found from a statement that has both.
 */
export class LogTime {
  readonly #lines = new TimeLines();
  #zoneMs: number | null = null;
  /** Statements whose time was local, in a zone that nothing in the log told: they were read as UTC. */
  withoutZone = 0;

  /** ms that the server's local time is ahead of UTC; null: the log does not tell. */
  get zoneMs(): number | null {
    return this.#zoneMs;
  }

  /** A line without a time (a clock that failed): the one before still stands. */
  readLine(bytes: Uint8Array, from: number, to: number): void {
    this.#lines.read(bytes, from, to);
  }

  /** A server started: what it wrote before it says nothing about what follows. */
  forget(): void {
    this.#lines.ms = NaN;
  }

  /**
   * @param timestampMs of `SET timestamp`; NaN without
   * @param seconds that the statement took: `# Time:` is written when it ends
   */
  ofStatement(timestampMs: number, seconds: number): number {
    const { ms, isLocal } = this.#lines;
    if (!Number.isNaN(timestampMs)) {
      if (isLocal && !Number.isNaN(ms)) this.#learnZone(ms - (timestampMs + seconds * 1000));
      return timestampMs;
    }
    if (Number.isNaN(ms)) return NaN;
    if (!isLocal) return ms - seconds * 1000;
    if (this.#zoneMs === null) this.withoutZone++;
    return ms - (this.#zoneMs ?? 0);
  }

  /** Zones are whole quarters of an hour. Further apart than any zone: the session had set its own timestamp. */
  #learnZone(aheadMs: number): void {
    const zone = Math.round(aheadMs / quarterHour) * quarterHour;
    if (Math.abs(zone) <= 14 * 3_600_000) this.#zoneMs = zone;
  }
}
