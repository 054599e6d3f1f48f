import fs from 'node:fs';
import { MidwatchError } from '@shared/errors';
import { discover } from '../core/fleet/discovery';
import { printInventory, readInventoryFile } from '../core/fleet/inventory-file';
import { readNumber, requireText } from './arguments';
import { exitCodes, type Command } from './command';
import { firstLook } from './first-look';
import { table } from './table';

const fleetStatus: Command = async ({ app, signal }) => {
  const snapshot = await firstLook(app, signal);
  const rows = snapshot.clusters.map((cluster) => [
    cluster.severity,
    cluster.name,
    `${cluster.dialect ?? ''} ${cluster.version}`.trim(),
    cluster.instances.find((one) => one.id === cluster.primaryId)?.name ?? 'none',
    `${cluster.answered} of ${cluster.instances.length}`,
    cluster.worstLagSeconds === null ? '–' : cluster.worstLagSeconds.toFixed(1),
    cluster.findings.find((one) => one.severity !== 'note')?.title ?? cluster.findings[0]?.title ?? 'None',
  ]);
  const worst = snapshot.clusters[0]?.severity;
  return {
    data: snapshot,
    text:
      rows.length === 0
        ? 'No clusters yet: midwatch fleet discover --host … --add'
        : table(['State', 'Cluster', 'Server', 'Primary', 'Answered', 'Lag, s', 'Finding'], rows),
    code:
      worst === 'act'
        ? exitCodes.act
        : worst === 'watch'
          ? exitCodes.watch
          : snapshot.answered < snapshot.total
            ? exitCodes.partial
            : exitCodes.ok,
  };
};

const fleetDiscover: Command = async ({ app, options, signal }) => {
  const host = requireText(options['host'], '--host');
  const user = requireText(options['user'], '--user');
  const password = process.env['MIDWATCH_PASSWORD'];
  if (password === undefined)
    throw new MidwatchError('secret-missing', 'No password', {
      nextStep: 'Set MIDWATCH_PASSWORD; a password on the command line would stand in the process list',
    });
  const seed = {
    host,
    port: readNumber(options['port'], '--port', { from: 1, to: 65_535 }) ?? 3306,
    user,
    password,
    tls: { mode: 'off' as const },
    hops: [],
  };
  let last;
  for await (const found of discover(app.connector, app.inventory.resolveTarget(seed), signal)) last = found;
  if (!last || last.state === 'failed')
    throw new MidwatchError(last?.error?.code ?? 'internal', last?.error?.message ?? 'Nothing was asked', {
      nextStep: last?.error?.nextStep ?? '',
    });
  const reached = last.instances.filter((one) => one.reached);
  if (options['add']) {
    const name = typeof options['name'] === 'string' ? options['name'] : last.suggestedName;
    app.inventory.addCluster({
      name,
      seed,
      instances: reached.map(({ host: at, port, name: called }) => ({ host: at, port, name: called })),
      heartbeat: false,
    });
  }
  return {
    data: last,
    text: table(
      ['Instance', 'Role', 'Version', 'Named by', 'Reached'],
      last.instances.map((one) => [
        one.name,
        one.role,
        one.version,
        one.askedFrom,
        one.reached ? 'yes' : (one.error?.message ?? 'no'),
      ]),
    ),
    code: reached.length < last.instances.length ? exitCodes.partial : exitCodes.ok,
  };
};

const fleetExport: Command = async ({ app, words }) => {
  const yaml = printInventory(app.inventory.current, app.textFormat);
  const file = words[0];
  if (file === undefined) return { data: { yaml }, text: yaml.trimEnd() };
  fs.writeFileSync(file, yaml);
  return { data: { file }, text: `Written to ${file}` };
};

const fleetImport: Command = async ({ app, words }) => {
  const file = requireText(words[0], 'FILE');
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new MidwatchError('file-unreadable', `${file} cannot be read`, { nextStep: 'Check the path', cause: thrown });
  }
  const report = app.inventory.merge(readInventoryFile(text, app.textFormat));
  return {
    data: report,
    text: `Added ${report.added.length}, replaced ${report.replaced.length}, unchanged ${report.unchanged.length}${report.secretsWanted.length > 0 ? `\nPasswords wanted: ${report.secretsWanted.join(', ')}` : ''}`,
  };
};

export const fleetCommands: Readonly<Record<string, Command>> = {
  'fleet status': fleetStatus,
  'fleet discover': fleetDiscover,
  'fleet export': fleetExport,
  'fleet import': fleetImport,
};
