import type { Capture, StatementClass } from '@shared/model/query-capture';
import type { ClassComparison, ClassRow, ClassSort, ReviewItem } from '@shared/model/query-review';
import { classMatcher, isPlanChanged, type ClassFilter } from './class-list-filter';
import { orderByKey } from './class-list-order';

export interface ClassListQuery {
  readonly sort: ClassSort;
  readonly direction: 'asc' | 'desc';
  readonly filter: ClassFilter;
  readonly offset: number;
  readonly limit: number;
}

export interface ClassPage {
  readonly total: number;
  readonly offset: number;
  readonly rows: readonly ClassRow[];
}

/** What the rows are made from. */
export interface ListedReview {
  readonly capture: Capture;
  readonly items: Readonly<Record<string, ReviewItem>>;
  readonly comparisons: Readonly<Record<string, ClassComparison>>;
}

const total = (one: StatementClass, metric: string): number | null => one.metrics[metric]?.total ?? null;

/** Query time of one class, in seconds. */
const secondsOf = (one: StatementClass): number => total(one, 'Query_time') ?? 0;

const examinedPerSent = (one: StatementClass): number | null => {
  const [examined, sent] = [total(one, 'Rows_examined'), total(one, 'Rows_sent')];
  // A statement that sends nothing is held against one row: else a full scan without a hit would look free.
  return examined === null || sent === null ? null : examined / Math.max(sent, 1);
};

const changeOf = (comparison: ClassComparison | undefined): number => {
  const figure = comparison?.p95 ?? comparison?.mean;
  return figure === undefined || figure === null || figure.before <= 0 ? 0 : figure.after / figure.before;
};

const sortKey: Readonly<Record<ClassSort, (one: StatementClass, listed: ListedReview) => number>> = {
  seconds: secondsOf,
  calls: (one) => one.calls,
  mean: (one) => (one.calls === 0 ? 0 : secondsOf(one) / one.calls),
  p95: (one) => one.metrics['Query_time']?.p95 ?? -1,
  p99: (one) => one.metrics['Query_time']?.p99 ?? -1,
  max: (one) => one.metrics['Query_time']?.max ?? 0,
  'rows-examined': (one) => total(one, 'Rows_examined') ?? -1,
  'rows-per-row-sent': (one) => examinedPerSent(one) ?? -1,
  'first-seen': (one) => one.firstSeenMs ?? 0,
  change: (one, listed) => changeOf(listed.comparisons[one.id]),
};

/** One row of the list. */
export function rowOf(one: StatementClass, listed: ListedReview): ClassRow {
  const item = listed.items[one.id];
  const seconds = secondsOf(one);
  const all = listed.capture.metrics['Query_time']?.total ?? 0;
  return {
    classId: one.id,
    fingerprint: one.fingerprint,
    verb: one.verb,
    calls: one.calls,
    seconds,
    share: all > 0 ? seconds / all : 0,
    meanSeconds: one.calls === 0 ? 0 : seconds / one.calls,
    p95Seconds: one.metrics['Query_time']?.p95 ?? null,
    maxSeconds: one.metrics['Query_time']?.max ?? 0,
    examinedPerSent: examinedPerSent(one),
    slots: one.slots,
    state: item?.state ?? 'new',
    acceptedUntilMs: item?.acceptedUntilMs ?? null,
    decisionKind: item?.decision?.kind ?? null,
    realised: item?.realised ?? null,
    comparison: listed.comparisons[one.id] ?? null,
    planChanged: isPlanChanged(item),
    flags: one.flags,
  };
}

/** What a list asks besides its page. */
type ClassOrder = Pick<ClassListQuery, 'sort' | 'direction' | 'filter'>;

/** Classes that are looked at in one go: a few milliseconds. */
const sliceSize = 4_000;

/**
 * The classes of a list in their order. Equal keys keep the order of the capture: most query time first.
 *
 * @param pause between two slices of the work: whatever else the process has to answer is answered there
 */
async function orderClasses(
  listed: ListedReview,
  query: ClassOrder,
  pause: () => Promise<void>,
): Promise<readonly StatementClass[]> {
  const key = sortKey[query.sort];
  const holds = classMatcher(query.filter, listed);
  const { classes } = listed.capture;
  const found: StatementClass[] = [];
  const keys: number[] = [];
  for (let from = 0; from < classes.length; from += sliceSize) {
    if (from > 0) await pause();
    for (const one of classes.slice(from, from + sliceSize)) {
      if (!holds(one)) continue;
      found.push(one);
      keys.push(key(one, listed));
    }
  }
  const order: StatementClass[] = [];
  for (const place of orderByKey(Float64Array.from(keys), query.direction)) {
    const one = found[place];
    if (one !== undefined) order.push(one);
  }
  return order;
}

/** What a row of a list can show: two lines of a fingerprint, a trend of so many points. The whole may be a megabyte. */
const [listedText, listedSlots] = [240, 40];

/** The largest of every few slots, so that a peak stays one. */
const narrowed = (slots: readonly number[]): readonly number[] => {
  const size = Math.ceil(slots.length / listedSlots);
  if (size < 2) return slots;
  return Array.from({ length: Math.ceil(slots.length / size) }, (_, at) =>
    Math.max(...slots.slice(at * size, (at + 1) * size)),
  );
};

/** One page of a list; fingerprints and slots are no longer than a row can show. */
const pageOf = (
  order: readonly StatementClass[],
  listed: ListedReview,
  page: Pick<ClassListQuery, 'offset' | 'limit'>,
): ClassPage => ({
  total: order.length,
  offset: page.offset,
  rows: order.slice(page.offset, page.offset + page.limit).map((one) => {
    const row = rowOf(one, listed);
    return { ...row, fingerprint: row.fingerprint.slice(0, listedText), slots: narrowed(row.slots) };
  }),
});

/** Remembers the last order: scrolling asks for page after page of one. */
export class ClassLists {
  readonly #pause: () => Promise<void>;
  #last: {
    readonly key: string;
    readonly of: ListedReview;
    readonly order: Promise<readonly StatementClass[]>;
  } | null = null;

  constructor(pause: () => Promise<void>) {
    this.#pause = pause;
  }

  async page(listed: ListedReview, query: ClassListQuery): Promise<ClassPage> {
    return pageOf(await this.#order(listed, query), listed, query);
  }

  async #order(listed: ListedReview, query: ClassOrder): Promise<readonly StatementClass[]> {
    const key = JSON.stringify([query.sort, query.direction, query.filter]);
    const isSame =
      this.#last?.key === key &&
      this.#last.of.capture === listed.capture &&
      this.#last.of.items === listed.items &&
      this.#last.of.comparisons === listed.comparisons;
    if (!isSame || this.#last === null)
      this.#last = { key, of: listed, order: orderClasses(listed, query, this.#pause) };
    return this.#last.order;
  }
}
