import { secondsAttribute, sizeAttribute } from '../slow-log/header-layouts';
import type { SlowLogEvent } from '../slow-log/slow-log-event';
import { figure } from './class-figures';
import type { MetricTable } from './metric-table';
import type { Origin } from './origins';
import { SampleKeeper, type SampleParts } from './sample-keeper';
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

/** What the statements of one class add up to. Its numbers lie in the tables of `parts`, which all classes share. */
export class ClassCounts {
  /** Of its first figure (class-figures.ts). */
  readonly at: number;
  /** Number of the class in the table of shares. */
  readonly owner: number;
  /** Rows of the metric table by attribute. */
  rows: readonly number[] = [];
  /** By attribute, statements that had a yes. */
  yes: number[] | null = null;
  readonly samples = new SampleKeeper();
  readonly slots: SlotSeconds;
  /** Statements by layout, which says what attributes they had, also where those were zero; without the class's first. */
  #moreLayouts: Map<number, number> | null = null;

  constructor(parts: CountsParts) {
    this.at = parts.figures.open();
    this.owner = parts.shares.open();
    this.slots = parts.slots.open();
  }

  add(event: SlowLogEvent, origin: Origin, parts: CountsParts): void {
    const { seconds, timeMs } = event;
    const { at } = this;
    const { numbers } = parts.figures;
    const calls = numbers[at + figure.calls] as number;
    parts.shares.add(this.owner, origin, seconds, calls, numbers[at + figure.seconds] as number);
    numbers[at + figure.calls] = calls + 1;
    numbers[at + figure.seconds] = (numbers[at + figure.seconds] as number) + seconds;
    if (event.hasError !== null) {
      numbers[at + figure.knowsErrors] = 1;
      if (event.hasError) numbers[at + figure.errors] = (numbers[at + figure.errors] as number) + 1;
    }
    this.#countLayout(event.layout.id, numbers);
    this.#measure(event, parts.metrics);
    if (!Number.isNaN(timeMs)) {
      // Of NaN neither is true: the first time is the earliest and the latest.
      if (!(timeMs >= (numbers[at + figure.firstMs] as number))) numbers[at + figure.firstMs] = timeMs;
      if (!(timeMs <= (numbers[at + figure.lastMs] as number))) numbers[at + figure.lastMs] = timeMs;
      parts.slots.add(this.slots, timeMs, seconds);
    }
    this.samples.offer(event, at, this.rows[secondsAttribute] ?? noRow, parts);
  }

  /** Says each layout, and the statements that had it. */
  eachLayout({ figures: { numbers } }: CountsParts, say: (layout: number, statements: number) => void): void {
    const first = numbers[this.at + figure.layout] as number;
    if (Number.isNaN(first)) return;
    say(first >>> 0, (numbers[this.at + figure.ofLayout] as number) >>> 0);
    this.#moreLayouts?.forEach((statements, layout) => say(layout, statements));
  }

  #countLayout(layout: number, numbers: Float64Array): void {
    const { at } = this;
    const first = numbers[at + figure.layout] as number;
    if (first === layout) numbers[at + figure.ofLayout] = (numbers[at + figure.ofLayout] as number) + 1;
    else if (Number.isNaN(first)) {
      numbers[at + figure.layout] = layout;
      numbers[at + figure.ofLayout] = 1;
    } else {
      this.#moreLayouts ??= new Map();
      this.#moreLayouts.set(layout, (this.#moreLayouts.get(layout) ?? 0) + 1);
    }
  }

  #measure(event: SlowLogEvent, metrics: MetricTable): void {
    const { metricCount, metricIds, metricValues, yesCount, yesIds } = event;
    metrics.add(this.#rowOf(sizeAttribute, event, metrics), event.sqlEnd - event.sqlStart);
    for (let index = 0; index < metricCount; index++)
      metrics.add(this.#rowOf(metricIds[index] as number, event, metrics), metricValues[index] as number);
    if (yesCount === 0) return;
    const yes = (this.yes ??= []);
    for (let index = 0; index < yesCount; index++) {
      const id = yesIds[index] as number;
      yes[id] = (yes[id] ?? 0) + 1;
    }
  }

  #rowOf(attribute: number, event: SlowLogEvent, metrics: MetricTable): number {
    const row = attribute < this.rows.length ? (this.rows[attribute] as number) : noRow;
    return row === noRow ? this.#openRow(attribute, event, metrics) : row;
  }

  /** The list is made as long as this statement needs it, not longer: there may be a hundred thousand of them. */
  #openRow(attribute: number, { metricIds, metricCount }: SlowLogEvent, metrics: MetricTable): number {
    let length = Math.max(this.rows.length, sizeAttribute + 1);
    for (let index = 0; index < metricCount; index++) length = Math.max(length, (metricIds[index] as number) + 1);
    const rows = new Array<number>(length).fill(noRow);
    this.rows.forEach((row, index) => (rows[index] = row));
    this.rows = rows;
    return (rows[attribute] = metrics.addRow());
  }
}
