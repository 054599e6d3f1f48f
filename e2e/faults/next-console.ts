import { setTimeout as wait } from 'node:timers/promises';
import type { OperationKind } from '@shared/model/plan';
import type { Reconciliation, RunState, SettleChoice } from '@shared/model/run';
import { SystemClock } from '../../electron/adapters/files/system-clock';
import { openSqliteStore } from '../../electron/adapters/storage/sqlite-store';
import { openLabConsole, type LabConsole } from '../../electron/core/testing/lab-console';
import type { RunningFleet } from '../fleet';
import { announcedLost } from './families/announced';

const { signal } = new AbortController();

/** What the next person does: what is recommended, or one way wherever it is offered. */
export type SettleWay = 'recommended' | SettleChoice;

/** An operation as a person asks for it, instances by their names. */
export interface Wish {
  readonly kind: OperationKind;
  readonly instance?: string;
  readonly candidate?: string;
  readonly choice?: string;
}

export interface Settled {
  /** What the next console saw. */
  readonly found: string;
  readonly chosen: SettleChoice | 'none';
  /** Of the run, or of the one that was asked for in its place. */
  readonly state: string;
  /** Transactions that the plan had announced as lost; null: an unknown number. */
  readonly announcedLost: number | null;
}

/** A console on a journal that another process may have left. */
export const openNextConsole = async (
  fleet: RunningFleet,
  dataFolder: string,
): Promise<LabConsole<ReturnType<typeof openSqliteStore>>> =>
  openLabConsole(fleet, { store: openSqliteStore({ folder: dataFolder, clock: new SystemClock() }), pollMs: 250 });

/**
 * The next console on the same journal looks and settles the newest run.
 * @param again what is asked for after a run was taken as it is, and how long a refusal is not believed; without it nothing is
 */
export async function settle(
  fleet: RunningFleet,
  dataFolder: string,
  how: SettleWay,
  again?: { readonly wish: Wish; readonly patienceMs: number },
): Promise<Settled> {
  const console = await openNextConsole(fleet, dataFolder);
  const { operations } = console;
  const none = { chosen: 'none', announcedLost: 0 } as const;
  try {
    const run = operations.list()[0];
    if (!run) return { ...none, found: 'no run in the journal', state: 'none' };
    if (run.state !== 'interrupted' && run.state !== 'needs-attention')
      return { ...none, found: `the run is ${run.state}`, state: run.state };
    for (let tries = 1; ; tries += 1) {
      const seen = await operations.look(run.runId, signal);
      const chosen = choiceOf(seen, how);
      let refusal = '';
      const refused = (thrown: unknown): void =>
        void (refusal = thrown instanceof Error ? thrown.message : String(thrown));
      if (chosen === 'continue') await operations.resume(run.runId).catch(refused);
      else if (chosen === 'roll-back') await operations.rollBack(run.runId).catch(refused);
      else operations.adopt(run.runId, 'taken as it is');
      const state = await operations.ended(run.runId);
      // A person would look again: what was in the way a moment ago (a restart, a lock) may be gone, and an application that
      // wrote since has made turning back impossible.
      if ((state !== 'needs-attention' && state !== 'interrupted') || tries === 3) {
        const report = operations.report(run.runId);
        const story = report.timeline.map((each) => `${each.sinceMs} ${each.text}`);
        const isBad = state === 'needs-attention' || state === 'interrupted' || state === 'failed';
        const found = isBad ? [seen.situation, refusal, ...story].join('\n     ') : seen.situation;
        const rest = { chosen, announcedLost: announcedLost(report) };
        if (chosen !== 'adopt' || !again) return { ...rest, found, state };
        const next = await askAgain(console, again);
        return { ...rest, state: next.state, found: `${found}. Asked again: ${next.said}` };
      }
      await wait(500);
    }
  } finally {
    await console.close();
  }
}

function choiceOf(seen: Reconciliation, how: SettleWay): SettleChoice {
  const possible = seen.choices.filter((one) => one.possible);
  const wanted =
    possible.find((one) => one.choice === how) ??
    (how === 'continue' ? undefined : possible.find((one) => one.recommended));
  return wanted?.choice ?? 'adopt';
}

/** After a run was taken as it is, the same person asks for the same once more. `adopted`: nothing more was asked for, or it is refused. */
async function askAgain(
  { inventory, clusterId, operations, unlocks }: LabConsole<ReturnType<typeof openSqliteStore>>,
  { wish, patienceMs }: { readonly wish: Wish; readonly patienceMs: number },
): Promise<{ readonly state: RunState; readonly said: string }> {
  const idOf = (name: string | undefined): string | undefined =>
    inventory.cluster(clusterId).instances.find((one) => one.name === name)?.id;
  const input = {
    kind: wish.kind,
    clusterId,
    instanceId: idOf(wish.instance),
    candidateId: idOf(wish.candidate),
    choice: wish.choice,
  };
  let plan = await operations.plan(input, signal);
  // A server that copies, or that starts, answers after a while.
  for (const endMs = Date.now() + patienceMs; !plan.applyable && Date.now() < endMs; await wait(500))
    plan = await operations.plan(input, signal);
  if (!plan.applyable) return { state: 'adopted', said: plan.refusals.join('; ') };
  unlocks.unlock({ clusterId, cluster: plan.cluster, reason: 'fault', minutes: 5 });
  const words = { planId: plan.id, confirmName: plan.cluster, reason: 'fault' };
  const { runId } = await operations.approve({ ...words, attestation: plan.attestation?.expected }, signal);
  const state = await operations.ended(runId);
  const story = operations.report(runId).timeline.map((each) => `${each.sinceMs} ${each.text}`);
  return { state, said: state === 'succeeded' ? state : story.join('\n     ') };
}
