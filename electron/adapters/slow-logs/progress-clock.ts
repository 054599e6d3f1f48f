import type { DigestProgress } from '../../core/ports/slow-log-digester';

const everyMs = 250;

/** Tells how far a digest is, at most four times a second, and once at its end. */
export class ProgressClock {
  readonly #totalBytes: number | null;
  readonly #tell: (progress: DigestProgress) => void;
  readonly #startedAt = performance.now();
  #toldAt = performance.now();

  constructor(totalBytes: number | null, tell: (progress: DigestProgress) => void) {
    this.#totalBytes = totalBytes;
    this.#tell = tell;
  }

  tell(bytesRead: number, statements: number): void {
    if (performance.now() - this.#toldAt >= everyMs) this.tellLast(bytesRead, statements);
  }

  tellLast(bytesRead: number, statements: number): void {
    this.#toldAt = performance.now();
    const seconds = Math.max(0.001, (this.#toldAt - this.#startedAt) / 1000);
    this.#tell({ bytesRead, totalBytes: this.#totalBytes, bytesPerSecond: bytesRead / seconds, statements });
  }
}
