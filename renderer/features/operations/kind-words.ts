import { movesPrimary, type Candidate, type OperationKind, type Plan } from '@shared/model/plan';
import type { RunView } from '@shared/model/run';

/** What the board of candidates is called, and what stands on it. */
export interface BoardWords {
  readonly title: string;
  readonly one: string;
  readonly order: string;
  readonly right: string;
  /** Head of the column of transactions that one has not (yet). */
  readonly lacks: string;
}

const boards: Readonly<Record<OperationKind, BoardWords>> = {
  switchover: {
    title: 'Candidates',
    one: 'replica',
    order: 'least loss first',
    right: "loss counted against the primary's executed set",
    lacks: 'To apply, trx',
  },
  failover: {
    title: 'Candidates',
    one: 'replica',
    order: 'least loss first',
    right: 'lost of what the primary held',
    lacks: 'To apply, trx',
  },
  drill: { title: 'Candidates', one: 'replica', order: 'least loss first', right: '', lacks: 'To apply, trx' },
  rejoin: { title: 'Sources', one: 'instance', order: 'best first', right: '', lacks: 'Lacks, trx' },
  reprovision: {
    title: 'Donors',
    one: 'instance',
    order: 'best first',
    right: 'the data is copied from the chosen one',
    lacks: 'To apply, trx',
  },
  relocate: {
    title: 'New source',
    one: 'instance',
    order: 'nearest first',
    right: 'what it lacks of the replica is waited for',
    lacks: 'Lacks, trx',
  },
};

export const boardWords = (kind: OperationKind): BoardWords => boards[kind];

/**
 * Whom the plan is made for. A kind that moves the primary names it; the others take whom was asked for, else the best.
 */
export const chosenOf = (plan: Plan, asked: string | null): Candidate | undefined =>
  movesPrimary(plan.kind)
    ? plan.candidates.find((each) => each.instance === plan.impact.candidate)
    : (plan.candidates.find((each) => each.instanceId === asked) ??
      plan.candidates.find((each) => each.state === 'best'));

/**
 * True where the click loses something for good, or nobody knows: then its button is red. A failover and a drill always;
 * the others by what they announce and by what only the instance holds.
 */
export function losesSomething({ kind, impact, divergence }: Plan): boolean {
  if (kind === 'failover' || kind === 'drill') return true;
  return impact.lostTransactions > 0 || (divergence !== null && divergence.errantTransactions !== 0);
}

/** What turning back gives, for the button that does it. */
export function backTo({ kind, impact }: Plan): string {
  if (kind === 'switchover') return `give writes back to ${impact.primary}`;
  return movesPrimary(kind) || kind === 'drill' ? 'undo what was done' : 'undo what was done; nothing is lost';
}

/** What is true once everything was taken back. */
const backWords = ({ kind, impact }: Plan): string =>
  kind === 'switchover'
    ? `${impact.primary} takes writes again`
    : movesPrimary(kind)
      ? 'nobody is promoted'
      : kind === 'drill'
        ? 'nothing is broken'
        : kind === 'rejoin'
          ? `${impact.candidate} stays closed to writes`
          : `${impact.candidate} is as it was`;

/** Foot of a run at work: how far one can still go back, and what that costs. */
export function footWords(run: RunView, undoing: boolean): string {
  const { plan } = run;
  const { primary, candidate } = plan.impact;
  if (undoing) return `Taking back what was done, newest first; then ${backWords(plan)}.`;
  if (run.pastPointOfNoReturn && plan.kind === 'drill') return `${primary} was ended on purpose.`;
  if (run.pastPointOfNoReturn)
    return movesPrimary(plan.kind)
      ? `Nothing can be undone from here: the run goes forward until ${candidate} has taken writes and it is proven.`
      : `Nothing can be undone from here: the run goes forward. ${candidate} takes no writes until it is proven; ${primary} goes on as before.`;
  const line = plan.steps.some((step) => step.pointOfNoReturn) ? 'Until the point of no return you' : 'You';
  const lost = movesPrimary(plan.kind) ? '' : ' Nothing is lost by turning back.';
  return `${line} may cancel: each done step is undone and ${backWords(plan)}.${lost}`;
}

/** After the end of a run: what it came to. */
export function endWords({ state, plan }: RunView): string {
  const { primary, candidate, achieved } = plan.impact;
  if (state === 'succeeded') {
    if (plan.kind === 'drill') return `${primary} is ended, as its host shows: the failover is a run of its own.`;
    return movesPrimary(plan.kind)
      ? `${candidate} takes the writes, proven by a new connection.`
      : achieved || 'Done, and proven by new connections.';
  }
  if (state === 'adopted')
    return 'A person looked at the servers and took them as they are: see the note in the journal.';
  if (state === 'cancelled' || state === 'failed') {
    if (plan.kind === 'switchover') return `Taken back: ${primary} takes the writes as before.`;
    return movesPrimary(plan.kind)
      ? 'Taken back: what was done is undone. Nobody was promoted.'
      : `Taken back: what was done is undone, and ${backWords(plan)}. ${primary} was not touched.`;
  }
  return 'Nothing is sent to any server until a person decides.';
}
