import fs from 'node:fs';
import { MidwatchError } from '@shared/errors';
import type { FleetSnapshot } from '@shared/model/fleet';
import type { Application } from '../core/application';
import { discover } from '../core/fleet/discovery';
import { printInventory, readInventoryFile } from '../core/fleet/inventory-file';
import { table } from './table';

/** Documented in docs/command-line.md; scripts depend on them. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, watch: 3, act: 4, partial: 5 } as const;

export const usage = `midwatch <noun> <verb> [--json] [--data FOLDER]

  fleet status                 state of every cluster, worst first
  fleet discover --host H [--port P] --user U [--name N] [--add]
                               crawl from one instance; the password comes from MIDWATCH_PASSWORD
  fleet export [FILE]          the inventory as YAML, without secrets
  fleet import FILE            take over an inventory file
  instance processlist NAME    sessions of one instance (cluster/instance or instance) [--all: sleepers too]

Passwords: MIDWATCH_PASSWORD is used for every cluster that has none stored here.
Exit codes: 0 calm or done, 1 failed, 2 wrong usage, 3 watch, 4 act now, 5 not every instance answered.`;

interface CommandInput {
  readonly app: Application;
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly signal: AbortSignal;
}

interface Outcome {
  readonly data: unknown;
  readonly text: string;
  readonly code?: number;
}

export type Command = (input: CommandInput) => Promise<Outcome>;

/** Headless there is no keychain of ours: one password from the environment serves the clusters that have none. */
function usePasswordOfEnvironment(app: Application): void {
  const password = process.env['MIDWATCH_PASSWORD'];
  if (password === undefined) return;
  for (const cluster of app.inventory.current.clusters) {
    const ref = { kind: 'cluster-password', id: cluster.id } as const;
    if (app.secrets.get(ref) === null) app.secrets.set(ref, password);
  }
  app.monitor.wakeAll();
}

/** Waits until every instance answered or failed once, at most 10 s. */
async function firstLook(app: Application, signal: AbortSignal): Promise<FleetSnapshot> {
  usePasswordOfEnvironment(app);
  // Monitors began before the password was known: their first complaint about it says nothing.
  const hasPassword = process.env['MIDWATCH_PASSWORD'] !== undefined;
  const deadlineMs = app.clock.monotonicMs() + 10_000;
  const settled = (): boolean =>
    app.inventory.current.clusters.every((cluster) =>
      app.monitor
        .observations(cluster.id)
        .every(
          (one) => one.sample !== null || (one.error !== null && (!hasPassword || one.error.code !== 'secret-missing')),
        ),
    );
  while (!settled() && app.clock.monotonicMs() < deadlineMs && !signal.aborted) await app.clock.sleep(50);
  // A rate needs two samples.
  await app.clock.sleep(1200).catch(() => undefined);
  app.monitor.refresh();
  return app.monitor.snapshot;
}

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
  const seed = { host, port: readPort(options['port']), user, password, tls: { mode: 'off' as const }, hops: [] };
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

const processList: Command = async ({ app, words, options, signal }) => {
  const wanted = requireText(words[0], 'NAME');
  usePasswordOfEnvironment(app);
  const matches = app.inventory.current.clusters.flatMap((cluster) =>
    cluster.instances.filter((one) => one.name === wanted || `${cluster.name}/${one.name}` === wanted),
  );
  const [instance] = matches;
  if (!instance || matches.length > 1)
    throw new MidwatchError(
      'not-found',
      matches.length > 1 ? `${wanted} stands in several clusters` : `No instance ${wanted}`,
      { nextStep: 'Name it as cluster/instance; midwatch fleet status lists them' },
    );
  const list = await app.instances.processList(instance.id, signal);
  const sessions = options['all'] ? list.sessions : list.sessions.filter((one) => one.kind !== 'sleeping');
  return {
    data: list,
    text: table(
      ['Session', 'Kind', 'User', 'Time, s', 'Waits for', 'Statement'],
      sessions.map((one) => [
        String(one.id),
        one.kind,
        `${one.user}@${one.host}`,
        String(one.seconds),
        one.blockedBy.join(' '),
        one.statement.replace(/\s+/g, ' ').slice(0, 100),
      ]),
    ),
  };
};

/** By noun and verb. Later work adds its rows here. */
export const commands: Readonly<Record<string, Command>> = {
  'fleet status': fleetStatus,
  'fleet discover': fleetDiscover,
  'fleet export': fleetExport,
  'fleet import': fleetImport,
  'instance processlist': processList,
};

function readPort(value: string | boolean | undefined): number {
  const port = value === undefined ? 3306 : Number(value);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new MidwatchError('invalid-input', `--port ${String(value)} is no port`, {
    nextStep: 'A number from 1 to 65535',
  });
}

function requireText(value: string | boolean | undefined, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new MidwatchError('invalid-input', `${name} is missing`, { nextStep: 'midwatch --help' });
}
