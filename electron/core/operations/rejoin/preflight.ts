import type { Check } from '@shared/model/plan';
import { compareVersions, parseServerVersion, versionSupport } from '../../dialect/server-version';
import { capabilityRules, heldPrivileges } from '../../fleet/capabilities';
import type { ClusterReading, InstanceReading, ReachedInstance } from '../cluster-reading';
import type { DivergenceReading } from '../divergence/divergence-of';
import type { ReplicationLogin } from '../steps/replication-login';
import { covers } from '../steps/positions';
import type { Verdict } from '../switchover/preflight';
import { countOf, type RejoinChoice } from './choices';
import { followersOf, isHealthyReplica } from './who';

export interface RejoinPreflightInput {
  readonly reading: ClusterReading;
  readonly instance: InstanceReading | null;
  readonly primary: ReachedInstance | null;
  /** null: it could not be asked. */
  readonly divergence: DivergenceReading | null;
  /** See promotedLater. */
  readonly promotedLater: string | null;
  /** The application's endpoint leads to the instance; null: there is none, or it does not answer. */
  readonly endpointLeadsThere: boolean | null;
  /** What the primary's binary log leaves out; null: it could not be asked. */
  readonly logFilters: string | null;
  readonly login: ReplicationLogin;
  readonly choice: RejoinChoice;
  readonly interruptedRun: string | null;
  readonly quarantinedBy: string | null;
}

/** All questions of a rejoin. Order is the order of the screen. Pure. */
export function rejoinPreflight(input: RejoinPreflightInput): readonly Check[] {
  const { reading, instance, primary, divergence } = input;
  const check = (code: string, title: string, [status, evidence, advice]: Verdict): Check => ({
    code,
    title,
    status,
    evidence,
    advice: advice ?? '',
    atMs: reading.atMs,
  });
  const first = [
    check('instance', 'An instance that can return answers', answers(input)),
    check('one-primary', 'One primary takes writes, and answers', onePrimary(input)),
    check(
      'no-interrupted-run',
      'No earlier run is left open',
      input.interruptedRun === null
        ? ['pass', 'None']
        : ['fail', `Run ${input.interruptedRun} was interrupted`, 'Open it in Operations and settle it first'],
    ),
  ];
  if (!instance?.reached || !primary) return first;
  return [
    ...first,
    check('live-primary', 'It is not the live primary', notLive(input, instance, primary)),
    check('product', 'Both are the same product', sameProduct(instance, primary)),
    check('version', 'It is not older than the primary', versions(instance, primary)),
    check('gtid', 'Both log with GTIDs', gtids(instance, primary)),
    check('channels', 'It has one way of replication at most', channels(instance)),
    check('filters', 'Nothing is filtered', filters(instance, input.logFilters)),
    check('prepared-xa', 'No prepared XA transaction on it', preparedXa(instance)),
    check('relay-log', 'Nothing that it received would be thrown away', relayLog(instance, primary)),
    ...(divergence
      ? [
          check('errant', 'It holds nothing that the primary lacks', errant(divergence, instance)),
          check('purged', 'The primary still has what it lacks', purged(divergence, input.choice)),
          ...(divergence.errant.text === ''
            ? []
            : [check('evidence', 'What only it holds can be saved', kept(divergence))]),
        ]
      : [check('errant', 'It holds nothing that the primary lacks', ['unknown', 'the primary could not be asked'])]),
    check('login', 'It can sign in to the primary', login(input)),
    check('grants', 'The account may do every step', grants([instance, primary])),
    check('events', 'No event writes through the fence', events(instance)),
    check('restart', 'It stays closed over a restart', restart(instance)),
    check('endpoint', 'Applications do not use it', endpoint(input)),
  ];
}

function answers({ instance, primary, reading, divergence }: RejoinPreflightInput): Verdict {
  if (!instance) return ['fail', 'No instance stands outside: every one follows the primary', 'Nothing is to be done'];
  const { name } = instance.instance;
  if (!instance.reached)
    return ['fail', `${name}: ${instance.error.message}`, 'Start it; Midwatch closes it at first sight'];
  if (primary && isHealthyReplica(instance, primary.instance.id, reading))
    return divergence?.errant.text === ''
      ? [
          'fail',
          `${name} follows ${primary.instance.name} already, read-only, with nothing of its own`,
          'Nothing is to be done',
        ]
      : ['pass', `${name} answers; it follows ${primary.instance.name} already, with writes of its own`];
  return ['pass', `${name}, ${instance.sample.readOnly ? 'read-only' : 'it takes writes: it is fenced first'}`];
}

function onePrimary({ reading, instance, primary }: RejoinPreflightInput): Verdict {
  const { topology } = reading;
  const reached = reading.readings.filter((one) => one.reached);
  if (reached.some((one) => one.facts.groupMembers.length > 0))
    return ['fail', 'Group replication', 'A group takes its members back by itself'];
  if (topology.circle.size > 0)
    return ['fail', `${topology.circle.size} instances replicate in a circle`, 'Break the circle first'];
  if (!primary) return ['fail', 'Nobody can say which one is the primary', 'See the findings of this cluster'];
  if (primary.instance.id === instance?.instance.id)
    return [
      'fail',
      `${primary.instance.name} is the primary itself`,
      'A primary that shall stand down is moved by a switchover',
    ];
  if (primary.sample.readOnly)
    return ['fail', `${primary.instance.name} takes no writes`, 'Bring the cluster to one writable primary first'];
  const open = reached.filter((one) => one !== primary && one !== instance && !one.sample.readOnly);
  return open.length === 0
    ? ['pass', primary.instance.name]
    : [
        'fail',
        `${open.map((one) => one.instance.name).join(', ')} take writes too`,
        'Fence them, or rejoin them first',
      ];
}

/** A record of an old failover proves nothing: whoever others follow, or was opened last, is not touched. */
function notLive(
  { reading, promotedLater, quarantinedBy }: RejoinPreflightInput,
  { instance, sample }: ReachedInstance,
  primary: ReachedInstance,
): Verdict {
  const followers = followersOf(instance.id, reading);
  if (followers.length > 0)
    return [
      'fail',
      `${followers.join(', ')} follow ${instance.name}`,
      `If ${primary.instance.name} is the primary, let them follow it first`,
    ];
  if (promotedLater === null)
    return ['unknown', `${primary.instance.name} does not say what it received`, 'Grant SELECT on midwatch.*'];
  if (promotedLater !== '')
    return [
      'fail',
      `${instance.name} is the newer primary: ${promotedLater}, and ${primary.instance.name} never heard of it`,
      `Look which one applications use: ${primary.instance.name} may be the one to return`,
    ];
  const why = quarantinedBy === null ? '' : `; in quarantine since run ${quarantinedBy}`;
  return [
    'pass',
    sample.channels.length === 0 ? `Nobody follows it, and it follows nobody${why}` : `Nobody follows it${why}`,
  ];
}

const sameProduct = (instance: ReachedInstance, primary: ReachedInstance): Verdict =>
  instance.dialect.name === primary.dialect.name
    ? ['pass', instance.dialect.name === 'mysql' ? 'MySQL' : 'MariaDB']
    : ['fail', `${instance.facts.version} and ${primary.facts.version}`, 'MySQL and MariaDB do not follow each other'];

function versions(instance: ReachedInstance, primary: ReachedInstance): Verdict {
  const [own, source] = [parseServerVersion(instance.facts.version), parseServerVersion(primary.facts.version)];
  if (!own || !source) return ['unknown', `${instance.facts.version}, ${primary.facts.version}`];
  if (versionSupport(own) !== 'full' || versionSupport(source) !== 'full')
    return ['fail', `${own.text} and ${source.text}`, 'Below MySQL 8.0.22 and MariaDB 10.6 Midwatch only shows'];
  if (own.major !== source.major || own.minor !== source.minor)
    return compareVersions(own, source) < 0
      ? [
          'fail',
          `${own.text}, the primary ${source.text}`,
          'An older server cannot follow a newer one safely: upgrade it',
        ]
      : ['warn', `${own.text}, the primary ${source.text}`, 'Plan the upgrade of the others'];
  return compareVersions(own, source) < 0
    ? ['warn', `${own.text}, the primary ${source.text}`, 'The same series, but older: upgrade it soon']
    : ['pass', own.text];
}

function gtids(instance: ReachedInstance, primary: ReachedInstance): Verdict {
  const on = (one: ReachedInstance, name: string): boolean => /^(on|1)$/i.test(one.facts.variables.get(name) ?? '');
  const off = [instance, primary].filter((one) => !one.facts.gtidEnabled || !on(one, 'log_bin'));
  return off.length === 0
    ? ['pass', 'log_bin and GTIDs on']
    : ['fail', `off on ${off.map((one) => one.instance.name).join(', ')}`, 'Without GTIDs nothing can be proven'];
}

function channels({ sample }: ReachedInstance): Verdict {
  if (sample.channels.length > 1)
    return ['fail', `${sample.channels.length} sources`, 'Several sources are not supported'];
  const [channel] = sample.channels;
  if (!channel) return ['pass', 'none'];
  if (channel.name !== '') return ['fail', `the channel "${channel.name}"`, 'Named channels are not supported yet'];
  return ['pass', `one, from ${channel.sourceHost}:${channel.sourcePort}`];
}

function filters({ sample }: ReachedInstance, logFilters: string | null): Verdict {
  const own = sample.channels.flatMap((one) => one.filters);
  if (own.length > 0) return ['fail', own.join(', '), 'A filtered replica does not hold everything'];
  if (logFilters === null)
    return ['warn', 'the filters of the primary’s log cannot be read', 'Grant REPLICATION CLIENT'];
  return logFilters === ''
    ? ['pass', 'None']
    : ['fail', `the primary’s log leaves out: ${logFilters}`, 'No replica of it can hold everything'];
}

const preparedXa = ({ preparedXa: count }: ReachedInstance): Verdict =>
  count === null
    ? ['unknown', 'XA RECOVER was refused', 'Grant XA_RECOVER_ADMIN']
    : count === 0
      ? ['pass', 'None']
      : [
          'fail',
          `${count} prepared`,
          'Their COMMIT passes the fence: let their coordinator finish them, or roll them back',
        ];

/** CHANGE throws the relay log away: what it received comes again only from a primary that has it. */
function relayLog({ sample }: ReachedInstance, primary: ReachedInstance): Verdict {
  const received = sample.channels[0]?.receivedGtid ?? '';
  return covers(primary.sample.gtidExecuted, received) || covers(sample.gtidExecuted, received)
    ? ['pass', 'everything is applied, or comes again from the primary']
    : ['fail', 'it received what the primary lacks and has not applied it', 'Start its applier first, then plan again'];
}

function errant(divergence: DivergenceReading, { sample }: ReachedInstance): Verdict {
  if (divergence.errant.text !== '')
    return ['warn', `${countOf(divergence)} transactions of its own`, 'Read what they changed before you choose'];
  const waiting =
    (sample.counters.get('rpl_semi_sync_source_wait_sessions') ?? 0) +
    (sample.counters.get('rpl_semi_sync_master_wait_sessions') ?? 0);
  // Measured on 9.7: such a commit is in the log, and not yet in gtid_executed.
  return waiting === 0
    ? ['pass', '0 transactions of its own']
    : [
        'warn',
        `0 so far; ${waiting} commits wait for an acknowledgement and are not counted yet`,
        'They become its own when it is fenced: then the run stops, closed, and the next plan shows them',
      ];
}

function purged({ behind }: DivergenceReading, choice: RejoinChoice): Verdict {
  const blocks = choice !== 're-provision';
  if (behind.unknown !== '') return [blocks ? 'unknown' : 'warn', behind.unknown, 'Grant REPLICATION SLAVE'];
  return behind.purgedText === ''
    ? [
        'pass',
        `${behind.transactions?.toLocaleString('en') ?? 'An unknown number of'} transactions behind, all in its logs`,
      ]
    : [
        blocks ? 'fail' : 'warn',
        `${behind.purgedTransactions?.toLocaleString('en') ?? 'An unknown number of'} transactions are gone from its logs`,
        'It comes back only with a new copy of the data',
      ];
}

function kept({ way }: DivergenceReading): Verdict {
  switch (way?.by) {
    case 'ssh':
      return ['pass', 'decoded and replayable, from its binary logs by SSH'];
    case 'sql':
      return [
        'warn',
        `by their events alone: ${way.why}`,
        'Set "Host by SSH" in Inventory: then their rows are saved too',
      ];
    case 'none':
    case undefined:
      return ['fail', way?.why ?? 'not known', 'Save what you need by hand: nothing is thrown away until then'];
  }
}

const login = ({ login: { ok, evidence }, choice }: RejoinPreflightInput): Verdict =>
  ok
    ? ['pass', evidence]
    : [choice === 're-provision' ? 'warn' : 'fail', evidence, 'Type the replication account’s password in Inventory'];

function grants(both: readonly ReachedInstance[]): Verdict {
  const lacking = both.flatMap((one) => {
    const held = heldPrivileges(one.facts.grants);
    if (held.has('ALL PRIVILEGES')) return [];
    const missing = capabilityRules.switchover.needs[one.dialect.name].filter(
      (oneOf) => !oneOf.some((name) => held.has(name)),
    );
    return missing.length === 0 ? [] : [`${one.instance.name}: ${missing.map((oneOf) => oneOf[0]).join(', ')}`];
  });
  return lacking.length === 0
    ? ['pass', 'all held']
    : ['fail', lacking.join('; '), 'Grants tab of the cluster has the statements'];
}

/** MariaDB: an event runs with its definer's rights, which may pass read_only. */
function events({ enabledEvents, facts, dialect }: ReachedInstance): Verdict {
  const runs = /^(on|1)$/i.test(facts.variables.get('event_scheduler') ?? '');
  if (enabledEvents === 0 || dialect.name === 'mysql' || !runs)
    return [
      'pass',
      enabledEvents === null ? 'its scheduler does not run, or cannot write' : `${enabledEvents} enabled`,
    ];
  return [
    'warn',
    enabledEvents === null
      ? 'events cannot be read, and the scheduler runs'
      : `${enabledEvents} enabled, and the scheduler runs`,
    'SET GLOBAL event_scheduler = OFF on it: read_only may not stop them',
  ];
}

const restart = ({ dialect }: ReachedInstance): Verdict =>
  dialect.name === 'mysql'
    ? ['pass', 'super_read_only is persisted']
    : ['warn', 'MariaDB forgets read_only at a restart', 'Write read_only=ON into its option file'];

const endpoint = ({ endpointLeadsThere, instance }: RejoinPreflightInput): Verdict =>
  endpointLeadsThere === null
    ? ['pass', 'not asked: no application endpoint is known']
    : endpointLeadsThere
      ? [
          'warn',
          `the applications’ endpoint leads to ${instance?.instance.name ?? 'it'}`,
          'Lead it to the primary: their writes are refused from the fence on',
        ]
      : ['pass', 'the applications’ endpoint leads elsewhere'];
