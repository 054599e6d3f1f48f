/**
 * What each statement of a class asks and changes, side by side in 128 bytes: an object with such fields has a place of its
 * own in memory for each of them.
 */
export const figure = {
  calls: 0,
  seconds: 1,
  errors: 2,
  /** 1 once the log said of a statement whether it failed. */
  knowsErrors: 3,
  /** ms since the epoch; NaN while no statement had a time. */
  firstMs: 4,
  lastMs: 5,
  /** The layout of the class's first header, NaN before, and statements that have it. */
  layout: 6,
  ofLayout: 7,
  /** Calls at which the quantiles are looked up again, and what they were; NaN before. */
  lookAt: 8,
  medianSeconds: 9,
  p95Seconds: 10,
  /** Of the samples: NaN while there is none. */
  slowestSeconds: 11,
  mostRows: 12,
  heldMedianSeconds: 13,
  heldP95Seconds: 14,
  /** Samples that chance keeps. */
  byChance: 15,
} as const;

const unknownAtFirst = [
  ...[figure.firstMs, figure.lastMs, figure.layout, figure.medianSeconds, figure.p95Seconds],
  ...[figure.slowestSeconds, figure.mostRows, figure.heldMedianSeconds, figure.heldP95Seconds],
];

const width = 16;
const startClasses = 512;

/** The figures of all classes of one capture. */
export class ClassFigures {
  /** Read it anew for each statement: it is another one when there are more classes. */
  numbers = new Float64Array(startClasses * width);
  #classes = 0;

  /** @returns place of the first figure of a new class; {@link figure} says where the others are */
  open(): number {
    const at = this.#classes++ * width;
    if (at === this.numbers.length) {
      const grown = new Float64Array(at * 2);
      grown.set(this.numbers);
      this.numbers = grown;
    }
    for (const unknown of unknownAtFirst) this.numbers[at + unknown] = NaN;
    return at;
  }
}
