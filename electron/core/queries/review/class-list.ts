import type { Capture, StatementClass } from '@shared/model/query-capture';
import type { ClassComparison, ClassRow, ClassSort, ItemState, Movement, ReviewItem } from '@shared/model/query-review';

/** Which classes a list holds; absent fields filter nothing. */
export interface ClassFilter {
  /** Part of the fingerprint or an id, upper and lower case alike. */
  readonly text?: string;
  readonly state?: ItemState;
  readonly movement?: Movement | 'plan-changed';
  readonly flag?: string;
  readonly schema?: string;
  readonly user?: string;
  readonly host?: string;
  readonly application?: string;
}

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
export const secondsOf = (one: StatementClass): number => total(one, 'Query_time') ?? 0;

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

const names = (shares: readonly { readonly name: string }[], wanted: string | undefined): boolean =>
  wanted === undefined || shares.some((one) => one.name === wanted);

/** True when the plan as asked now has another shape than the one at capture. */
export const isPlanChanged = (item: ReviewItem | undefined): boolean =>
  item?.planAtCapture != null &&
  item.planNow != null &&
  item.planAtCapture.format === item.planNow.format &&
  item.planAtCapture.structure !== item.planNow.structure;

const holds = (one: StatementClass, filter: ClassFilter, listed: ListedReview): boolean => {
  const item = listed.items[one.id];
  const text = filter.text?.trim().toLowerCase() ?? '';
  return (
    (text === '' ||
      one.fingerprint.toLowerCase().includes(text) ||
      one.id.startsWith(text) ||
      one.ptChecksum.toLowerCase().endsWith(text) ||
      one.serverDigests.some((digest) => digest.startsWith(text))) &&
    (filter.state === undefined || (item?.state ?? 'new') === filter.state) &&
    (filter.movement === undefined ||
      (filter.movement === 'plan-changed'
        ? isPlanChanged(item)
        : listed.comparisons[one.id]?.movement === filter.movement)) &&
    (filter.flag === undefined || (one.flags[filter.flag] ?? 0) > 0) &&
    names(one.schemas, filter.schema) &&
    names(one.users, filter.user) &&
    names(one.hosts, filter.host) &&
    names(one.applications, filter.application)
  );
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

/** The classes of a list in their order. Equal keys keep the order of the capture: most query time first. */
export function orderClasses(listed: ListedReview, query: ClassOrder): readonly StatementClass[] {
  const key = sortKey[query.sort];
  const sign = query.direction === 'asc' ? 1 : -1;
  return listed.capture.classes
    .filter((one) => holds(one, query.filter, listed))
    .map((one, place) => ({ one, place, key: key(one, listed) }))
    .toSorted((a, b) => sign * (a.key - b.key) || a.place - b.place)
    .map(({ one }) => one);
}

/** One page of a list. */
export const pageOf = (
  order: readonly StatementClass[],
  listed: ListedReview,
  page: Pick<ClassListQuery, 'offset' | 'limit'>,
): ClassPage => ({
  total: order.length,
  offset: page.offset,
  rows: order.slice(page.offset, page.offset + page.limit).map((one) => rowOf(one, listed)),
});

/** Remembers the last order: scrolling asks for page after page of one, and 100,000 classes take a tenth of a second to sort. */
export class ClassLists {
  #last: { readonly key: string; readonly of: ListedReview; readonly order: readonly StatementClass[] } | null = null;

  page(listed: ListedReview, query: ClassListQuery): ClassPage {
    const key = JSON.stringify([query.sort, query.direction, query.filter]);
    const isSame =
      this.#last?.key === key &&
      this.#last.of.capture === listed.capture &&
      this.#last.of.items === listed.items &&
      this.#last.of.comparisons === listed.comparisons;
    const order = isSame && this.#last !== null ? this.#last.order : orderClasses(listed, query);
    this.#last = { key, of: listed, order };
    return pageOf(order, listed, query);
  }
}
