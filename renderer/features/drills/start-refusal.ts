import type { Plan } from '@shared/model/plan';

/** Why a drill cannot be started now; null when it can. */
export function startRefusal(at: {
  readonly cluster: string | null;
  readonly plan: Plan | undefined;
  readonly failed: boolean;
  readonly locked: boolean;
  readonly typed: string;
  readonly busyWith: boolean;
}): string | null {
  if (at.busyWith) return 'a drill is at work';
  if (at.cluster === null) return 'no cluster chosen';
  if (at.failed) return 'it could not be planned';
  if (at.plan === undefined) return 'asking every instance';
  if (!at.plan.applyable) return 'it cannot be drilled now';
  if (at.locked) return `${at.cluster} is locked`;
  return at.typed === at.cluster ? null : 'cluster name not typed yet';
}
