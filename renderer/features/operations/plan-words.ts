import type { Basis, Candidate, Check, CheckStatus, Loss, Plan, Step } from '@shared/model/plan';

const statusOrder: readonly CheckStatus[] = ['fail', 'unknown', 'warn', 'pass'];

/** What does not pass stands first. */
export const rankChecks = (checks: readonly Check[]): readonly Check[] =>
  [...checks].sort((a, b) => statusOrder.indexOf(a.status) - statusOrder.indexOf(b.status));

/** Number of the step, from 1, from which on there is only forward; null when all can be undone. */
export function pointOfNoReturn(steps: readonly Step[]): number | null {
  const at = steps.findIndex((step) => step.pointOfNoReturn);
  return at < 0 ? null : at + 1;
}

/** The candidate that the plan would promote. */
export const chosenCandidate = (plan: Plan): Candidate | undefined =>
  plan.candidates.find((each) => each.instance === plan.impact.candidate);

/** What the plan's choice loses; null where nothing can be lost or nobody was chosen. */
export const chosenLoss = (plan: Plan): Loss | null => chosenCandidate(plan)?.loss ?? null;

/** Planned time of all steps. */
export const plannedTotalMs = (steps: readonly Step[]): number => steps.reduce((sum, step) => sum + step.plannedMs, 0);

/** Facts that two plans saw differently: what changed since the person last looked. */
export function changedFacts(
  before: Basis | null,
  now: Basis,
): readonly { readonly fact: string; readonly was: string; readonly is: string }[] {
  if (before === null) return [];
  const names = new Set([...Object.keys(before.facts), ...Object.keys(now.facts)]);
  return [...names]
    .map((fact) => ({ fact, was: before.facts[fact] ?? 'None', is: now.facts[fact] ?? 'None' }))
    .filter((each) => each.was !== each.is);
}

/** Why the go button cannot be pressed now; null when it can. */
export function goRefusal(at: {
  readonly plan: Plan;
  readonly typed: string;
  /** What was typed in the place of the attestation. */
  readonly sworn: string;
  readonly locked: boolean;
  readonly nowMs: number;
}): string | null {
  const { plan } = at;
  if (plan.verdict?.offersFailover === false) return plan.verdict.nextStep;
  if (!plan.applyable) return plan.refusals[0] ?? 'not possible';
  if (at.nowMs > plan.expiresAtMs) return 'plan expired';
  if (at.locked) return `${plan.cluster} is locked`;
  if (plan.attestation !== null && at.sworn !== plan.attestation.expected)
    return `“${plan.attestation.expected}” not typed yet`;
  return at.typed === plan.cluster ? null : 'cluster name not typed yet';
}

/** Amber only when over plan by more than a quarter and by more than 0.05 s. */
export const overPlan = (tookMs: number, plannedMs: number): boolean =>
  tookMs > plannedMs * 1.25 && tookMs - plannedMs > 50;
