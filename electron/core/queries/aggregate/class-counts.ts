import { quantileOf } from '@shared/stats/log-buckets';
import { secondsAttribute } from '../slow-log/header-layouts';
import type { SlowLogEvent } from '../slow-log/slow-log-event';
import type { MetricTable } from './metric-table';
import { SampleKeeper, type SampleParts } from './sample-keeper';
import { ShareCounts, type Origin } from './share-counts';
import type { SlotSeconds, TimeSlots } from './time-slots';

/** What all classes of one capture have together. */
export interface CountsParts extends SampleParts {
  readonly metrics: MetricTable;
  readonly slots: TimeSlots;
}

const noRow = -1;

/** What the statements of one class (or of the whole capture) add up to. */
export class ClassCounts {
  calls = 0;
  seconds = 0;
  errors = 0;
  /** True once the log said of a statement whether it failed. */
  knowsErrors = false;
  firstMs = Infinity;
  lastMs = -Infinity;
  /** Rows of the metric table by attribute. */
  readonly rows: number[] = [];
  readonly yes: number[] = [];
  readonly shares = new ShareCounts();
  readonly samples: SampleKeeper | null;
  readonly slots: SlotSeconds | null;
  /** Statements by layout: which attributes they had, also where those were zero. */
  #layout = -1;
  #ofLayout = 0;
  #layouts: Map<number, number> | null = null;

  /** @param parts.samples false for the sum of all: its samples would be those of one class */
  constructor(parts: CountsParts, hasSamples: boolean) {
    this.samples = hasSamples ? new SampleKeeper() : null;
    this.slots = hasSamples ? parts.slots.open() : null;
  }

  add(event: SlowLogEvent, origin: Origin | null, parts: CountsParts): void {
    const { seconds, timeMs } = event;
    this.calls++;
    this.seconds += seconds;
    if (event.hasError !== null) {
      this.knowsErrors = true;
      if (event.hasError) this.errors++;
    }
    this.#countLayout(event.layout.id);
    const { metricCount, metricIds, metricValues, yesCount, yesIds } = event;
    for (let index = 0; index < metricCount; index++)
      parts.metrics.add(this.#rowOf(metricIds[index] as number, parts.metrics), metricValues[index] as number);
    for (let index = 0; index < yesCount; index++) {
      const id = yesIds[index] as number;
      this.yes[id] = (this.yes[id] ?? 0) + 1;
    }
    if (!Number.isNaN(timeMs)) {
      if (timeMs < this.firstMs) this.firstMs = timeMs;
      if (timeMs > this.lastMs) this.lastMs = timeMs;
      if (this.slots !== null) parts.slots.add(this.slots, timeMs, seconds);
    }
    if (origin !== null) this.shares.add(origin, seconds);
    this.samples?.offer(event, this.calls, (p) => this.#quantile(p, parts.metrics), parts);
  }

  /** Statements by layout id. */
  layouts(): readonly (readonly [number, number])[] {
    return [...(this.#ofLayout > 0 ? [[this.#layout, this.#ofLayout] as const] : []), ...(this.#layouts ?? [])];
  }

  #countLayout(layout: number): void {
    if (layout === this.#layout) {
      this.#ofLayout++;
      return;
    }
    if (this.#layout < 0) {
      this.#layout = layout;
      this.#ofLayout = 1;
      return;
    }
    this.#layouts ??= new Map();
    this.#layouts.set(layout, (this.#layouts.get(layout) ?? 0) + 1);
  }

  #rowOf(attribute: number, metrics: MetricTable): number {
    const { rows } = this;
    while (rows.length <= attribute) rows.push(noRow);
    const row = rows[attribute] as number;
    return row === noRow ? (rows[attribute] = metrics.addRow()) : row;
  }

  #quantile(p: number, metrics: MetricTable): number | null {
    const row = this.rows[secondsAttribute] ?? noRow;
    return row === noRow ? null : quantileOf(metrics.bucketsOf(row), p);
  }
}
