import { MidwatchError } from '@shared/errors';
import type { Plan } from '@shared/model/plan';

/**
 * A person confirms by typing the cluster's name, and what they swear to where the plan asks for it.
 * @throws MidwatchError `confirmation-mismatch`
 */
export function requireConfirmation(plan: Plan, confirmName: string, attestation: string): void {
  if (confirmName !== plan.cluster)
    throw new MidwatchError('confirmation-mismatch', `"${confirmName}" is not the cluster’s name`, {
      nextStep: `Type ${plan.cluster}`,
    });
  if (plan.attestation && attestation !== plan.attestation.expected)
    throw new MidwatchError('confirmation-mismatch', 'What you swear to was not typed as asked', {
      nextStep: `Type: ${plan.attestation.expected}`,
    });
}

/** Why a run that may have opened the new primary is not undone. @throws MidwatchError `plan-not-applyable`, always */
export const turningBackRefused = (thrown: unknown): never => {
  throw new MidwatchError(
    'plan-not-applyable',
    `Turning back would lose writes: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    { nextStep: 'Carry the run on, or take the servers as they are', cause: thrown },
  );
};
