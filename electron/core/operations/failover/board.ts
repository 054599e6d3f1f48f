import type { Candidate, Loss } from '@shared/model/plan';
import type { ClusterReading, ReachedInstance } from '../cluster-reading';
import { errantAlone } from '../errant';
import { covers, union, without } from '../steps/positions';

/** Everything that a replica has received or executed. What was received is data, applied or not. */
export function heldBy({ sample }: ReachedInstance): string {
  const received = sample.channels[0]?.receivedGtid ?? '';
  return union(received, sample.gtidExecuted);
}

export interface BoardInput {
  readonly reading: ClusterReading;
  readonly primaryId: string;
  readonly replicas: readonly ReachedInstance[];
  /** Position that the lost primary last said; '' is none. */
  readonly known: string;
  readonly lossOf: (replica: ReachedInstance, isMostReceived: boolean) => Loss;
  /** Transactions a second that a replica applies now; null is not known. */
  readonly applyRate: (instanceId: string) => number | null;
}

interface Row {
  readonly one: ReachedInstance;
  readonly rules: Candidate['rules'];
  readonly toApply: number | null;
  readonly waitSeconds: number | null;
}

/** Every replica with its price, each rule, and why not. The best has received most: not who has applied most. Pure. */
export function failoverBoard(input: BoardInput): readonly Candidate[] {
  const primaryRegion = input.reading.cluster.instances.find((one) => one.id === input.primaryId)?.region;
  const rows = input.replicas.map((one) => rowOf(one, input));
  const possible = rows
    .filter((row) => row.rules.every((each) => each.holds))
    .sort(
      (a, b) =>
        Number(b.one.instance.region === primaryRegion) - Number(a.one.instance.region === primaryRegion) ||
        (a.waitSeconds ?? Infinity) - (b.waitSeconds ?? Infinity) ||
        (a.toApply ?? Infinity) - (b.toApply ?? Infinity) ||
        a.one.instance.name.localeCompare(b.one.instance.name, 'en', { numeric: true }),
    );
  const excluded = rows.filter((row) => row.rules.some((each) => !each.holds));
  const best = possible[0];
  const answered = [...possible, ...excluded].map((row) => asCandidate(row, row === best, input));
  const silent = input.reading.readings
    .filter((one) => !one.reached && one.instance.id !== input.primaryId)
    .map((one): Candidate => ({
      instanceId: one.instance.id,
      instance: one.instance.name,
      region: one.instance.region ?? '',
      state: 'excluded',
      executedGtid: '',
      toApply: null,
      lostTransactions: null,
      waitSeconds: null,
      why: one.reached ? '' : `does not answer: ${one.error.message}`,
      rules: [],
      loss: null,
    }));
  return [...answered, ...silent];
}

function rowOf(one: ReachedInstance, { reading, replicas, known, applyRate }: BoardInput): Row {
  const channel = one.sample.channels[0];
  const held = heldBy(one);
  const others = replicas.filter((other) => other !== one);
  const errant = errantAlone(one, reading, known);
  // What another wrote by itself is no reason to be behind it.
  const ahead = others.filter((other) => !covers(held, without(heldBy(other), errantAlone(other, reading, known))));
  const variables = one.facts.variables;
  const on = (name: string): boolean => /^(on|1)$/i.test(variables.get(name) ?? '');
  const toApply = one.dialect.transactionsBehind(one.sample.gtidExecuted, held);
  const rate = applyRate(one.instance.id);
  return {
    one,
    toApply,
    waitSeconds: toApply === 0 ? 0 : toApply !== null && rate !== null && rate > 0 ? toApply / rate : null,
    rules: [
      rule('Takes no writes itself', one.sample.readOnly, 'takes writes itself'),
      rule(
        'Received everything that any other received',
        ahead.length === 0,
        `lacks transactions that ${ahead.map((other) => other.instance.name).join(', ')} received`,
      ),
      rule('Holds nothing that it wrote by itself', errant === '', `holds errant transactions: ${errant}`),
      rule(
        'Its applier works',
        channel !== undefined && channel.applierErrno === 0,
        `applier stopped by error ${channel?.applierErrno}: ${channel?.applierError.slice(0, 160)}; ${toApply ?? 'an unknown number of'} transactions stuck behind it`,
      ),
      rule(
        'What it received can be applied',
        one.dialect.name !== 'mariadb' ||
          toApply === 0 ||
          channel?.applier === 'running' ||
          channel?.receiver !== 'stopped',
        'both threads are stopped: starting them would delete what it received (MariaDB)',
      ),
      rule(
        'Not delayed on purpose',
        (channel?.delaySeconds ?? 0) === 0,
        `delayed on purpose by ${channel?.delaySeconds} s`,
      ),
      rule('No replication filters', (channel?.filters.length ?? 0) === 0, 'has replication filters'),
      rule('Replicates by GTID', channel?.autoPosition === true, 'follows by file and position'),
      rule(
        'Logs what it applies',
        on('log_bin') && (on('log_replica_updates') || on('log_slave_updates')),
        'binary log or log_replica_updates off',
      ),
    ],
  };
}

function asCandidate({ one, rules, toApply, waitSeconds }: Row, isBest: boolean, input: BoardInput): Candidate {
  const against = rules.filter((each) => !each.holds).map((each) => each.evidence);
  const isMostReceived = rules.find((each) => each.rule.startsWith('Received'))?.holds ?? false;
  const loss = input.lossOf(one, isMostReceived);
  return {
    instanceId: one.instance.id,
    instance: one.instance.name,
    region: one.instance.region ?? '',
    state: against.length > 0 ? 'excluded' : isBest ? 'best' : 'possible',
    executedGtid: one.sample.gtidExecuted,
    toApply,
    lostTransactions: loss.transactions,
    waitSeconds,
    why:
      against.length > 0
        ? against.join('; ')
        : isBest
          ? 'Received everything; same region first, then least to apply'
          : `Received everything; ${toApply ?? 'an unknown number of'} transactions to apply first`,
    rules,
    loss,
  };
}

const rule = (text: string, holds: boolean, otherwise: string): Candidate['rules'][number] => ({
  rule: text,
  holds,
  evidence: holds ? '' : otherwise,
});
