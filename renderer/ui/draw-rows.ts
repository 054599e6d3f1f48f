import type { RowRange } from './row-range';

/** What is drawn of a list: rows by their places. */
interface DrawnRows<Row> {
  readonly rows: ReadonlyMap<number, Row>;
  /** New or changed ones among them. */
  readonly fresh: number;
  /** False: more rows are there than may be drawn now. */
  readonly isWhole: boolean;
}

/** New or changed rows that a frame may draw, and how many of them it has drawn. */
export interface FrameBudget {
  readonly frameMs: number;
  readonly most: number;
  readonly spent: number;
}

const [fewest, most] = [2, 6];
/** ms: one and a half frames at 60 Hz; beyond `restMs` nothing was drawn in between. */
const [lateMs, restMs] = [25, 150];

/** What a frame may draw: half as much after one that came late, then one row more with each that came in time. */
export function nextBudget(before: FrameBudget | null, frameMs: number): FrameBudget {
  if (before === null) return { frameMs, most, spent: 0 };
  if (before.frameMs === frameMs) return before;
  const gapMs = frameMs - before.frameMs;
  const isLate = gapMs > lateMs && gapMs < restMs && before.spent > 0;
  const next = isLate ? Math.max(fewest, Math.floor(before.most / 2)) : Math.min(most, before.most + 1);
  return { frameMs, most: next, spent: 0 };
}

/**
 * The rows to draw next: those that stay as they are, and of the others only so many as a frame has time for, from the middle
 * of the range outwards, at the top of the list from there. So no frame takes longer because a page arrived, the order changed or the wheel flew.
 *
 * @param list.drawn what is there now
 * @param list.row what belongs at a place; undefined: not known yet
 * @param list.most new or changed rows
 */
export function drawRows<Row>(list: {
  readonly drawn: ReadonlyMap<number, Row>;
  readonly range: RowRange;
  readonly row: (index: number) => Row | undefined;
  readonly most: number;
}): DrawnRows<Row> {
  const { first, last } = list.range;
  const rows = new Map<number, Row>();
  const changed: (readonly [number, Row])[] = [];
  for (let index = first; index <= last; index++) {
    const wanted = list.row(index);
    if (wanted === undefined) continue;
    const before = list.drawn.get(index);
    if (before !== undefined) rows.set(index, before);
    if (before !== wanted) changed.push([index, wanted]);
  }
  const anchor = first === 0 ? 0 : (first + last) / 2;
  const nearest = changed.toSorted(([a], [b]) => Math.abs(a - anchor) - Math.abs(b - anchor));
  const fresh = nearest.slice(0, list.most);
  for (const [index, wanted] of fresh) rows.set(index, wanted);
  return { rows, fresh: fresh.length, isWhole: changed.length === fresh.length };
}
