import type { AppError } from '@shared/errors';
import { movesPrimary, type Plan } from '@shared/model/plan';
import type { Reconciliation, RunView, SettleChoice, StepFinding } from '@shared/model/run';
import type { Mark } from '../../ui/status-badge';
import { backTo } from './kind-words';

type Choice = Reconciliation['choices'][number];

const all: readonly SettleChoice[] = ['continue', 'roll-back', 'adopt'];

/** A run that sends nothing until a person decides. */
export const isStopped = (run: RunView): boolean => run.state === 'interrupted' || run.state === 'needs-attention';

/**
 * The three ways out, the recommended one first. Before the servers were seen none is possible; when they cannot be
 * seen at all, a person who has seen them by other means may still adopt, or the run could never be settled.
 */
export function settleChoices(seen: {
  readonly look: Reconciliation | undefined;
  readonly error: AppError | null;
  /** Why the servers cannot be seen yet, for example a missing secret. */
  readonly blind: string | null;
}): readonly Choice[] {
  const { look, error, blind } = seen;
  if (look && blind === null) return [...look.choices].sort((a, b) => Number(b.recommended) - Number(a.recommended));
  const why = blind ?? (error ? 'Not yet: the servers could not be looked at' : 'Not yet: looking at the servers');
  const byHand = 'Changes nothing. Midwatch does not see the servers: adopt only what you saw there yourself.';
  return all.map((choice) =>
    choice === 'adopt' && blind === null && error !== null
      ? { choice, possible: true, why: byHand, recommended: false }
      : { choice, possible: false, why, recommended: false },
  );
}

/** Label of a way out: it names what it does. */
export function settleLabel(choice: SettleChoice, plan: Plan): string {
  const { candidate } = plan.impact;
  if (choice === 'continue')
    return movesPrimary(plan.kind) ? `Continue, give writes to ${candidate}` : 'Continue with what is not done';
  if (choice === 'adopt') return 'Adopt the servers as they are';
  return `Roll back, ${backTo(plan)}`;
}

/** What was found about a step, as mark and word. */
export const foundWords: Readonly<Record<StepFinding['found'], { readonly mark: Mark; readonly word: string }>> = {
  done: { mark: 'ok', word: 'Found done' },
  'not-done': { mark: 'failed', word: 'Found not done' },
  unknown: { mark: 'unknown', word: 'Unknown' },
  'not-asked': { mark: 'todo', word: 'Not asked' },
};
