import { toAppError } from '@shared/errors';
import { movesPrimary } from '@shared/model/plan';
import type { Reconciliation, SettleChoice, StepFinding } from '@shared/model/run';
import type { Connections } from '../fleet/connections';
import { passedPointOfNoReturn } from './run-view';
import type { AssembledRun } from './run-assembly';

/**
 * Holds a stopped run against the servers: what each step really is, who takes writes now, and what can be done. Reads only;
 * the journal is never trusted alone.
 */
export async function reconcile(
  run: AssembledRun,
  parts: { readonly connections: Connections; readonly nowMs: () => number },
  signal: AbortSignal,
): Promise<Reconciliation> {
  const { record, runner, journal } = run;
  const past = passedPointOfNoReturn(record, journal.entries);
  const [steps, writable, notPassed] = await Promise.all([
    runner.look(),
    writability(run, parts.connections, signal),
    runner.notPassed().then(
      (proof) => ({ holds: true, why: proof }),
      (thrown: unknown) => ({ holds: false, why: toAppError(thrown).message }),
    ),
  ]);
  const open = steps.filter((one) => one.found === 'not-done' || one.found === 'unknown');
  const allDone = open.length === 0;
  // After a failover's start there is nobody to give writes back to: only the way forward helps.
  const canReturn = notPassed.holds && record.plan.kind !== 'failover';
  const choice = (name: SettleChoice, possible: boolean, why: string): Reconciliation['choices'][number] => ({
    choice: name,
    possible,
    why,
    recommended: possible && name === (canReturn ? 'roll-back' : 'continue'),
  });
  const servable = writable.some((one) => one.state !== 'silent');
  return {
    runId: record.runId,
    atMs: parts.nowMs(),
    steps,
    situation: [situationOf(writable), halfDone(steps, past, notPassed)].join('. '),
    choices: [
      choice(
        'continue',
        servable,
        servable
          ? allDone
            ? 'Every step is done: only the proof is left'
            : `Runs what is not done, in the plan’s order: ${open.length} steps`
          : 'No server answers: nothing can be looked at',
      ),
      choice(
        'roll-back',
        notPassed.holds,
        notPassed.holds
          ? past
            ? `${notPassed.why}: turning back loses nothing`
            : movesPrimary(record.plan.kind)
              ? 'Undoes what was done, newest first; nothing was written on the new primary'
              : 'Undoes what was done, newest first; the primary was not touched'
          : `Not possible: ${notPassed.why}`,
      ),
      choice('adopt', true, 'Changes nothing: you looked, and take the servers as they are'),
    ],
  };
}

interface Writability {
  readonly instance: string;
  readonly state: 'writable' | 'read-only' | 'silent';
}

async function writability(
  { record }: AssembledRun,
  connections: Connections,
  signal: AbortSignal,
): Promise<readonly Writability[]> {
  const statements = record.plan.steps.flatMap((step) => step.statements).filter((one) => one.instanceId !== '');
  const instances = new Map(statements.map((one) => [one.instanceId, one.instance]));
  return Promise.all(
    [...instances].map(async ([id, instance]): Promise<Writability> => {
      try {
        const [row] = await connections.use(id, 'look', signal, async ({ session }) =>
          session.query('SELECT @@GLOBAL.read_only AS closed', { timeoutMs: 3000 }),
        );
        return { instance, state: Number(row?.['closed']) === 0 ? 'writable' : 'read-only' };
      } catch {
        return { instance, state: 'silent' };
      }
    }),
  );
}

function situationOf(all: readonly Writability[]): string {
  const names = (state: Writability['state']): string =>
    all
      .filter((one) => one.state === state)
      .map((one) => one.instance)
      .join(', ');
  const [open, silent] = [names('writable'), names('silent')];
  const count = all.filter((one) => one.state === 'writable').length;
  if (open === '' && all.every((one) => one.state === 'silent'))
    return 'No server answers: who takes writes is not known';
  const writes =
    count === 0
      ? 'No instance takes writes now'
      : count === 1
        ? `${open} takes writes, nobody else`
        : `${open} take writes, all of them`;
  return silent === '' ? writes : `${writes}; no answer from ${silent}`;
}

function halfDone(
  steps: readonly StepFinding[],
  past: boolean,
  notPassed: { readonly holds: boolean; readonly why: string },
): string {
  const done = steps.filter((one) => one.found === 'done').length;
  const asked = steps.filter((one) => one.found !== 'not-asked').length;
  if (!past) return `${done} of ${asked} steps are done; the point of no return was not reached`;
  return notPassed.holds
    ? `${done} of ${asked} steps are done; the point of no return was tried and had no effect: ${notPassed.why}`
    : `${done} of ${asked} steps are done; the point of no return was passed`;
}
