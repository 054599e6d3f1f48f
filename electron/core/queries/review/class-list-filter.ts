import type { StatementClass } from '@shared/model/query-capture';
import type { ItemState, Movement, ReviewItem } from '@shared/model/query-review';
import type { ListedReview } from './class-list';

/** Which classes a list holds; absent fields filter nothing. */
export interface ClassFilter {
  /** Part of the fingerprint, beginning of an id or digest, end of pt's checksum; upper and lower case alike. */
  readonly text?: string;
  readonly state?: ItemState;
  readonly movement?: Movement | 'plan-changed';
  readonly flag?: string;
  readonly schema?: string;
  readonly user?: string;
  readonly host?: string;
  readonly application?: string;
}

/** True when the plan as asked now has another shape than the one at capture. */
export const isPlanChanged = (item: ReviewItem | undefined): boolean =>
  item?.planAtCapture != null &&
  item.planNow != null &&
  item.planAtCapture.format === item.planNow.format &&
  item.planAtCapture.structure !== item.planNow.structure;

type Holds = (one: StatementClass) => boolean;

/** The question whether a class belongs to a list. Made once for all classes: only what is asked for is looked at. */
export function classMatcher(filter: ClassFilter, { items, comparisons }: ListedReview): Holds {
  const { state, movement, flag } = filter;
  const text = filter.text?.trim().toLowerCase() ?? '';
  const asked: Holds[] = [];
  if (state !== undefined) asked.push(({ id }) => (items[id]?.state ?? 'new') === state);
  if (movement === 'plan-changed') asked.push(({ id }) => isPlanChanged(items[id]));
  else if (movement !== undefined) asked.push(({ id }) => comparisons[id]?.movement === movement);
  if (flag !== undefined) asked.push(({ flags }) => (flags[flag] ?? 0) > 0);
  for (const [part, name] of [
    ['schemas', filter.schema],
    ['users', filter.user],
    ['hosts', filter.host],
    ['applications', filter.application],
  ] as const)
    if (name !== undefined) asked.push((one) => one[part].some((share) => share.name === name));
  if (text !== '') asked.push(textMatcher(text));
  return (one) => asked.every((holds) => holds(one));
}

function textMatcher(text: string): Holds {
  const inFingerprint: Holds = ({ fingerprint }) => fingerprint.toLowerCase().includes(text);
  if (!/^[0-9a-f]+$/.test(text)) return inFingerprint;
  return (one) =>
    inFingerprint(one) ||
    one.id.startsWith(text) ||
    one.ptChecksum.toLowerCase().endsWith(text) ||
    one.serverDigests.some((digest) => digest.startsWith(text));
}
