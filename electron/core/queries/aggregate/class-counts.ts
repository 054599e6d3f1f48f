import { secondsAttribute, sizeAttribute } from '../slow-log/header-layouts';
import type { SlowLogEvent } from '../slow-log/slow-log-event';
import type { MetricTable } from './metric-table';
import { SampleKeeper, type SampleParts } from './sample-keeper';
import type { Origin } from './origins';
import type { ShareTable } from './share-table';
import type { SlotSeconds, TimeSlots } from './time-slots';

/** What all classes of one capture have together. */
export interface CountsParts extends SampleParts {
  readonly metrics: MetricTable;
  readonly slots: TimeSlots;
  readonly shares: ShareTable;
}

/** Of an attribute that has no value yet. */
const noRow = -1;

/** What the statements of one class add up to. */
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
  /** Number of the class in the table of shares. */
  readonly owner: number;
  readonly samples = new SampleKeeper();
  readonly slots: SlotSeconds;
  /** Statements by layout: which attributes they had, also where those were zero. A log has a handful of them. */
  readonly #layouts: number[] = [];
  readonly #ofLayout: number[] = [];

  constructor(parts: CountsParts) {
    this.owner = parts.shares.open();
    this.slots = parts.slots.open();
  }

  add(event: SlowLogEvent, origin: Origin, parts: CountsParts): void {
    const { seconds, timeMs } = event;
    parts.shares.add(this.owner, origin, seconds, this);
    this.calls++;
    this.seconds += seconds;
    if (event.hasError !== null) {
      this.knowsErrors = true;
      if (event.hasError) this.errors++;
    }
    this.#countLayout(event.layout.id);
    parts.metrics.add(this.#rowOf(sizeAttribute, parts.metrics), event.sqlEnd - event.sqlStart);
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
      parts.slots.add(this.slots, timeMs, seconds);
    }
    this.samples.offer(event, this.calls, this.rows[secondsAttribute] ?? noRow, parts);
  }

  /** Statements by layout id. */
  layouts(): readonly (readonly [number, number])[] {
    return this.#layouts.map((layout, index) => [layout, this.#ofLayout[index] ?? 0] as const);
  }

  #countLayout(layout: number): void {
    const index = this.#layouts.indexOf(layout);
    if (index >= 0) this.#ofLayout[index] = (this.#ofLayout[index] as number) + 1;
    else {
      this.#layouts.push(layout);
      this.#ofLayout.push(1);
    }
  }

  #rowOf(attribute: number, metrics: MetricTable): number {
    const { rows } = this;
    while (rows.length <= attribute) rows.push(noRow);
    const row = rows[attribute] as number;
    return row === noRow ? (rows[attribute] = metrics.addRow()) : row;
  }
}
