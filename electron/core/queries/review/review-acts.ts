import type { Decision, ItemState, ReviewItem } from '@shared/model/query-review';

/** What a person does with one class in a review. `by` and the time are added by the service. */
export type ReviewAct =
  | { readonly act: 'investigate' }
  | { readonly act: 'own'; readonly owner: string }
  | { readonly act: 'note'; readonly text: string }
  | { readonly act: 'decide'; readonly decision: Omit<Decision, 'by' | 'atMs'> }
  | { readonly act: 'accept'; readonly untilMs: number | null; readonly reason: string }
  | { readonly act: 'reopen'; readonly reason: string };

/** Who acts, and when. */
export interface ActedBy {
  readonly by: string;
  readonly atMs: number;
}

/** An item of which nobody said anything yet. */
export const untouched = (classId: string): ReviewItem => ({
  classId,
  state: 'new',
  owner: '',
  notes: [],
  decision: null,
  acceptedUntilMs: null,
  realised: null,
  reopenedBecause: '',
  planAtCapture: null,
  planNow: null,
  indexExperiments: [],
  rewriteExperiments: [],
});

/** Every item in one of the six states. */
export function countStates(items: Iterable<ReviewItem>, classes: number): Readonly<Record<ItemState, number>> {
  const states: Record<ItemState, number> = { new: 0, investigating: 0, decided: 0, done: 0, accepted: 0, reopened: 0 };
  let touched = 0;
  for (const item of items) {
    states[item.state] += 1;
    touched += 1;
  }
  states.new += Math.max(0, classes - touched);
  return states;
}

const noted = (item: ReviewItem, { by, atMs }: ActedBy, text: string): ReviewItem =>
  text === '' ? item : { ...item, notes: [...item.notes, { atMs, by, text }] };

/** The item after the act. Nothing that was said before is lost: a new decision leaves the old one in the notes. */
export function applyAct(item: ReviewItem, act: ReviewAct, who: ActedBy): ReviewItem {
  switch (act.act) {
    case 'investigate':
      return { ...item, state: 'investigating', owner: item.owner === '' ? who.by : item.owner };
    case 'own':
      return { ...item, owner: act.owner };
    case 'note':
      return noted(item, who, act.text);
    case 'decide': {
      const before =
        item.decision === null
          ? item
          : noted(item, who, `Decided before: ${item.decision.kind}: ${item.decision.change}`);
      return {
        ...before,
        state: 'decided',
        owner: item.owner === '' ? who.by : item.owner,
        decision: { ...act.decision, ...who },
        realised: null,
        reopenedBecause: '',
        acceptedUntilMs: null,
      };
    }
    case 'accept':
      return {
        ...noted(item, who, `Accepted as it is: ${act.reason}`),
        state: 'accepted',
        acceptedUntilMs: act.untilMs,
        reopenedBecause: '',
      };
    case 'reopen':
      return { ...item, state: 'reopened', reopenedBecause: act.reason, acceptedUntilMs: null };
  }
}
