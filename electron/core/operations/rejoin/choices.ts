import type { DialectName } from '@shared/model/fleet';
import type { Plan, PlanChoice } from '@shared/model/plan';
import type { DivergenceReading } from '../divergence/divergence-of';

export const rejoinChoices = ['incremental', 're-provision', 'inject-empty'] as const;
export type RejoinChoice = (typeof rejoinChoices)[number];

/** More than this are no accident that a person can answer for one by one. */
const mostInjected = 1000;

export interface ChoicesInput {
  readonly instance: string;
  readonly primary: string;
  readonly dialect: DialectName;
  readonly reading: DivergenceReading;
  /** What its applier broke on; '' is nothing. */
  readonly applierError: string;
  /** As asked for; undefined: what is best. */
  readonly asked: string | undefined;
}

export const countOf = ({ errant }: DivergenceReading): string =>
  errant.count === null ? 'an unknown number of' : errant.count.toLocaleString('en');

/** Ways to go on, each with what it keeps and throws away, and why not. Pure. */
export function choicesOf(input: ChoicesInput): readonly PlanChoice[] {
  const whyNot: Readonly<Record<RejoinChoice, string>> = {
    incremental: whyNotIncremental(input),
    're-provision': whyNotKept(input.reading),
    'inject-empty': whyNotInject(input),
  };
  const best: RejoinChoice = whyNot.incremental === '' ? 'incremental' : 're-provision';
  const wanted = input.asked ?? best;
  return rejoinChoices.map((code) => ({
    code,
    ...words(code, input),
    possible: whyNot[code] === '',
    why: whyNot[code],
    chosen: code === wanted,
  }));
}

function words(
  code: RejoinChoice,
  { instance, primary, reading }: ChoicesInput,
): Pick<PlanChoice, 'title' | 'consequence'> {
  const behind = reading.behind.transactions;
  const own = `${countOf(reading)} transactions`;
  const saved =
    reading.errant.text === '' ? 'Nothing is lost.' : `Its ${own} of its own are saved as files before anything else.`;
  switch (code) {
    case 'incremental':
      return {
        title: `Let ${instance} follow ${primary}`,
        consequence: `It receives the ${behind === null ? 'transactions' : `${behind.toLocaleString('en')} transactions`} that it lacks. Its data stays, and nothing is lost.`,
      };
    case 're-provision':
      return {
        title: `Close ${instance}, then fill it anew`,
        consequence: `It is closed for good. ${saved} A re-provision of its own follows and replaces its data.`,
      };
    case 'inject-empty':
      return {
        title: `Let ${instance} follow with data that differs`,
        consequence: `${saved} ${primary} gets empty transactions by their names, so that ${instance} can follow. What they changed stays on ${instance} alone: its data differs from then on, and reads there may be wrong.`,
      };
  }
}

function whyNotIncremental({ reading, applierError, primary }: ChoicesInput): string {
  if (reading.errant.text !== '') return `it holds ${countOf(reading)} transactions that ${primary} never had`;
  return whyNotFollow(reading, applierError, primary);
}

function whyNotFollow({ behind }: DivergenceReading, applierError: string, primary: string): string {
  if (behind.unknown !== '') return `it is not known what ${primary} has purged: ${behind.unknown}`;
  if (behind.purgedText !== '')
    return `${primary} has purged ${behind.purgedTransactions?.toLocaleString('en') ?? 'an unknown number of'} transactions that it lacks`;
  return applierError === '' ? '' : `its applier broke: ${applierError.slice(0, 160)}`;
}

const whyNotKept = ({ way }: DivergenceReading): string =>
  way?.by === 'none' ? `what only it holds cannot be saved: ${way.why}` : '';

function whyNotInject({ dialect, reading, applierError, primary }: ChoicesInput): string {
  if (dialect === 'mariadb') return 'MariaDB has no empty transaction under another server’s name';
  const { count, text } = reading.errant;
  if (text === '') return 'it holds nothing of its own';
  if (count === null || count > mostInjected) return `more than ${mostInjected.toLocaleString('en')} transactions`;
  return whyNotKept(reading) || whyNotFollow(reading, applierError, primary);
}

/** What a person must type, where data will differ or evidence is not whole; null: nothing. */
export function attestationOf(
  choice: RejoinChoice,
  reading: DivergenceReading,
  { instance, primary }: { readonly instance: string; readonly primary: string },
): Plan['attestation'] {
  const undecoded =
    reading.way?.by === 'sql'
      ? `The rows of ${countOf(reading)} transactions of ${instance} are kept by their events alone, not decoded`
      : '';
  if (choice === 'inject-empty')
    return {
      statement: [
        `I know that ${countOf(reading)} transactions stay on ${instance} alone, and that its data differs from ${primary} from now on`,
        ...(undecoded === '' ? [] : [undecoded]),
      ].join('. '),
      expected: `${instance} differs`,
    };
  return choice === 're-provision' && undecoded !== ''
    ? { statement: `${undecoded}, and may be lost with them`, expected: `${instance} undecoded` }
    : null;
}
