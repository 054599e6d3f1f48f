import { readLineTime } from './read-time';

const quarterHour = 900_000;

/**
 * When statements began. `SET timestamp` is UTC and wins; it names the second in which the statement began. A local time
 * (MariaDB, MySQL before 5.7) stands for all statements up to the next one, and its zone is found from a statement that has both.
 */
export class LogTime {
  #lineMs = NaN;
  #isLocal = false;
  #zoneMs: number | null = null;
  /** Statements whose time was local, in a zone that nothing in the log told: they were read as UTC. */
  withoutZone = 0;

  /** ms that the server's local time is ahead of UTC; null: the log does not tell. */
  get zoneMs(): number | null {
    return this.#zoneMs;
  }

  readLine(text: string, from: number, to: number): void {
    const { ms, isLocal } = readLineTime(text, from, to);
    // `# Time:` without a time (a clock that failed): the one before still stands.
    if (Number.isNaN(ms)) return;
    this.#lineMs = ms;
    this.#isLocal = isLocal;
  }

  /** A server started: what it wrote before it says nothing about what follows. */
  forget(): void {
    this.#lineMs = NaN;
  }

  /**
   * @param timestampMs of `SET timestamp`; NaN without
   * @param seconds that the statement took: `# Time:` is written when it ends
   */
  ofStatement(timestampMs: number, seconds: number): number {
    if (!Number.isNaN(timestampMs)) {
      if (this.#isLocal && !Number.isNaN(this.#lineMs)) this.#learnZone(timestampMs + seconds * 1000);
      return timestampMs;
    }
    if (Number.isNaN(this.#lineMs)) return NaN;
    if (!this.#isLocal) return this.#lineMs - seconds * 1000;
    if (this.#zoneMs === null) this.withoutZone++;
    return this.#lineMs - (this.#zoneMs ?? 0);
  }

  /** Zones are whole quarters of an hour. Further apart than any zone: the session had set its own timestamp. */
  #learnZone(endedMs: number): void {
    const zone = Math.round((this.#lineMs - endedMs) / quarterHour) * quarterHour;
    if (Math.abs(zone) <= 14 * 3_600_000) this.#zoneMs = zone;
  }
}
