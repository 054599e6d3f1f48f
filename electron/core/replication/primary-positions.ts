/** When this console first saw the primary at a position. */
interface SeenPosition {
  readonly atMs: number;
  readonly position: string;
}

const keepMs = 3_600_000;
const keepPoints = 3700;

/**
 * Remembers when the primary was where. From it follows the lag of any replica without a heartbeat row and without
 * trusting the replica's own word: a silent receiver shows growing lag as long as the primary writes.
 */
export class PrimaryPositions {
  #seen: SeenPosition[] = [];

  note(atMs: number, position: string): void {
    if (this.#seen.at(-1)?.position === position) return;
    this.#seen.push({ atMs, position });
    if (this.#seen.length > keepPoints || (this.#seen[0]?.atMs ?? atMs) < atMs - keepMs) this.#seen.shift();
  }

  /**
   * Age in seconds of the oldest primary position, seen before `replicaAskedAtMs`, that the replica has not applied;
   * 0 when it had all that was seen by then; null before anything was seen. Exact to one poll.
   */
  lagSeconds(replicaAskedAtMs: number, nowMs: number, hasApplied: (position: string) => boolean): number | null {
    let low = 0;
    let high = this.#seen.findLastIndex((seen) => seen.atMs <= replicaAskedAtMs) + 1;
    if (high === 0) return null;
    const end = high;
    // Positions only grow, so "applied" is true up to one point and false after it.
    while (low < high) {
      const middle = (low + high) >> 1;
      if (hasApplied(this.#seen[middle]?.position ?? '')) low = middle + 1;
      else high = middle;
    }
    if (low === end) return 0;
    return Math.max(0, (nowMs - (this.#seen[low]?.atMs ?? nowMs)) / 1000);
  }

  /** The primary changed: what was seen of another server says nothing. */
  clear(): void {
    this.#seen = [];
  }
}
