import fs from 'node:fs';
import { MidwatchError } from '@shared/errors';
import type { Reconciliation } from '@shared/model/run';
import { reportFile } from '../core/operations/report/report-file';
import { duration, kindWord, moment, stateWord } from '../core/operations/report/report-words';
import { askedFor, optionalCluster, requireChoice, requireCluster, requireRun, textOf } from './arguments';
import { exitCodes, type Command } from './command';
import { firstLook, useSecretsOfEnvironment } from './first-look';
import { reportOutcome } from './follow-run';
import { headlessPrinter } from './headless-printer';
import { planText } from './plan-text';
import { table } from './table';

/** What can be asked for on the command line; a drill has a verb of its own. */
export const runnableKinds = ['switchover', 'failover', 'rejoin', 'reprovision', 'relocate'] as const;

const plan: Command = async ({ app, words, options, signal }) => {
  const cluster = requireCluster(app, words[0]);
  const kind = requireChoice(options['kind'], '--kind', runnableKinds);
  const asked = askedFor(cluster, options);
  await firstLook(app, signal);
  const planned = await app.operations.plan({ kind, clusterId: cluster.id, ...asked }, signal);
  return { data: planned, text: planText(planned), code: planned.applyable ? exitCodes.ok : exitCodes.refused };
};

const list: Command = async ({ app, words }) => {
  const runs = app.operations.list(optionalCluster(app, words[0])?.id);
  const waits = runs.some((run) => run.state === 'interrupted' || run.state === 'needs-attention');
  return {
    data: runs,
    text:
      runs.length === 0
        ? 'No runs yet'
        : table(
            ['Began', 'Cluster', 'Kind', 'State', 'Without writes', 'By', 'Run'],
            runs.map((run) => [
              moment(run.startedAtMs),
              run.cluster,
              `${kindWord(run.kind)}${run.drillId === null ? '' : ' (drill)'}`,
              stateWord(run.state)[1],
              run.writeGapMs === null ? '–' : duration(run.writeGapMs),
              run.by,
              run.runId,
            ]),
          ),
    code: waits ? exitCodes.act : exitCodes.ok,
  };
};

const report: Command = async (input) => {
  const { app, words, options, signal, version } = input;
  const run = requireRun(app, words[0]);
  const format = requireChoice(options['format'] ?? 'text', '--format', ['text', 'json', 'html', 'pdf'] as const);
  const file = textOf(options['out']);
  const shown = reportOutcome(input, run.runId);
  const asText = shown.text.trim();
  const content =
    format === 'text'
      ? `${asText}\n`
      : (
          await reportFile(
            app.operations.report(run.runId),
            format,
            { making: { atMs: app.clock.nowMs(), version }, printer: headlessPrinter },
            signal,
          )
        ).content;
  if (file !== '') {
    write(file, content);
    return { data: { file, format }, text: `Written to ${file}` };
  }
  return { data: shown.data, text: String(content).trimEnd(), code: exitCodes.ok };
};

const look: Command = async ({ app, words, signal }) => {
  const run = requireRun(app, words[0]);
  useSecretsOfEnvironment(app);
  const found = await app.operations.look(run.runId, signal);
  return { data: found, text: lookText(found) };
};

/** What is true on the servers about a stopped run, and what can be done. */
function lookText(found: Reconciliation): string {
  return [
    found.situation,
    '',
    table(
      ['Step', 'Found', 'Evidence'],
      found.steps.map((one) => [one.title, one.found, one.evidence]),
    ),
    '',
    ...found.choices.map(
      (one) =>
        `${one.possible ? `--choice ${one.choice}` : `not ${one.choice}`}${one.recommended ? ' (recommended)' : ''}: ${one.why}`,
    ),
  ].join('\n');
}

function write(file: string, content: string | Uint8Array): void {
  try {
    fs.writeFileSync(file, content);
  } catch (thrown) {
    throw new MidwatchError('file-unreadable', `${file} cannot be written`, {
      nextStep: 'Check the path, its rights and the space left',
      cause: thrown,
    });
  }
}

export const operationCommands: Readonly<Record<string, Command>> = {
  'operation plan': plan,
  'operation list': list,
  'operation report': report,
  'operation look': look,
};
