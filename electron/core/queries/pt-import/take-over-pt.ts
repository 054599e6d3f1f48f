import type { Capture, StatementClass } from '@shared/model/query-capture';
import type { ClassComparison, Review, ReviewItem } from '@shared/model/query-review';
import { applyAct, untouched, type ActedBy } from '../review/review-acts';
import { isPtChecksumOf } from './pt-checksum';
import { acceptedBecause, comparisonOf, isFromPt, noteOf, withFirstSeen } from './pt-words';
import type { PtHistoryRow, PtReading, PtReviewRow } from './read-pt-tables';

/** What came of it, in classes of the review and rows of the tables. */
export interface PtCounts {
  /** Classes that the tables know. */
  readonly classesMatched: number;
  /** Comments that became notes. */
  readonly notesAdded: number;
  /** Classes that were new here and reviewed there. */
  readonly accepted: number;
  /** Classes that got figures of an earlier run beside their own. */
  readonly compared: number;
  /** Checksums in the tables that no class of this review has. */
  readonly rowsWithoutClass: number;
}

/**
 * Takes over what people said in pt-query-digest, and what its history knows from before this capture.
 *
 * - A comment becomes a note, once: what stands among the notes already is left out, also what came from here by an export.
 * - What somebody reviewed there and nobody touched here is accepted without a date: the next capture opens it again when it
 *   regresses. A class that somebody worked on keeps its state.
 * - The newest earlier run becomes a comparison where there is none of the own captures. pt counts statements together that
 *   have two classes here: their figures are no class's, and are left.
 *
 * A hundred thousand classes take seconds, so it is done in slices of some milliseconds.
 *
 * @param pause between two slices: the rest of the process goes on there; when it throws, nothing was changed
 * @returns the same review when nothing is new, so that a second run writes nothing
 */
export async function takeOverPt(
  { review, capture }: { readonly review: Review; readonly capture: Capture },
  read: Pick<PtReading, 'reviews' | 'history'>,
  who: ActedBy,
  pause: () => Promise<void>,
): Promise<{ readonly review: Review; readonly counts: PtCounts }> {
  const classes = await groupClasses(capture, pause);
  const byReview = await matchRows(read.reviews, classes, pause);
  const byHistory = await matchRows(read.history, classes, pause);
  const matched = new Set([...byReview.found.keys(), ...byHistory.found.keys()]);
  const items = new Map<string, ReviewItem>();
  const comparisons = new Map<string, ClassComparison>();
  let [notesAdded, accepted, compared, done] = [0, 0, 0, 0];
  for (const one of matched) {
    if (++done % slices.made === 0) await pause();
    const row = byReview.found.get(one) ?? null;
    const item = review.items[one.id] ?? untouched(one.id);
    const taken = row === null ? null : takeItem(item, row, who);
    if (taken !== null && taken.item !== item) items.set(one.id, taken.item);
    notesAdded += taken?.noted === true ? 1 : 0;
    accepted += taken?.accepted === true ? 1 : 0;

    const shared = (classes.get(shortOf(one.ptChecksum)) ?? []).length > 1;
    const before = shared ? null : (byHistory.found.get(one) ?? null);
    const current = review.comparisons[one.id] ?? null;
    const comparison = takeComparison(current, one, { before, firstSeenMs: earlierSeen(row, one, capture) });
    if (comparison === null || isSame(comparison, current)) continue;
    comparisons.set(one.id, comparison);
    compared += comparison.mean === null || !isFromPt(comparison) ? 0 : 1;
  }
  return {
    review:
      items.size + comparisons.size === 0
        ? review
        : {
            ...review,
            items: await withChanges(review.items, items, pause),
            comparisons: await withChanges(review.comparisons, comparisons, pause),
          },
    counts: {
      classesMatched: matched.size,
      notesAdded,
      accepted,
      compared,
      rowsWithoutClass: new Set([...byReview.without, ...byHistory.without]).size,
    },
  };
}

/** How many are done in one go: some milliseconds of either kind of work. */
const slices = { matched: 4_000, made: 250 } as const;

/** A copy with what changed: by name and in slices, where `{...}` of a hundred thousand holds up everything. */
async function withChanges<Value>(
  before: Readonly<Record<string, Value>>,
  changes: ReadonlyMap<string, Value>,
  pause: () => Promise<void>,
): Promise<Readonly<Record<string, Value>>> {
  const after: Record<string, Value> = {};
  let done = 0;
  for (const [id, value] of [...Object.entries(before), ...changes]) {
    after[id] = value;
    if (++done % slices.matched === 0) await pause();
  }
  return after;
}

/** The 16 digits that tables of every version have. */
const shortOf = (checksum: string): string => checksum.slice(-16);

/** Classes by the 16 digits; more than one where pt's fingerprint does not tell them apart. */
async function groupClasses(
  capture: Capture,
  pause: () => Promise<void>,
): Promise<ReadonlyMap<string, readonly StatementClass[]>> {
  const groups = new Map<string, StatementClass[]>();
  for (const [at, one] of capture.classes.entries()) {
    if (at % slices.matched === slices.matched - 1) await pause();
    // What a full digest table could not attribute has no checksum.
    if (one.ptChecksum === '') continue;
    const key = shortOf(one.ptChecksum);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}

async function matchRows<Row extends { readonly checksum: string }>(
  rows: readonly Row[],
  classes: ReadonlyMap<string, readonly StatementClass[]>,
  pause: () => Promise<void>,
): Promise<{ readonly found: ReadonlyMap<StatementClass, Row>; readonly without: ReadonlySet<string> }> {
  const found = new Map<StatementClass, Row>();
  const without = new Set<string>();
  for (const [at, row] of rows.entries()) {
    if (at % slices.matched === slices.matched - 1) await pause();
    const own = (classes.get(shortOf(row.checksum)) ?? []).filter((one) =>
      isPtChecksumOf(row.checksum, one.ptChecksum),
    );
    if (own.length === 0) without.add(shortOf(row.checksum));
    for (const one of own) found.set(one, row);
  }
  return { found, without };
}

function takeItem(
  item: ReviewItem,
  row: PtReviewRow,
  who: ActedBy,
): { readonly item: ReviewItem; readonly noted: boolean; readonly accepted: boolean } {
  const comments = withoutOwnNotes(row.comments, item);
  const text = noteOf(row, comments);
  const noted = comments !== '' && !item.notes.some((note) => note.text === text);
  const accepted = item.state === 'new' && row.reviewedBy !== '';
  let taken = item;
  if (noted) taken = applyAct(taken, { act: 'note', text }, who);
  if (accepted) taken = applyAct(taken, { act: 'accept', untilMs: null, reason: acceptedBecause(row) }, who);
  return { item: taken, noted, accepted };
}

/** Comments without the notes that an export of this review put there: one a line, as `name: text`. */
function withoutOwnNotes(comments: string, item: ReviewItem): string {
  let rest = `\n${comments}\n`;
  for (const note of item.notes) {
    const [before = '', ...behind] = rest.split(`\n${note.by}: ${note.text}\n`);
    rest = [before, ...behind].join('\n');
  }
  return rest.trim();
}

/** When pt saw the class first, where that is before everything this capture knows of it. */
function earlierSeen(row: PtReviewRow | null, one: StatementClass, capture: Capture): number | null {
  const own = one.firstSeenMs ?? capture.fromMs ?? capture.takenAtMs;
  const theirs = row?.firstSeenMs ?? null;
  return theirs !== null && theirs < own ? theirs : null;
}

/** The comparison that the class then has; null: there is nothing to say. What the own captures judged stays judged. */
function takeComparison(
  current: ClassComparison | null,
  one: StatementClass,
  { before, firstSeenMs }: { readonly before: PtHistoryRow | null; readonly firstSeenMs: number | null },
): ClassComparison | null {
  if (current === null || isFromPt(current)) {
    return before === null && firstSeenMs === null ? current : comparisonOf(one, before, firstSeenMs);
  }
  // Only there the older date changes what a reader thinks: a class that is new since the last capture.
  return current.movement === 'new' && firstSeenMs !== null ? withFirstSeen(current, firstSeenMs) : current;
}

const isSame = (a: ClassComparison, b: ClassComparison | null): boolean =>
  b !== null &&
  a.evidence === b.evidence &&
  a.mean?.before === b.mean?.before &&
  a.p95?.before === b.p95?.before &&
  a.movement === b.movement;
