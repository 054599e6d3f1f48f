import type { SlowLogEvent } from '../slow-log/slow-log-event';
import type { TextCodec } from '../slow-log/text-codec';
import { isWanted, type CaptureFilter } from './capture-filter';
import { ClassCounts, type CountsParts } from './class-counts';
import { ClassFigures, figure } from './class-figures';
import { MetricTable } from './metric-table';
import { Origins } from './origins';
import { ShareTable } from './share-table';
import { StatementOutline } from './statement-outline';
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

/** A class takes about 1.4 KB while it is counted (docs/evidence/slow-log.md has the memory of logs with many classes). */
export const defaultLimits: AggregateLimits = { classes: 100_000, textBytes: 24_000_000, metricRows: 600_000 };

/** A class and the name under which it is counted. Latin-1. */
export interface NamedCounts {
  readonly fingerprint: string;
  readonly counts: ClassCounts;
}

/** Outlines that are remembered; when there are more, it begins again. */
const maxOutlines = 50_000;

interface ReadStatement {
  readonly second: number;
  readonly length: number;
  readonly counts: ClassCounts;
  readonly application: string;
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
  readonly #outline = new StatementOutline();
  /** By the first hash of their outlines. */
  readonly #seen = new Map<number, ReadStatement>();
  #textBytes = 0;
  readonly parts: CountsParts;
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
    this.#origins = new Origins((latin1) => options.codec.copy(latin1));
    const room = { bytes: this.#limits.textBytes };
    this.parts = {
      figures: new ClassFigures(),
      room,
      metrics: new MetricTable(),
      slots: new TimeSlots(),
      shares: new ShareTable(this.#origins),
    };
  }

  add(event: SlowLogEvent): void {
    if (this.#hasFilter && !isWanted(this.#filter, event)) {
      this.unwanted++;
      return;
    }
    if (!event.isUtf8) this.invalidUtf8++;
    if (event.cut !== 'no') this.cut++;
    if (Number.isNaN(event.timeMs)) this.withoutTime++;
    const { counts, application } = this.#read(event);
    counts.add(event, this.#origins.of(event, application), this.parts);
  }

  /** Most seconds first, {@link others} not among them. */
  classes(): readonly NamedCounts[] {
    const of = ({ counts }: NamedCounts, which: number): number => this.#figureOf(counts, which);
    return [...this.#classes]
      .map(([fingerprint, counts]) => ({ fingerprint, counts }))
      .sort((a, b) => of(b, figure.seconds) - of(a, figure.seconds) || of(b, figure.calls) - of(a, figure.calls));
  }

  /** Statements of {@link others}. */
  get othersCalls(): number {
    return this.others === null ? 0 : this.#figureOf(this.others, figure.calls);
  }

  /** Of {@link others}; null without. */
  get othersSeconds(): number | null {
    return this.others === null ? null : this.#figureOf(this.others, figure.seconds);
  }

  #figureOf(counts: ClassCounts, which: number): number {
    return this.parts.figures.numbers[counts.at + which] ?? 0;
  }

  /** The class, and who signed: of a statement whose outline was seen before, both are known. */
  #read(event: SlowLogEvent): ReadStatement {
    const outline = this.#outline;
    const hasOutline = event.cut === 'no' && outline.read(event.bytes, event.sqlStart, event.sqlEnd);
    const known = hasOutline ? this.#seen.get(outline.first) : undefined;
    if (known !== undefined && known.second === outline.second && known.length === outline.length) return known;
    const { sql } = event;
    const read: ReadStatement = {
      second: outline.second,
      length: outline.length,
      counts: this.#classOf(this.#reader.fingerprint(sql)),
      application: sql.includes('/*') ? this.#codec.copy(this.#reader.applicationOf(sql)) : '',
    };
    if (!hasOutline) return read;
    if (this.#seen.size >= maxOutlines) this.#seen.clear();
    this.#seen.set(outline.first, read);
    return read;
  }

  #classOf(fingerprint: string): ClassCounts {
    const known = this.#classes.get(fingerprint);
    if (known !== undefined) return known;
    const { classes, textBytes, metricRows } = this.#limits;
    const isFull =
      this.#classes.size >= classes ||
      this.#textBytes + fingerprint.length > textBytes ||
      this.parts.metrics.rows >= metricRows;
    if (isFull) return (this.others ??= new ClassCounts(this.parts));
    const counts = new ClassCounts(this.parts);
    this.#textBytes += fingerprint.length;
    this.#classes.set(this.#codec.copy(fingerprint), counts);
    return counts;
  }
}
