import type { SlowLogEvent } from '../slow-log/slow-log-event';
import type { TextCodec } from '../slow-log/text-codec';
import { isWanted, type CaptureFilter } from './capture-filter';
import { ClassCounts, type CountsParts } from './class-counts';
import { MetricTable } from './metric-table';
import { Origins } from './share-counts';
import type { StatementReader } from './statement-reader';
import { TimeSlots } from './time-slots';

/** How much one capture may hold. What is beyond is counted in one class for all, and said. */
export interface AggregateLimits {
  /** Classes told apart. */
  readonly classes: number;
  /** Of fingerprints, and as much again of samples. */
  readonly textBytes: number;
  /** Pairs of class and attribute: 64 bytes each, and histograms. */
  readonly metricRows: number;
}

/** They keep a digest of any log below 200 MB, together with the runtime's own 60 MB. */
export const defaultLimits: AggregateLimits = { classes: 100_000, textBytes: 24_000_000, metricRows: 600_000 };

/** A class and the name under which it is counted. Latin-1. */
export interface NamedCounts {
  readonly fingerprint: string;
  readonly counts: ClassCounts;
}

/** Adds statements up by class. */
export class StatementAggregate {
  readonly #codec: TextCodec;
  readonly #reader: StatementReader;
  readonly #filter: CaptureFilter;
  readonly #hasFilter: boolean;
  readonly #limits: AggregateLimits;
  readonly #classes = new Map<string, ClassCounts>();
  readonly #origins: Origins;
  #textBytes = 0;
  readonly parts: CountsParts;
  /** The sum of all. */
  readonly all: ClassCounts;
  /** Of the classes beyond the limit; null: all were told apart. */
  others: ClassCounts | null = null;
  invalidUtf8 = 0;
  /** Statements whose text is not whole. */
  cut = 0;
  /** Statements that the filter left out. */
  unwanted = 0;
  withoutTime = 0;

  constructor(options: {
    readonly codec: TextCodec;
    readonly reader: StatementReader;
    readonly filter?: CaptureFilter;
    readonly limits?: AggregateLimits;
  }) {
    this.#codec = options.codec;
    this.#reader = options.reader;
    this.#filter = options.filter ?? {};
    this.#hasFilter = Object.values(this.#filter).some((part) => part !== undefined);
    this.#limits = options.limits ?? defaultLimits;
    const copy = (latin1: string): string => options.codec.copy(latin1);
    this.#origins = new Origins(copy);
    const room = { bytes: this.#limits.textBytes };
    this.parts = { copy, room, metrics: new MetricTable(), slots: new TimeSlots() };
    this.all = new ClassCounts(this.parts, false);
  }

  add(event: SlowLogEvent): void {
    if (this.#hasFilter && !isWanted(this.#filter, event)) {
      this.unwanted++;
      return;
    }
    const { sql, schema, user, host } = event;
    if (!event.isUtf8) this.invalidUtf8++;
    if (event.cut !== 'no') this.cut++;
    if (Number.isNaN(event.timeMs)) this.withoutTime++;
    const application = sql.includes('/*') ? this.#reader.applicationOf(sql) : '';
    const origin = this.#origins.of(schema, user, host, application);
    this.all.add(event, null, this.parts);
    this.#classOf(this.#reader.fingerprint(sql)).add(event, origin, this.parts);
  }

  /** Most seconds first, {@link others} not among them. */
  classes(): readonly NamedCounts[] {
    return [...this.#classes]
      .map(([fingerprint, counts]) => ({ fingerprint, counts }))
      .sort((a, b) => b.counts.seconds - a.counts.seconds || b.counts.calls - a.counts.calls);
  }

  #classOf(fingerprint: string): ClassCounts {
    const known = this.#classes.get(fingerprint);
    if (known !== undefined) return known;
    const { classes, textBytes, metricRows } = this.#limits;
    const isFull =
      this.#classes.size >= classes ||
      this.#textBytes + fingerprint.length > textBytes ||
      this.parts.metrics.rows >= metricRows;
    if (isFull) return (this.others ??= new ClassCounts(this.parts, true));
    const counts = new ClassCounts(this.parts, true);
    this.#textBytes += fingerprint.length;
    this.#classes.set(this.#codec.copy(fingerprint), counts);
    return counts;
  }
}
