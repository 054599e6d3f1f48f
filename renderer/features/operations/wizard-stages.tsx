import type { ReactNode } from 'react';
import { Stages } from '../../ui/stages';

const names = ['Plan', 'Decide', 'Run', 'Report'] as const;

/** Where in the wizard one is. */
export function WizardStages({ at }: { readonly at: (typeof names)[number] }): ReactNode {
  return <Stages names={names} at={at} />;
}
