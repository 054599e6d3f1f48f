import type { Traffic } from '@shared/model/inventory';
import type { Check } from '@shared/model/plan';
import type { Names } from '../../ports/names';
import type { ReachedInstance } from '../cluster-reading';
import type { Verdict } from '../switchover/preflight';

/** What of the old primary counts as capacity: read now, or what it said last. Null is not known. */
export interface Capacity {
  readonly maxConnections: number | null;
  readonly bufferPoolBytes: number | null;
  readonly binlogRetentionSeconds: number | null;
}

/** How long resolvers may go on with the old address of the application's endpoint. */
export type NameLife =
  | { readonly kind: 'no-endpoint' }
  | { readonly kind: 'address' }
  | { readonly kind: 'ttl'; readonly name: string; readonly seconds: number }
  | { readonly kind: 'unknown'; readonly name: string; readonly why: string };

/** Longer than this, and applications of a lost region still ask for it when the new primary is open, seconds. */
const longTtlSeconds = 60;

export function capacityOf(variables: ReadonlyMap<string, string>): Capacity {
  const number = (name: string): number | null => {
    const value = Number(variables.get(name) ?? NaN);
    return Number.isFinite(value) ? value : null;
  };
  return {
    maxConnections: number('max_connections'),
    bufferPoolBytes: number('innodb_buffer_pool_size'),
    binlogRetentionSeconds: number('binlog_expire_logs_seconds'),
  };
}

/** Asks a resolver how long the endpoint's name lives; an address lives for ever. */
export async function lifeOfEndpoint(
  traffic: Traffic | undefined,
  names: Pick<Names, 'ttlSeconds'>,
  signal: AbortSignal,
): Promise<NameLife> {
  const name = traffic?.endpoint?.host;
  if (name === undefined) return { kind: 'no-endpoint' };
  if (/^[\d.]+$|:/.test(name) || name === 'localhost') return { kind: 'address' };
  try {
    return { kind: 'ttl', name, seconds: await names.ttlSeconds(name, signal) };
  } catch (thrown) {
    return { kind: 'unknown', name, why: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** The questions that only a move to another region asks. Order is the order of the screen. Pure. */
export function regionChecks(input: {
  readonly atMs: number;
  readonly from: { readonly instance: string; readonly capacity: Capacity };
  readonly candidate: ReachedInstance;
  readonly life: NameLife;
}): readonly Check[] {
  const { from, candidate, life } = input;
  const to = capacityOf(candidate.facts.variables);
  const check = (code: string, title: string, [status, evidence, advice]: Verdict): Check => ({
    code,
    title,
    status,
    evidence,
    advice: advice ?? '',
    atMs: input.atMs,
  });
  const region = candidate.instance.region ?? '';
  return [
    check(
      'region-connections',
      `Region ${region} takes as many connections`,
      compared(
        from.instance,
        from.capacity.maxConnections,
        to.maxConnections,
        (n) => `max_connections ${n.toLocaleString('en')}`,
      ),
    ),
    check(
      'region-memory',
      `Region ${region} has as much memory for data`,
      compared(from.instance, from.capacity.bufferPoolBytes, to.bufferPoolBytes, (n) => `buffer pool ${megabytes(n)}`),
    ),
    check('region-retention', `Region ${region} keeps its binary logs as long`, retention(from, to)),
    check('region-names', 'Applications find the new region soon', nameLife(life)),
  ];
}

function compared(fromName: string, from: number | null, to: number | null, words: (value: number) => string): Verdict {
  if (to === null) return ['warn', 'not known'];
  if (from === null) return ['warn', `${words(to)}; what ${fromName} had is not known`];
  return to >= from
    ? ['pass', `${words(to)}, as ${fromName}: ${words(from)}`]
    : ['warn', `${words(to)} against ${words(from)} of ${fromName}`, 'Raise it before the load comes, or shed load'];
}

/** 0 means for ever. */
function retention(from: { readonly instance: string; readonly capacity: Capacity }, to: Capacity): Verdict {
  const life = (seconds: number): string => (seconds === 0 ? 'for ever' : `${Math.round(seconds / 3600)} h`);
  const [was, is] = [from.capacity.binlogRetentionSeconds, to.binlogRetentionSeconds];
  if (is === null) return ['warn', 'not known'];
  if (was === null) return ['warn', `${life(is)}; what ${from.instance} had is not known`];
  return is === 0 || (was !== 0 && is >= was)
    ? ['pass', `${life(is)}, as ${from.instance}: ${life(was)}`]
    : [
        'warn',
        `${life(is)} against ${life(was)} of ${from.instance}`,
        'A region that is away for longer cannot come back incrementally: raise binlog_expire_logs_seconds',
      ];
}

function nameLife(life: NameLife): Verdict {
  switch (life.kind) {
    case 'no-endpoint':
      return [
        'warn',
        'no application endpoint is known',
        'Set it in Inventory: how long names live decides the real RTO',
      ];
    case 'address':
      return ['pass', 'applications use an address: nothing is cached'];
    case 'ttl':
      return life.seconds <= longTtlSeconds
        ? ['pass', `${life.name} lives ${life.seconds} s in caches`]
        : [
            'warn',
            `${life.name} lives ${life.seconds} s in caches`,
            'So long may applications go on asking the old region: add it to the RTO, or lower it before a planned move',
          ];
    case 'unknown':
      return ['warn', `${life.name}: ${life.why}`, 'Its time to live could not be asked'];
  }
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1_048_576).toLocaleString('en')} MB`;
