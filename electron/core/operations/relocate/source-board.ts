import type { Candidate } from '@shared/model/plan';
import { parseServerVersion, versionSupport } from '../../dialect/server-version';
import type { ClusterReading, InstanceReading, ReachedInstance } from '../cluster-reading';
import { errantAgainst } from '../errant';
import { replicationTree, type ReplicationTree } from './replication-tree';

export interface BoardInput {
  readonly reading: ClusterReading;
  readonly primary: ReachedInstance;
  readonly replica: ReachedInstance;
}

/** What a source may still lack of the replica when the plan is made: the run waits for it, at most as long as the drain. */
const lackBudget = 20_000;

/**
 * Every other instance of the cluster as the replica's possible new source, each with its rules and why not. The best one
 * is in the replica's region, then nearest to the primary. Pure: the run looks again before it changes anything.
 */
export function sourceBoard(input: BoardInput): readonly Candidate[] {
  const { reading, replica } = input;
  const reached = reading.readings.filter((one) => one.reached);
  const tree = replicationTree(reached, reading.topology);
  const rows = reading.readings
    .filter((one) => one.instance.id !== replica.instance.id)
    .map((one) => rowOf(one, input, tree));
  const possible = rows
    .filter((row) => row.against.length === 0)
    .sort(
      (a, b) =>
        Number(b.region === replica.instance.region) - Number(a.region === replica.instance.region) ||
        a.depth - b.depth ||
        byName(a, b),
    );
  const excluded = rows.filter((row) => row.against.length > 0).sort(byName);
  return [...possible, ...excluded].map((row, index): Candidate => ({
    instanceId: row.id,
    instance: row.name,
    region: row.region ?? '',
    state: row.against.length > 0 ? 'excluded' : index === 0 ? 'best' : 'possible',
    executedGtid: row.executed,
    toApply: row.lacks,
    lostTransactions: row.against.length > 0 ? null : 0,
    waitSeconds: null,
    why: row.against.length > 0 ? row.against.join('; ') : possibleWords(row, replica),
    rules: row.rules,
    loss: null,
  }));
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly region: string | undefined;
  readonly executed: string;
  /** Instances between it and the primary. */
  readonly depth: number;
  /** Transactions of the replica that it lacks now; null is not known. */
  readonly lacks: number | null;
  readonly rules: Candidate['rules'];
  readonly against: readonly string[];
}

const byName = (a: Row, b: Row): number => a.name.localeCompare(b.name, 'en', { numeric: true });

const possibleWords = ({ depth, lacks, region }: Row, { instance }: ReachedInstance): string =>
  [
    ...(region === instance.region && region !== undefined ? [`same region ${region}`] : []),
    depth === 0
      ? 'the primary itself'
      : depth === 1
        ? 'directly below the primary'
        : `${depth} steps below the primary`,
    lacks === 0
      ? `holds all of ${instance.name}`
      : `still lacks ${count(lacks ?? 0)} of ${instance.name}: the run waits for them`,
  ].join(', ');

const count = (transactions: number): string =>
  `${transactions.toLocaleString('en')} ${transactions === 1 ? 'transaction' : 'transactions'}`;

function rowOf(one: InstanceReading, input: BoardInput, tree: ReplicationTree): Row {
  const { id, name, region } = one.instance;
  const base = { id, name, region };
  if (!one.reached)
    return {
      ...base,
      executed: '',
      depth: 0,
      lacks: null,
      rules: [{ rule: 'Answers', holds: false, evidence: one.error.message }],
      against: [`does not answer: ${one.error.message}`],
    };
  const lacks = one.dialect.transactionsBehind(one.sample.gtidExecuted, input.replica.sample.gtidExecuted);
  const rules = rulesOf(one, lacks, input, tree);
  return {
    ...base,
    executed: one.sample.gtidExecuted,
    depth: tree.above(id).length,
    lacks,
    rules,
    against: rules.filter((each) => !each.holds).map((each) => each.evidence),
  };
}

function rulesOf(
  source: ReachedInstance,
  lacks: number | null,
  input: BoardInput,
  tree: ReplicationTree,
): Candidate['rules'] {
  const { replica, primary } = input;
  // Positions of two products cannot be compared: nothing else means anything.
  if (source.dialect.name !== replica.dialect.name)
    return [rule('The same product', `is ${source.dialect.name}, ${replica.instance.name} is ${replica.dialect.name}`)];
  const isPrimary = source === primary;
  return [
    rule('The same product', ''),
    rule('Not its source already', already(source, replica, tree)),
    rule('Not below the replica itself', circle(source, replica, tree, input.reading)),
    rule('Gets what the primary commits', isPrimary ? '' : getsWrites(source, primary, tree)),
    rule('Takes no writes beside the primary', isPrimary || source.sample.readOnly ? '' : 'takes writes itself'),
    rule('A server_id of its own', sameId(source, replica)),
    rule('Its version can be followed', versions(source, replica)),
    rule('GTIDs are on', source.facts.gtidEnabled ? '' : 'GTIDs are off'),
    rule('Writes its own log of what it replicates', logs(source, isPrimary)),
    rule('Hands on everything, at once', isPrimary ? '' : delaysOrFilters(source)),
    rule(`Still has what ${replica.instance.name} needs`, purged(source, replica)),
    rule(`Has or gets what ${replica.instance.name} holds`, received(source, lacks, input)),
    rule(`Holds nothing that ${replica.instance.name} must not get`, errant(source, primary)),
  ];
}

/** `against` '' is: the rule holds. */
const rule = (text: string, against: string): Candidate['rules'][number] => ({
  rule: text,
  holds: against === '',
  evidence: against,
});

const already = (source: ReachedInstance, replica: ReachedInstance, tree: ReplicationTree): string =>
  tree.sourceOf(replica.instance.id) === source.instance.id ? `${replica.instance.name} follows it already` : '';

function circle(
  source: ReachedInstance,
  replica: ReachedInstance,
  tree: ReplicationTree,
  { readings }: ClusterReading,
): string {
  const chain = tree.above(source.instance.id);
  if (!chain.includes(replica.instance.id)) return '';
  // The one that follows the replica itself, on the way to the source.
  const through = chain.find((id) => tree.sourceOf(id) === replica.instance.id);
  const name = readings.find((one) => one.instance.id === through)?.instance.name;
  return `${replica.instance.name} would follow itself${name === undefined ? `: ${source.instance.name} follows it` : ` through ${name}`}`;
}

function getsWrites(source: ReachedInstance, primary: ReachedInstance, tree: ReplicationTree): string {
  if (source.facts.groupMembers.length > 0) return 'is a member of a group';
  if (source.sample.channels.length > 1) return `has ${source.sample.channels.length} sources`;
  const [channel] = source.sample.channels;
  if (!channel) return `follows nobody, so it does not get what ${primary.instance.name} commits`;
  if (channel.name !== '') return `uses the channel "${channel.name}"`;
  if (!tree.above(source.instance.id).includes(primary.instance.id))
    return `is not seen below ${primary.instance.name}, so it does not get what that commits`;
  if (channel.receiver !== 'running') return `its receiver is ${channel.receiver}`;
  return channel.applier === 'running' ? '' : 'its applier is stopped';
}

const sameId = (source: ReachedInstance, replica: ReachedInstance): string =>
  source.facts.serverId === replica.facts.serverId ? `has the same server_id ${source.facts.serverId}` : '';

/** Within one series any patch follows any; an older series does not follow a newer one. */
function versions(source: ReachedInstance, replica: ReachedInstance): string {
  const [above, below] = [parseServerVersion(source.facts.version), parseServerVersion(replica.facts.version)];
  if (!above || !below) return `version not known: ${source.facts.version}`;
  if (versionSupport(above) !== 'full') return `is ${above.text}, which Midwatch only shows`;
  return above.major > below.major || (above.major === below.major && above.minor > below.minor)
    ? `is ${above.text}: ${replica.instance.name} is ${below.text}, and an older server cannot follow a newer one safely`
    : '';
}

const isOn = ({ facts }: ReachedInstance, ...names: readonly string[]): boolean =>
  names.some((name) => /^(on|1)$/i.test(facts.variables.get(name) ?? ''));

function logs(source: ReachedInstance, isPrimary: boolean): string {
  if (!isOn(source, 'log_bin')) return 'has no binary log: log_bin off';
  return isPrimary || isOn(source, 'log_replica_updates', 'log_slave_updates')
    ? ''
    : 'does not write its own log of what it replicates: log_replica_updates off';
}

function delaysOrFilters({ sample }: ReachedInstance): string {
  const [channel] = sample.channels;
  if (!channel) return '';
  if (channel.delaySeconds > 0) return `delayed on purpose by ${channel.delaySeconds} s`;
  return channel.filters.length > 0 ? `has replication filters: ${channel.filters.join(', ')}` : '';
}

/** MariaDB does not say what its logs have lost: there the start of the channel tells, and is turned back. */
function purged(source: ReachedInstance, replica: ReachedInstance): string {
  if (source.dialect.name === 'mariadb') return '';
  const short = source.dialect.transactionsBehind(replica.sample.gtidExecuted, source.facts.gtidPurged);
  if (short === null) return 'what it has purged cannot be compared';
  return short === 0 ? '' : `has purged what ${replica.instance.name} still needs: ${count(short)}`;
}

/** What the primary has too comes to a source that receives; what nobody above has would be missing there for ever. */
function received(source: ReachedInstance, lacks: number | null, { replica, primary }: BoardInput): string {
  if (lacks === null) return 'positions cannot be compared';
  const own = errantAgainst(replica, primary);
  if (own !== '' && source.dialect.errant(own, source.sample.gtidExecuted) !== '')
    return `has not what only ${replica.instance.name} holds: ${own}`;
  return lacks <= lackBudget ? '' : `has not received what ${replica.instance.name} holds: ${count(lacks)}`;
}

function errant(source: ReachedInstance, primary: ReachedInstance): string {
  const own = source === primary ? '' : errantAgainst(source, primary);
  return own === '' ? '' : `holds what ${primary.instance.name} never had, and no replica must get: ${own}`;
}
