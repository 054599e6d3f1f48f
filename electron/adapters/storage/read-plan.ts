import type { Candidate, Plan, PlannedStatement, Step } from '@shared/model/plan';

/** A plan as any released version wrote it: what later ones added may be absent, and a statement's text was once called `sql`. */
type Later = 'verdict' | 'fence' | 'attestation' | 'drillId' | 'choices' | 'divergence';
type StoredPlan = Omit<Plan, Later | 'candidates' | 'steps' | 'impact'> &
  Partial<Pick<Plan, Later>> & {
    readonly impact: Omit<Plan['impact'], 'achieved'> & Partial<Pick<Plan['impact'], 'achieved'>>;
    readonly candidates?: readonly (Omit<Candidate, 'rules' | 'loss'> & Partial<Pick<Candidate, 'rules' | 'loss'>>)[];
    readonly steps?: readonly (Omit<Step, 'statements' | 'beside'> &
      Partial<Pick<Step, 'beside'>> & { readonly statements: readonly StoredStatement[] })[];
  };
type StoredStatement = Omit<PlannedStatement, 'text' | 'by'> &
  Partial<Pick<PlannedStatement, 'text' | 'by'>> & { readonly sql?: string };

/** A stored plan in the present shape. What an older version did not know of is said to be absent, never guessed. */
export function readPlan(json: string): Plan {
  const plan = JSON.parse(json) as StoredPlan;
  return {
    ...plan,
    candidates: (plan.candidates ?? []).map((one) => ({ ...one, rules: one.rules ?? [], loss: one.loss ?? null })),
    steps: (plan.steps ?? []).map((step) => ({
      ...step,
      beside: step.beside ?? false,
      statements: step.statements.map(readStatement),
    })),
    verdict: plan.verdict ?? null,
    fence: plan.fence ?? [],
    attestation: plan.attestation ?? null,
    drillId: plan.drillId ?? null,
    impact: { ...plan.impact, achieved: plan.impact.achieved ?? '' },
    choices: plan.choices ?? [],
    divergence: plan.divergence ?? null,
  };
}

function readStatement({ sql, ...statement }: StoredStatement): PlannedStatement {
  return { ...statement, by: statement.by ?? 'sql', text: statement.text ?? sql ?? '' };
}
