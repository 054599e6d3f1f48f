import type { DrillPhase } from '@shared/model/drill';
import type { Plan } from '@shared/model/plan';
import type { JournalEntry } from '@shared/model/run';

/** When the first entry of a type was written for a step, epoch ms; null when none was. */
export const momentOf = (journal: readonly JournalEntry[], stepId: string, type: JournalEntry['type']): number | null =>
  journal.find((entry) => entry.stepId === stepId && entry.type === type)?.atMs ?? null;

/** Time of each step, from its intent to its proof, up to the opening of the new primary. */
export function phasesOf(
  journal: readonly JournalEntry[],
  plan: Plan,
  { fromStep }: { readonly fromStep: string },
): readonly DrillPhase[] {
  const from = plan.steps.findIndex((one) => one.id === fromStep);
  const open = plan.steps.findIndex((one) => one.pointOfNoReturn);
  return plan.steps.slice(Math.max(0, from), open + 1).flatMap((one) => {
    const [begun, ended] = [momentOf(journal, one.id, 'intent'), momentOf(journal, one.id, 'verified')];
    return begun === null || ended === null ? [] : [{ name: one.title, ms: ended - begun }];
  });
}
