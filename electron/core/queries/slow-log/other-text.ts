import { judgeOtherText } from './judge-other-text';
import type { SkippedPlaces } from './skipped-places';

const sampleLength = 4_096;

/** Text where a header should be. What it is shows only when the next header comes, or none. */
export class OtherText {
  readonly #skipped: SkippedPlaces;
  #sample = '';
  #firstAtByte = 0;
  #bytes = 0;
  #isBeforeFirst = true;
  /** The line goes on in the next piece. */
  isInLine = false;

  constructor(skipped: SkippedPlaces) {
    this.#skipped = skipped;
  }

  add(text: string, atByte: number, endsLine: boolean): void {
    if (this.#bytes === 0) this.#firstAtByte = atByte;
    if (this.#sample.length < sampleLength) this.#sample += text.slice(0, sampleLength - this.#sample.length);
    this.#bytes += text.length;
    this.isInLine = !endsLine;
  }

  /** @param isHeaderNext false: the source ends here */
  settle(isHeaderNext: boolean): void {
    const kind = judgeOtherText(this.#sample, isHeaderNext);
    const isOurs = kind === 'starts-mid-event' || kind === 'not-a-slow-log';
    this.#skipped.add(isOurs && !this.#isBeforeFirst ? 'unreadable-header' : kind, this.#firstAtByte, this.#bytes);
    this.#sample = '';
    this.#bytes = 0;
    this.isInLine = false;
    if (isHeaderNext) this.#isBeforeFirst = false;
  }
}
