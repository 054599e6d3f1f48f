import { MidwatchError } from '@shared/errors';
import type { Cluster } from '@shared/model/inventory';
import {
  askedFor,
  readNumber,
  requireChoice,
  requireCluster,
  requireConfirmed,
  requireRun,
  requireText,
  textOf,
} from './arguments';
import type { Command, CommandInput } from './command';
import { firstLook, useSecretsOfEnvironment } from './first-look';
import { followRun, reportOutcome } from './follow-run';
import { runnableKinds } from './operation-commands';
import { planText } from './plan-text';

const run: Command = async (input) => {
  const { app, words, options, signal, say } = input;
  const cluster = requireCluster(app, words[0]);
  const kind = requireChoice(options['kind'], '--kind', runnableKinds);
  const confirmName = requireText(options['confirm'], '--confirm');
  const asked = askedFor(cluster, options);
  requireReasonToUnlock(input);
  await firstLook(app, signal);
  const planned = await app.operations.plan({ kind, clusterId: cluster.id, ...asked }, signal);
  say(`${planText(planned)}\n`, { event: 'plan', plan: planned });
  if (!planned.applyable)
    throw new MidwatchError('plan-not-applyable', `Nothing was begun: ${planned.refusals.join('; ')}`, {
      nextStep: 'Mend what the checks name, then ask again',
    });
  requireConfirmed(confirmName, cluster.name);
  unlockIfAsked(input, cluster);
  const attestation = textOf(options['attest']);
  const { runId } = await app.operations.approve(
    {
      planId: planned.id,
      confirmName,
      reason: textOf(options['reason']),
      ...(attestation === '' ? {} : { attestation }),
    },
    signal,
  );
  say(`Run ${runId}`, { event: 'started', runId });
  return followRun(input, runId);
};

const resume: Command = async (input) => {
  const { app, words, options, signal, say } = input;
  const stopped = requireRun(app, words[0]);
  const choice = requireChoice(options['choice'], '--choice', ['continue', 'roll-back', 'adopt'] as const);
  const confirmName = requireText(options['confirm'], '--confirm');
  requireConfirmed(confirmName, stopped.cluster);
  const { runId } = stopped;
  switch (choice) {
    case 'adopt': {
      const note = requireText(options['note'], '--note').trim();
      if (note.length < 3 || note.length > 400)
        throw new MidwatchError('invalid-input', '--note must say in 3 to 400 characters what you saw', {
          nextStep: 'Say what you saw on the servers: it stands in the report',
        });
      app.operations.adopt(runId, note);
      return reportOutcome(input, runId);
    }
    case 'continue':
      useSecretsOfEnvironment(app);
      await app.operations.resume(runId);
      say(`Run ${runId} goes on`, { event: 'started', runId });
      return followRun(input, runId);
    case 'roll-back': {
      useSecretsOfEnvironment(app);
      signal.throwIfAborted();
      say(`Run ${runId} is undone`, { event: 'started', runId });
      await app.operations.rollBack(runId);
      return reportOutcome(input, runId);
    }
  }
};

/** A cluster is read-only until a named person unlocks it with a reason; on the command line, for this command alone. */
export function unlockIfAsked({ app, options }: CommandInput, cluster: Cluster): void {
  const minutes = readNumber(options['unlock'], '--unlock', { from: 1, to: 480 });
  if (minutes !== null)
    app.unlocks.unlock({
      clusterId: cluster.id,
      cluster: cluster.name,
      reason: textOf(options['reason']).trim(),
      minutes,
    });
  else if (app.unlocks.current(cluster.id) === null)
    throw new MidwatchError('cluster-locked', `${cluster.name} is read-only: nothing was begun`, {
      nextStep: 'Add --unlock MINUTES and --reason TEXT',
    });
}

/** @throws MidwatchError `invalid-input` before anything is asked of a server */
export function requireReasonToUnlock({ options }: CommandInput): void {
  if (options['unlock'] === undefined) return;
  readNumber(options['unlock'], '--unlock', { from: 1, to: 480 });
  const { length } = textOf(options['reason']).trim();
  if (length < 3 || length > 200)
    throw new MidwatchError('invalid-input', '--unlock needs a --reason of 3 to 200 characters', {
      nextStep: 'Say why: it stands in the activity log and in the report',
    });
}

export const runCommands: Readonly<Record<string, Command>> = {
  'operation run': run,
  'operation resume': resume,
};
