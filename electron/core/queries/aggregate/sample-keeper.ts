import type { SampleReason } from '@shared/model/query-capture';
import type { SlowLogEvent } from '../slow-log/slow-log-event';
import type { MetricTable } from './metric-table';

/** Bytes of a statement that are kept. */
const maxText = 65_536;
/** Statements of a class that chance keeps, so that an experiment has different values to try. */
const mostByChance = 10;
/** Longer ones are not kept for that. */
const maxByChance = 2_048;
/** Bytes that chance leaves to the slowest statements of classes that are still to come. */
const leftToOthers = 8_388_608;
/** A sample within 2 % of the quantile is as good as any. */
const closeEnough = 0.02;

/** One statement as it ran; its text in Latin-1, holding no chunk. */
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
  readonly copy: (latin1: string) => string;
  /** Bytes of texts that all classes together may keep; each takes what it uses. */
  readonly room: { bytes: number };
  readonly metrics: Pick<MetricTable, 'quantileOf'>;
}

/**
 * The samples of one class: the slowest, that with most rows, and the ones next to the median and the 95th percentile as
 * they are known so far. Those two are looked up when the number of calls has doubled, so a long log costs no more.
 */
export class SampleKeeper {
  #slowest: KeptSample | null = null;
  #mostRows: KeptSample | null = null;
  #median: KeptSample | null = null;
  #p95: KeptSample | null = null;
  #medianSeconds = NaN;
  #p95Seconds = NaN;
  #lookAt = 4;
  readonly #byChance: KeptSample[] = [];

  /** @param row of the seconds of the class; -1: none had any */
  offer(event: SlowLogEvent, calls: number, row: number, parts: SampleParts): void {
    if (calls >= this.#lookAt) {
      this.#lookAt = calls + Math.max(4, calls >> 1);
      this.#medianSeconds = row < 0 ? NaN : (parts.metrics.quantileOf(row, 0.5) ?? NaN);
      this.#p95Seconds = row < 0 ? NaN : (parts.metrics.quantileOf(row, 0.95) ?? NaN);
    }
    if (calls > 1) this.#offerToChance(event, calls, parts);
    const { seconds, rowsExamined } = event;
    const isSlowest = this.#slowest === null || seconds > this.#slowest.seconds;
    const hasMostRows = rowsExamined > 0 && (this.#mostRows === null || rowsExamined > this.#mostRows.rowsExamined);
    const isMedian = isNearer(seconds, this.#medianSeconds, this.#median);
    const isP95 = isNearer(seconds, this.#p95Seconds, this.#p95);
    if (!isSlowest && !hasMostRows && !isMedian && !isP95) return;
    const before = this.#held();
    const kept = keep(event, parts);
    if (isSlowest) this.#slowest = kept;
    if (hasMostRows) this.#mostRows = kept;
    if (isMedian) this.#median = kept;
    if (isP95) this.#p95 = kept;
    const after = this.#held();
    for (const sample of before) if (!after.has(sample)) parts.room.bytes += sample.sql.length;
  }

  /** Different statements, as likely the one as the other (reservoir sampling, Vitter 1985, algorithm R). */
  #offerToChance(event: SlowLogEvent, calls: number, parts: SampleParts): void {
    const kept = this.#byChance;
    const place = kept.length < mostByChance ? kept.length : placeByChance(calls);
    if (place >= mostByChance || event.sqlEnd - event.sqlStart > maxByChance || event.cut !== 'no') return;
    if (parts.room.bytes < leftToOthers || kept.some((sample) => sample.sql === event.sql)) return;
    parts.room.bytes += kept[place]?.sql.length ?? 0;
    kept[place] = keep(event, parts);
  }

  #held(): ReadonlySet<KeptSample> {
    const all = [this.#slowest, this.#mostRows, this.#median, this.#p95];
    return new Set(all.filter((sample) => sample !== null));
  }

  /** Each with all reasons' first: one statement may be several. */
  list(): readonly ReasonedSample[] {
    const found: ReasonedSample[] = [];
    const put = (sample: KeptSample | null, reason: SampleReason): void => {
      if (sample !== null && !found.some((one) => one.sql === sample.sql && one.atByte === sample.atByte))
        found.push({ ...sample, reason });
    };
    put(this.#slowest, 'slowest');
    put(this.#p95, 'p95');
    put(this.#median, 'median');
    put(this.#mostRows, 'most-rows');
    for (const sample of this.#byChance)
      if (!found.some((one) => one.sql === sample.sql)) found.push({ ...sample, reason: 'by-chance' });
    return found;
  }
}

/** From 0 to `calls` − 1, the same for the same log: a hash of the count (Knuth, multiplicative hashing) for a random number. */
const placeByChance = (calls: number): number =>
  Math.floor(((Math.imul(calls, 2_654_435_761) >>> 0) / 2 ** 32) * calls);

function isNearer(seconds: number, wanted: number, held: KeptSample | null): boolean {
  if (Number.isNaN(wanted)) return false;
  const distance = Math.abs(seconds - wanted);
  if (held === null) return distance <= wanted * 0.5;
  const heldDistance = Math.abs(held.seconds - wanted);
  return heldDistance > wanted * closeEnough && distance < heldDistance;
}

function keep(event: SlowLogEvent, { copy, room }: SampleParts): KeptSample {
  const whole = event.sqlEnd - event.sqlStart;
  const length = Math.min(whole, maxText, Math.max(256, room.bytes));
  room.bytes -= length;
  return {
    sql: copy(event.sql.slice(0, length)),
    isCut: event.cut !== 'no' || length < whole,
    schema: copy(event.schema),
    timeMs: event.timeMs,
    seconds: event.seconds,
    rowsExamined: event.rowsExamined,
    plan: copy(event.plan),
    atByte: event.startByte,
  };
}
