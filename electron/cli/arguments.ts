import { MidwatchError } from '@shared/errors';
import type { Cluster } from '@shared/model/inventory';
import type { RunSummary } from '@shared/model/run';
import type { Application } from '../core/application';
import type { PlanInput } from '../core/operations/operation-kind';

type Given = string | boolean | undefined;

/** @throws MidwatchError `invalid-input` when nothing was given */
export function requireText(value: Given, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new MidwatchError('invalid-input', `${name} is missing`, { nextStep: 'midwatch --help' });
}

/** What was given, or ''. */
export const textOf = (value: Given): string => (typeof value === 'string' ? value : '');

/** @throws MidwatchError `invalid-input` for what is not among the words */
export function requireChoice<T extends string>(value: Given, name: string, words: readonly T[]): T {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new MidwatchError(
    'invalid-input',
    value === undefined ? `${name} is missing` : `${name} ${String(value)} is not known`,
    { nextStep: `${name} ${words.join('|')}` },
  );
}

/** A whole number in a range; null when nothing was given. @throws MidwatchError `invalid-input` */
export function readNumber(
  value: Given,
  name: string,
  range: { readonly from: number; readonly to: number },
): number | null {
  if (value === undefined) return null;
  const number = Number(value);
  if (Number.isInteger(number) && number >= range.from && number <= range.to) return number;
  throw new MidwatchError('invalid-input', `${name} ${String(value)} is no number that fits`, {
    nextStep: `A whole number from ${range.from} to ${range.to}`,
  });
}

/** @throws MidwatchError `invalid-input`, `not-found` */
export function requireCluster(app: Application, name: Given): Cluster {
  const wanted = requireText(name, 'CLUSTER');
  const cluster = app.inventory.current.clusters.find((one) => one.name === wanted);
  if (cluster) return cluster;
  throw new MidwatchError('not-found', `No cluster ${wanted}`, { nextStep: 'midwatch fleet status lists them' });
}

/** The cluster, or undefined for all when nothing was given. @throws MidwatchError `not-found` */
export function optionalCluster(app: Application, name: string | undefined): Cluster | undefined {
  return name === undefined ? undefined : requireCluster(app, name);
}

/** Who is acted upon, who is chosen for it, and how: as --instance, --candidate and --choice name them. @throws MidwatchError `not-found` */
export const askedFor = (
  cluster: Cluster,
  options: Readonly<Record<string, Given>>,
): Pick<PlanInput, 'instanceId' | 'candidateId' | 'choice'> => ({
  instanceId: instanceOf(cluster, options['instance']),
  candidateId: instanceOf(cluster, options['candidate']),
  choice: textOf(options['choice']) || undefined,
});

/** Id of the instance of that name; undefined when nothing was given. @throws MidwatchError `not-found` */
function instanceOf(cluster: Cluster, name: Given): string | undefined {
  if (typeof name !== 'string') return undefined;
  const instance = cluster.instances.find((one) => one.name === name);
  if (instance) return instance.id;
  throw new MidwatchError('not-found', `${cluster.name} has no instance ${name}`, {
    nextStep: `One of ${cluster.instances.map((one) => one.name).join(', ')}`,
  });
}

/** A run by its id or an unambiguous beginning of it. @throws MidwatchError `invalid-input`, `not-found` */
export function requireRun(app: Application, value: Given): RunSummary {
  const wanted = requireText(value, 'RUN');
  const matches = app.operations.list().filter((run) => run.runId === wanted || run.runId.startsWith(wanted));
  const [run] = matches;
  if (run && matches.length === 1) return run;
  throw new MidwatchError(
    'not-found',
    matches.length === 0 ? `No run ${wanted}` : `Several runs begin with ${wanted}`,
    {
      nextStep: 'midwatch operation list shows them',
    },
  );
}

/** What must be typed before anything on a server changes. @throws MidwatchError `confirmation-mismatch` */
export function requireConfirmed(typed: string, cluster: string): void {
  if (typed === cluster) return;
  throw new MidwatchError('confirmation-mismatch', `"${typed}" is not the cluster’s name: nothing was begun`, {
    nextStep: `--confirm ${cluster}`,
  });
}
