import type { SampleReason } from '@shared/model/query-capture';
import type { SlowLogEvent } from '../slow-log/slow-log-event';
import { figure, type ClassFigures } from './class-figures';
import type { MetricTable } from './metric-table';

/** Bytes of a statement that are kept. */
const maxText = 65_536;
/** Statements of a class that chance keeps, so that an experiment has different values to try. */
const mostByChance = 10;
/** Longer ones are not kept for that. */
const maxByChance = 2_048;
/** Bytes that chance leaves to the slowest statements of classes that are still to come. */
const leftToOthers = 8_388_608;
/** Calls before the quantiles are looked up, and at least so many more each time. */
const firstLook = 4;
/** A sample within 2 % of the quantile is as good as any. */
const closeEnough = 0.02;

/** What a sample is kept for, besides chance; the first of them is said where it is kept for several. */
const reasons = ['slowest', 'p95', 'median', 'most-rows'] as const satisfies readonly SampleReason[];

/** One statement as it ran; its texts in Latin-1. */
export interface KeptSample {
  readonly sql: string;
  readonly isCut: boolean;
  readonly schema: string;
  readonly timeMs: number;
  readonly seconds: number;
  readonly rowsExamined: number;
  readonly plan: string;
  /** Of its header, in the log. */
  readonly atByte: number;
}

/** And why it was kept. */
export interface ReasonedSample extends KeptSample {
  readonly reason: SampleReason;
}

export interface SampleParts {
  /** Bytes of texts that all classes together may keep; each takes what it uses. */
  readonly room: { bytes: number };
  readonly metrics: Pick<MetricTable, 'quantileOf'>;
  readonly figures: ClassFigures;
}

/**
 * The samples of one class: the slowest, that with most rows, and the ones next to the median and the 95th percentile as
 * they are known so far. Those two are looked up when the number of calls has doubled, so a long log costs no more.
 * What a statement must be to be kept stands among the figures of its class.
 */
export class SampleKeeper {
  /** In the order of {@link reasons}. */
  readonly #held: (KeptSample | null)[] = [null, null, null, null];
  #byChance: KeptSample[] | null = null;

  /**
   * @param at of the figures of the class, in which this statement is counted
   * @param row of the seconds of the class; -1: none had any
   */
  offer(event: SlowLogEvent, at: number, row: number, parts: SampleParts): void {
    const { numbers } = parts.figures;
    const calls = numbers[at + figure.calls] as number;
    if (calls >= Math.max(firstLook, numbers[at + figure.lookAt] as number)) {
      numbers[at + figure.lookAt] = calls * 2;
      numbers[at + figure.medianSeconds] = row < 0 ? NaN : (parts.metrics.quantileOf(row, 0.5) ?? NaN);
      numbers[at + figure.p95Seconds] = row < 0 ? NaN : (parts.metrics.quantileOf(row, 0.95) ?? NaN);
    }
    if (calls > 1) this.#offerToChance(event, calls, at, parts);
    const { seconds, rowsExamined } = event;
    // Of NaN, for no sample yet, neither is true.
    const isSlowest = !(seconds <= (numbers[at + figure.slowestSeconds] as number));
    const hasMostRows = rowsExamined > 0 && !(rowsExamined <= (numbers[at + figure.mostRows] as number));
    const isMedian = isNearer(seconds, numbers, at + figure.medianSeconds, at + figure.heldMedianSeconds);
    const isP95 = isNearer(seconds, numbers, at + figure.p95Seconds, at + figure.heldP95Seconds);
    if (!isSlowest && !hasMostRows && !isMedian && !isP95) return;
    const kept = keep(event, parts);
    if (isSlowest) this.#hold('slowest', kept, parts, at + figure.slowestSeconds, seconds);
    if (hasMostRows) this.#hold('most-rows', kept, parts, at + figure.mostRows, rowsExamined);
    if (isMedian) this.#hold('median', kept, parts, at + figure.heldMedianSeconds, seconds);
    if (isP95) this.#hold('p95', kept, parts, at + figure.heldP95Seconds, seconds);
  }

  /** Gives back the room of the sample before, when it is kept for no other reason. @param place of the figure that says `value` */
  #hold(reason: (typeof reasons)[number], kept: KeptSample, parts: SampleParts, place: number, value: number): void {
    const index = reasons.indexOf(reason);
    const before = this.#held[index] ?? null;
    this.#held[index] = kept;
    parts.figures.numbers[place] = value;
    if (before !== null && !this.#held.includes(before)) parts.room.bytes += before.sql.length;
  }

  /** Different statements, as likely the one as the other (reservoir sampling, Vitter 1985, algorithm R). */
  #offerToChance(event: SlowLogEvent, calls: number, at: number, parts: SampleParts): void {
    const { numbers } = parts.figures;
    const held = numbers[at + figure.byChance] as number;
    const place = held < mostByChance ? held : placeByChance(calls);
    if (place >= mostByChance || event.sqlEnd - event.sqlStart > maxByChance || event.cut !== 'no') return;
    const kept = (this.#byChance ??= []);
    if (parts.room.bytes < leftToOthers || kept.some((sample) => sample.sql === event.sql)) return;
    parts.room.bytes += kept[place]?.sql.length ?? 0;
    kept[place] = keep(event, parts);
    numbers[at + figure.byChance] = kept.length;
  }

  /** Each with all reasons' first: one statement may be several. */
  list(): readonly ReasonedSample[] {
    const found: ReasonedSample[] = [];
    reasons.forEach((reason, index) => {
      const sample = this.#held[index] ?? null;
      if (sample !== null && this.#held.indexOf(sample) === index) found.push({ ...sample, reason });
    });
    for (const sample of this.#byChance ?? [])
      if (!found.some((one) => one.sql === sample.sql)) found.push({ ...sample, reason: 'by-chance' });
    return found;
  }
}

/** From 0 to `calls` − 1, the same for the same log: a hash of the count (Knuth, multiplicative hashing) for a random number. */
const placeByChance = (calls: number): number =>
  Math.floor(((Math.imul(calls, 2_654_435_761) >>> 0) / 2 ** 32) * calls);

/** @param wantedAt where the quantile stands, and `heldAt` the seconds of the sample next to it so far */
function isNearer(seconds: number, numbers: Float64Array, wantedAt: number, heldAt: number): boolean {
  const wanted = numbers[wantedAt] as number;
  if (Number.isNaN(wanted)) return false;
  const distance = Math.abs(seconds - wanted);
  const held = numbers[heldAt] as number;
  if (Number.isNaN(held)) return distance <= wanted * 0.5;
  const heldDistance = Math.abs(held - wanted);
  return heldDistance > wanted * closeEnough && distance < heldDistance;
}

function keep(event: SlowLogEvent, { room }: SampleParts): KeptSample {
  const whole = event.sqlEnd - event.sqlStart;
  const length = Math.min(whole, maxText, Math.max(256, room.bytes));
  room.bytes -= length;
  return {
    sql: event.sqlUpTo(length),
    isCut: event.cut !== 'no' || length < whole,
    schema: event.schema,
    timeMs: event.timeMs,
    seconds: event.seconds,
    rowsExamined: event.rowsExamined,
    plan: event.plan,
    atByte: event.startByte,
  };
}
