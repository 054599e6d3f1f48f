import type { SkipReason, SkippedBytes } from '@shared/model/query-capture';

/** Bytes of a source that are in no statement, by reason. Together with the statements' bytes they are all bytes read. */
export class SkippedPlaces {
  readonly #places = new Map<SkipReason, { bytes: number; times: number; firstAtByte: number }>();

  add(reason: SkipReason, atByte: number, bytes: number): void {
    if (bytes <= 0) return;
    const place = this.#places.get(reason);
    if (place) {
      place.bytes += bytes;
      place.times++;
    } else this.#places.set(reason, { bytes, times: 1, firstAtByte: atByte });
  }

  get bytes(): number {
    return [...this.#places.values()].reduce((sum, place) => sum + place.bytes, 0);
  }

  /** The most bytes first. */
  toList(): readonly SkippedBytes[] {
    return [...this.#places]
      .map(([reason, place]) => ({ reason, ...place }))
      .sort((a, b) => b.bytes - a.bytes || a.firstAtByte - b.firstAtByte);
  }
}
