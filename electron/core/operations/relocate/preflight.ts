import type { Check } from '@shared/model/plan';
import { heldPrivileges } from '../../fleet/capabilities';
import { parseServerVersion, versionSupport } from '../../dialect/server-version';
import type { ClusterReading, ReachedInstance } from '../cluster-reading';
import { errantAgainst } from '../errant';
import type { ReplicationLogin } from '../steps/replication-login';
import { semiSyncCount, type Verdict } from '../switchover/preflight';

export interface RelocatePreflight {
  readonly reading: ClusterReading;
  readonly primary: ReachedInstance | null;
  readonly replica: ReachedInstance | null;
  /** Its source now; null when it does not answer or is not in the cluster. */
  readonly oldSource: ReachedInstance | null;
  readonly newSource: ReachedInstance | null;
  /** Names of those directly below the replica: they stay there. */
  readonly children: readonly string[];
  readonly login: ReplicationLogin;
  readonly interruptedRun: string | null;
}

/** Received and not applied, in transactions; more is waited for in vain within the time of the drain. */
const queueBudget = 50_000;

/** All questions of a relocation, asked of readings taken just before. Order is the order of the screen. Pure. */
export function relocatePreflight(input: RelocatePreflight): readonly Check[] {
  const { reading, primary, replica, newSource } = input;
  const check = (code: string, title: string, [status, evidence, advice]: Verdict): Check => ({
    code,
    title,
    status,
    evidence,
    advice: advice ?? '',
    atMs: reading.atMs,
  });
  const first = [
    check('primary', 'The primary answers', primaryAnswers(primary)),
    check('replica', 'The replica follows one source', followsOne(input)),
    check('others', 'Every instance answers', others(reading)),
    check(
      'no-interrupted-run',
      'No earlier run is left open',
      input.interruptedRun === null
        ? ['pass', 'None']
        : ['fail', `Run ${input.interruptedRun} was interrupted`, 'Open it in Operations and settle it first'],
    ),
  ];
  if (!primary || !replica || replica.sample.channels.length !== 1) return first;
  const rest = [
    check('drain', 'What it has received can be applied first', drains(replica)),
    check('old-source', 'The way back', wayBack(input)),
    check('errant', 'It holds nothing that the primary lacks', errant(replica, primary)),
    check('semi-sync', 'Its source keeps enough semi-sync ackers', semiSync(input)),
    check('children', 'Who is below it stays below it', children(input)),
    check('grants', 'The account may do every step', grants(primary, replica)),
  ];
  if (!newSource) return [...first, ...rest];
  return [
    ...first,
    ...rest,
    check('login', 'The new source lets it in', [
      input.login.ok ? 'pass' : 'fail',
      input.login.evidence,
      input.login.ok ? '' : 'Type the replication account’s password in Inventory',
    ]),
    check('purged', 'The new source still has what it needs', purged(newSource)),
  ];
}

const primaryAnswers = (primary: ReachedInstance | null): Verdict =>
  primary
    ? primary.sample.readOnly
      ? [
          'fail',
          `${primary.instance.name} takes no writes`,
          'Without a write of it, nothing can be proven after the move',
        ]
      : ['pass', primary.instance.name]
    : ['fail', 'No single primary answers', 'Mend or fail over the primary first: see the findings of this cluster'];

function followsOne({ reading, replica, primary }: RelocatePreflight): Verdict {
  if (!replica) return ['fail', 'It does not answer or is not known', 'Choose a replica of this cluster that answers'];
  const { sample, facts, instance } = replica;
  if (replica === primary) return ['fail', `${instance.name} is the primary`, 'The primary is moved by a switchover'];
  if (facts.groupMembers.length > 0)
    return ['fail', 'a member of a group', 'Group replication chooses its sources itself'];
  if (reading.topology.circle.size > 0)
    return ['fail', `${reading.topology.circle.size} instances replicate in a circle`, 'Break the circle first'];
  const [channel] = sample.channels;
  if (!channel)
    return ['fail', `${instance.name} follows nobody`, 'An instance without a source is brought back by a rejoin'];
  if (sample.channels.length > 1)
    return ['fail', `${instance.name} has ${sample.channels.length} sources`, 'Several sources are not supported yet'];
  if (channel.name !== '')
    return ['fail', `${instance.name} uses the channel "${channel.name}"`, 'Named channels are not supported yet'];
  if (!sample.readOnly) return ['fail', `${instance.name} takes writes itself`, 'Fence it first'];
  if (!facts.gtidEnabled || !channel.autoPosition)
    return [
      'fail',
      `${instance.name} follows by file and position`,
      'Without GTIDs the place in another log is not known',
    ];
  const version = parseServerVersion(facts.version);
  if (!version || versionSupport(version) !== 'full')
    return ['fail', facts.version, 'Below MySQL 8.0.22 and MariaDB 10.6 Midwatch only shows'];
  if (channel.filters.length > 0)
    return ['fail', `filters: ${channel.filters.join(', ')}`, 'What is filtered cannot prove that it follows'];
  return ['pass', `${instance.name} follows ${channel.sourceHost}:${channel.sourcePort}`];
}

function others({ readings }: ClusterReading): Verdict {
  const silent = readings.filter((one) => !one.reached);
  return silent.length === 0
    ? ['pass', `${readings.length} of ${readings.length} answered`]
    : [
        'warn',
        silent.map((one) => `${one.instance.name}: ${one.reached ? '' : one.error.message}`).join('; '),
        'Who does not answer is neither locked nor a possible source',
      ];
}

/** Relay log is data: a change of source with both threads stopped throws it away (measured on 9.7.4 and 10.11). */
function drains({ sample, dialect, instance }: ReachedInstance): Verdict {
  const [channel] = sample.channels;
  if (!channel) return ['fail', `${instance.name} has no source`];
  if (channel.applier !== 'running')
    return [
      'fail',
      `its applier is stopped ${channel.applierError}`.trim(),
      'What it received would be thrown away by the move: mend or start its applier first',
    ];
  if (channel.delaySeconds > 0)
    return [
      'fail',
      `delayed on purpose by ${channel.delaySeconds} s`,
      'What it received is applied only after its delay: set SOURCE_DELAY to 0 first',
    ];
  const queue = dialect.transactionsBehind(sample.gtidExecuted, channel.receivedGtid);
  if (queue === null) return ['unknown', 'what it has received cannot be compared with what it has applied'];
  return queue > queueBudget
    ? ['fail', `${queue.toLocaleString('en')} transactions to apply`, 'Wait until it has caught up']
    : ['pass', `${queue.toLocaleString('en')} transactions received and to apply when asked`];
}

function wayBack({ replica, oldSource }: RelocatePreflight): Verdict {
  const channel = replica?.sample.channels[0];
  const address = `${channel?.sourceHost}:${channel?.sourcePort}`;
  if (!oldSource)
    return [
      'warn',
      `its source ${address} does not answer`,
      'Turning back leads to it again, and it can be followed only when it answers',
    ];
  return channel?.receiver === 'running'
    ? ['pass', `every step can be turned back to ${oldSource.instance.name}`]
    : [
        'warn',
        `its receiver is ${channel?.receiver} ${channel?.receiverError ?? ''}`.trim(),
        'Turning back leads to the same',
      ];
}

function errant(replica: ReachedInstance, primary: ReachedInstance): Verdict {
  const text = errantAgainst(replica, primary);
  return text === ''
    ? ['pass', 'nothing of its own']
    : ['fail', text, 'A source that lacks them breaks it later: compare them, or re-provision it'];
}

/** Replicas that acknowledge to a source now; null where it does not say. */
export const ackersOf = ({ sample }: ReachedInstance): number | null =>
  sample.counters.get('rpl_semi_sync_source_clients') ?? sample.counters.get('rpl_semi_sync_master_clients') ?? null;

/** True when this replica is one of those. */
export const acknowledges = ({ facts, sample }: ReachedInstance): boolean =>
  /^(on|1)$/i.test(facts.variables.get('rpl_semi_sync_replica_enabled') ?? '') &&
  sample.channels[0]?.receiver === 'running';

/** With fewer ackers than a commit waits for, every commit of the source hangs, and its fence with them. */
function semiSync({ oldSource, replica }: RelocatePreflight): Verdict {
  if (!oldSource || !replica) return ['pass', 'nobody waits for it'];
  const wanted = semiSyncCount(oldSource);
  if (wanted === 0) return ['pass', `${oldSource.instance.name} waits for nobody`];
  if (!acknowledges(replica)) return ['pass', `${replica.instance.name} acknowledges nothing`];
  const now = ackersOf(oldSource);
  if (now === null) return ['unknown', `${oldSource.instance.name} does not say how many acknowledge`];
  const left = Math.max(0, now - 1);
  if (left < wanted)
    return [
      'fail',
      `${oldSource.instance.name} waits for ${wanted}, ${left} would be left`,
      'Its commits would hang: lower the count, or give it another replica first',
    ];
  return left === wanted
    ? [
        'warn',
        `${oldSource.instance.name} waits for ${wanted}, ${left} left`,
        'None to spare: the next loss holds its commits up',
      ]
    : ['pass', `${oldSource.instance.name} waits for ${wanted}, ${left} left without it`];
}

const children = ({ children: names }: RelocatePreflight): Verdict =>
  names.length === 0 ? ['pass', 'nobody is below it'] : ['pass', `${names.join(', ')} move with it`];

/** The least for these steps. Source: the privilege tables of both manuals, tried on 9.7.4 and 10.11. */
const needs = {
  mysql: [['REPLICATION_SLAVE_ADMIN', 'SUPER'], ['REPLICATION CLIENT']],
  mariadb: [
    ['REPLICATION SLAVE ADMIN', 'SUPER'],
    ['SLAVE MONITOR', 'REPLICA MONITOR', 'SUPER'],
  ],
} as const;

function grants(primary: ReachedInstance, replica: ReachedInstance): Verdict {
  const lacking = (one: ReachedInstance, wanted: readonly (readonly string[])[]): readonly string[] => {
    const held = heldPrivileges(one.facts.grants);
    if (held.has('ALL PRIVILEGES')) return [];
    const missing = wanted.filter((oneOf) => !oneOf.some((name) => held.has(name)));
    return missing.length === 0 ? [] : [`${one.instance.name}: ${missing.map((oneOf) => oneOf[0]).join(', ')}`];
  };
  const all = [...lacking(replica, needs[replica.dialect.name]), ...lacking(primary, [['midwatch.*']])];
  return all.length === 0
    ? ['pass', 'all held']
    : ['fail', all.join('; '), 'Grants tab of the cluster has the statements'];
}

const purged = ({ dialect, instance }: ReachedInstance): Verdict =>
  dialect.name === 'mariadb'
    ? [
        'warn',
        'MariaDB does not say what its binary logs have lost',
        `If ${instance.name} has not what it needs, its receiver says so at the start, and everything is turned back`,
      ]
    : ['pass', 'nothing needed was purged'];
