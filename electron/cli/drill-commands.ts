import { createInterface } from 'node:readline/promises';
import { MidwatchError } from '@shared/errors';
import type { Drill } from '@shared/model/drill';
import type { Cluster } from '@shared/model/inventory';
import { duration, kindWord, moment } from '../core/operations/report/report-words';
import { optionalCluster, requireChoice, requireCluster, requireConfirmed, requireText, textOf } from './arguments';
import { exitCodes, type Command, type CommandInput, type Outcome } from './command';
import { firstLook } from './first-look';
import { codeOf } from './follow-run';
import { planText } from './plan-text';
import { requireReasonToUnlock, unlockIfAsked } from './run-commands';
import { table } from './table';

const drill: Command = async (input) => {
  const { app, words, options, signal, say } = input;
  const cluster = requireCluster(app, words[0]);
  const kind = requireChoice(options['kind'], '--kind', ['switchover', 'failover'] as const);
  const confirmName = requireText(options['confirm'], '--confirm');
  const unattended = options['unattended'] === true;
  if (!unattended && !process.stdin.isTTY)
    throw new MidwatchError('invalid-input', 'A drill that waits for a person needs a terminal', {
      nextStep: 'Add --unattended: it approves its own plans',
    });
  requireReasonToUnlock(input);
  requireConfirmed(confirmName, cluster.name);
  await firstLook(app, signal);
  unlockIfAsked(input, cluster);
  const reason = textOf(options['reason']);
  const toRegion = regionOf(cluster, options['region']);
  const { drillId } = await app.drills.start(
    { clusterId: cluster.id, kind, toRegion, unattended, confirmName, reason },
    signal,
  );
  say(`Drill ${drillId}`, { event: 'started', drillId });
  return followDrill(input, drillId);
};

/** @throws MidwatchError `not-found` for a region that the cluster does not have */
function regionOf({ instances }: Cluster, given: string | boolean | undefined): string | undefined {
  const region = textOf(given);
  if (region === '') return undefined;
  const regions = [...new Set(instances.flatMap((one) => one.region ?? []))];
  if (regions.includes(region)) return region;
  throw new MidwatchError('not-found', `--region ${region} is not known`, { nextStep: regions.join(', ') });
}

async function followDrill(input: CommandInput, drillId: string): Promise<Outcome> {
  const { app, signal, say } = input;
  let told = '';
  const tell = (): void => {
    const now = app.drills.view(drillId);
    if (now.state === told) return;
    told = now.state;
    say(`${moment(app.clock.nowMs())}  ${now.state.replaceAll('-', ' ')}`, { event: 'drill', drill: now });
    if (now.state === 'awaiting-approval')
      askToApprove(input, now).catch((thrown: unknown) => {
        const message = thrown instanceof Error ? thrown.message : String(thrown);
        say(`Not approved: ${message}`, { event: 'not-approved', drillId, message });
      });
  };
  const stop = app.drills.onChange((changed) => {
    if (changed === drillId) tell();
  });
  const onAbort = (): void => {
    const { runId } = app.drills.view(drillId);
    const canTurnBack = runId !== null && app.operations.view(runId).cancellable;
    say(
      canTurnBack
        ? 'Turning back…'
        : 'A drill at work is waited for: half of one would leave the cluster without a primary',
      {
        event: canTurnBack ? 'cancelling' : 'not-cancellable',
        drillId,
      },
    );
    if (canTurnBack) app.operations.cancel(runId);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    tell();
    const ended = await app.drills.ended(drillId);
    return {
      data: ended,
      text: `\n${drillText(ended)}`,
      code:
        ended.state === 'succeeded'
          ? exitCodes.ok
          : ended.runId === null
            ? exitCodes.failed
            : Math.max(exitCodes.failed, codeOf(app.operations.view(ended.runId).state)),
      asLine: true,
    };
  } finally {
    stop();
    signal.removeEventListener('abort', onAbort);
  }
}

/** Shows a plan of this moment, and approves it when the cluster's name is typed. */
async function askToApprove(
  { app, signal, say, options }: CommandInput,
  { kind, clusterId, cluster, drillId, reason, newPrimary }: Drill,
) {
  const candidateId = app.inventory.cluster(clusterId).instances.find((one) => one.name === newPrimary)?.id;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    for (;;) {
      const planned = await app.operations.plan({ kind, clusterId, drillId, candidateId }, signal);
      say(`\n${planText(planned)}\n`, { event: 'plan', plan: planned });
      const typed = await terminal.question(`Type ${cluster} to approve, or Enter to look again: `, { signal });
      if (typed.trim() !== cluster) continue;
      const attestation = textOf(options['attest']);
      await app.operations.approve(
        { planId: planned.id, confirmName: typed.trim(), reason, ...(attestation === '' ? {} : { attestation }) },
        signal,
      );
      return;
    }
  } finally {
    terminal.close();
  }
}

const regionsWord = ({ fromRegion, toRegion }: Drill, before: string, between: string): string =>
  toRegion === '' ? '' : `${before}${fromRegion}${between}${toRegion}`;

function drillText(one: Drill): string {
  return [
    `${one.state === 'succeeded' ? 'Succeeded' : 'Failed'}: drill of a ${one.kind} of ${one.cluster}${regionsWord(one, ' from ', ' to ')}${one.error === '' ? '' : `. ${one.error}`}`,
    `${one.oldPrimary} to ${one.newPrimary === '' ? 'nobody' : one.newPrimary}, writing through ${one.writesThrough}`,
    `Outage as an application saw it: ${duration(one.rtoMs)}`,
    ...one.phases.map((phase) => `  ${phase.name}: ${duration(phase.ms)}`),
    `Announced loss: ${one.announced === '' ? 'nothing was announced' : one.announced}`,
    `Measured loss: ${one.missing === null ? 'not measured' : `${one.missing} of ${one.acknowledged} acknowledged rows are missing`}`,
    ...one.notes,
    ...[one.breakRunId, one.runId].flatMap((runId) => (runId === null ? [] : [`midwatch operation report ${runId}`])),
  ].join('\n');
}

const drills: Command = async ({ app, words }) => {
  const all = app.drills.list(optionalCluster(app, words[0])?.id);
  return {
    data: all,
    text:
      all.length === 0
        ? 'No drills yet'
        : table(
            ['Began', 'Cluster', 'Kind', 'State', 'Outage', 'Missing', 'By', 'Drill'],
            all.map((one) => [
              moment(one.startedAtMs),
              one.cluster,
              `${kindWord(one.kind)}${regionsWord(one, ' ', ' → ')}`,
              one.state.replaceAll('-', ' '),
              duration(one.rtoMs),
              one.missing === null ? 'not measured' : `${one.missing} of ${one.acknowledged}`,
              one.by,
              one.drillId,
            ]),
          ),
  };
};

export const drillCommands: Readonly<Record<string, Command>> = {
  'operation drill': drill,
  'operation drills': drills,
};
