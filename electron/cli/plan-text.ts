import { movesPrimary, type Divergence, type Plan, type PlanChoice, type Step } from '@shared/model/plan';
import { checkWord, duration, lossFigure } from '../core/operations/report/report-words';
import { table } from './table';

/** A plan in words: what it is, what it loses, what speaks against it, and each step with its statements. */
export function planText(plan: Plan): string {
  const chosen = plan.candidates.find((one) => one.instance === plan.impact.candidate);
  const doubtful = plan.checks.filter((one) => one.status !== 'pass');
  const passed = plan.checks.length - doubtful.length;
  return [
    plan.title,
    ...(plan.verdict ? [plan.verdict.sentence] : []),
    ...plan.impact.sentences,
    ...(movesPrimary(plan.kind)
      ? [
          `Time without writes, expected: ${duration(plan.impact.writeGapMs)}`,
          `Loss: ${chosen?.loss ? `${chosen.loss.sentence} (transactions: ${lossFigure(chosen.loss)})` : `${plan.impact.lostTransactions} transactions`}`,
        ]
      : [`Then: ${plan.impact.achieved}`]),
    ...block('Choices', plan.choices.map(choiceLine)),
    ...(plan.divergence ? block('What they do not have in common', divergenceLines(plan.divergence)) : []),
    ...block('Checks', [
      ...doubtful.map((one) => `${checkWord(one.status)[1]}: ${one.title}. ${one.evidence}. ${one.advice}`.trim()),
      `${passed} of ${plan.checks.length} passed`,
    ]),
    ...block(
      'Fence',
      plan.fence.map((one) => `${one.usable ? 'usable' : 'not usable'}: ${one.title}. ${one.why}`),
    ),
    ...block('Candidates', candidateLines(plan)),
    ...block('Steps', plan.steps.flatMap(stepLines)),
    ...(plan.attestation
      ? block('To be sworn', [`${plan.attestation.statement}`, `--attest "${plan.attestation.expected}"`])
      : []),
    ...block('Refused', plan.refusals),
    '',
    plan.applyable ? `Ready: ${plan.actLabel}` : 'This plan cannot be carried out',
  ].join('\n');
}

function block(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

const choiceLine = (one: PlanChoice): string =>
  `${one.chosen ? '*' : ' '} --choice ${one.code}: ${one.title}. ${one.consequence}${one.possible ? '' : ` Not possible: ${one.why}`}`;

const counted = (count: number | null): string => (count === null ? 'not known' : count.toLocaleString('en'));

function divergenceLines(one: Divergence): readonly string[] {
  return [
    `Only on ${one.instance}, transactions: ${counted(one.errantTransactions)}${one.errantGtid === '' ? '' : ` (${one.errantGtid})`}`,
    `Only on ${one.against}, in its logs: ${counted(one.behindTransactions)}; purged: ${counted(one.purgedTransactions)}`,
    ...one.rows.map((row) => `${row.gtid}  ${row.table}  ${row.change}`),
    ...(one.rowsLeftOut === '' ? [] : [one.rowsLeftOut]),
  ];
}

function candidateLines(plan: Plan): readonly string[] {
  if (plan.candidates.length === 0) return [];
  const rows = plan.candidates.map((one) => [
    one.instance,
    one.state,
    one.loss ? lossFigure(one.loss) : one.lostTransactions === null ? 'not known' : String(one.lostTransactions),
    one.why,
  ]);
  return table(['Instance', '', 'Loses', 'Why'], rows).split('\n');
}

function stepLines(step: Step, index: number): readonly string[] {
  const sent = step.statements.filter((one) => one.phase === 'run');
  return [
    ...(step.pointOfNoReturn ? ['--- point of no return ---'] : []),
    `${index + 1}. ${step.title} (${step.target})`,
    ...sent.map(
      (one) => `     ${one.instance}${one.by === 'sql' ? '' : ` by ${one.by}`}: ${one.text.replace(/\s+/g, ' ')}`,
    ),
  ];
}
