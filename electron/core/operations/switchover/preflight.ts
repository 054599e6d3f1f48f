import { hookNames, isProgram } from '@shared/model/hook';
import type { Traffic } from '@shared/model/inventory';
import type { Check, CheckStatus } from '@shared/model/plan';
import { heldPrivileges, capabilityRules } from '../../fleet/capabilities';
import { compareVersions, isAtLeast, parseServerVersion, versionSupport } from '../../dialect/server-version';
import type { ClusterReading, InstanceReading, ReachedInstance } from '../cluster-reading';
import { errantAgainst } from '../errant';
import type { Arrangement } from '../region/arrangement';
import { logsWhatItApplies } from '../region/logs-updates';

export interface PreflightInput {
  readonly reading: ClusterReading;
  readonly primary: ReachedInstance | null;
  readonly candidate: ReachedInstance | null;
  readonly replicas: readonly ReachedInstance[];
  /** Who is moved and who stays; null without primary or candidate. */
  readonly arrangement: Arrangement | null;
  /** Outcome of signing in to the candidate as the replication account: the reverse path's credentials. */
  readonly replicationLogin: { readonly ok: boolean; readonly evidence: string };
  readonly interruptedRun: string | null;
}

export type Verdict = readonly [status: CheckStatus, evidence: string, advice?: string];

/** Transactions that may still be to apply when the fence falls; more means a longer write gap. */
const queueBudget = 5000;

/** All questions of a switchover, asked of readings taken just before. Order is the order of the screen. Pure. */
export function preflight(input: PreflightInput): readonly Check[] {
  const check = (code: string, title: string, [status, evidence, advice]: Verdict): Check => ({
    code,
    title,
    status,
    evidence,
    advice: advice ?? '',
    atMs: input.reading.atMs,
  });
  const { reading, primary, candidate } = input;
  const first = [
    check('all-reachable', 'Every instance answers', allReachable(reading.readings)),
    check(
      'no-interrupted-run',
      'No earlier run is left open',
      input.interruptedRun === null
        ? ['pass', 'None']
        : [
            'fail',
            `Run ${input.interruptedRun} was interrupted`,
            'Open it in Operations: roll it back or acknowledge it first',
          ],
    ),
    check(
      'supported-topology',
      'One primary, and every replica leads to it',
      topologyOf(reading, primary, input.arrangement),
    ),
    check('one-writable', 'Exactly one instance takes writes', oneWritable(reading.readings, primary)),
  ];
  // Positions of two products cannot be compared: what follows would have nothing to judge.
  if (!primary || !candidate || reading.dialect === null) return first;
  return [
    ...first,
    check('version', 'The candidate is not older than the primary', versions(primary, candidate, input.replicas)),
    check('gtid', 'GTID replication with auto-position everywhere', gtids(input)),
    check('candidate-runs', 'The candidate receives and applies', candidateRuns(candidate)),
    check('catch-up', 'The candidate can catch up in time', catchUp(primary, candidate)),
    check('errant', 'No replica holds a write that the primary lacks', errant(primary, input.replicas)),
    check(
      'purged',
      'The candidate still has what each sibling needs',
      purged(candidate, input.arrangement?.moved ?? []),
    ),
    check('prepared-xa', 'No prepared XA transaction on the primary', preparedXa(primary)),
    check('long-writes', 'No long write on the primary', longWrites(primary)),
    check('events', 'No event writes during the move', events(primary)),
    check('filters', 'No replication filters', filters(input.replicas)),
    check('semi-sync', 'Semi-sync keeps enough ackers', semiSync(primary, candidate, input.arrangement?.moved ?? [])),
    check('candidate-logs', 'Whoever is followed logs what it applies', logsOf(primary, candidate, input.arrangement)),
    check('reverse-path', 'The old primary can follow the candidate', [
      input.replicationLogin.ok ? 'pass' : 'fail',
      input.replicationLogin.evidence,
      input.replicationLogin.ok ? '' : 'Type the replication account’s password in Inventory',
    ]),
    check('grants', 'The account may do every step', grants(input)),
    check('durability', 'Commits of the candidate are durable', durability(candidate)),
    check('bypass', 'Nobody can write through the fence', bypass(primary)),
    check('traffic', 'Applications follow', trafficVerdict(reading.cluster.traffic)),
  ];
}

function allReachable(readings: readonly InstanceReading[]): Verdict {
  const missing = readings.filter((one) => !one.reached);
  return missing.length === 0
    ? ['pass', `${readings.length} of ${readings.length} answered`]
    : [
        'fail',
        missing.map((one) => `${one.instance.name}: ${one.reached ? '' : one.error.message}`).join('; '),
        'A planned switchover needs all of them: mend the path or take the instance out of the inventory',
      ];
}

function topologyOf(
  { readings, topology, dialect }: ClusterReading,
  primary: ReachedInstance | null,
  arrangement: Arrangement | null,
): Verdict {
  const reached = readings.filter((one) => one.reached);
  if (reached.some((one) => one.facts.groupMembers.length > 0))
    return [
      'fail',
      'Group replication',
      'Use group_replication_set_as_primary: Midwatch does not move a group’s primary',
    ];
  if (topology.circle.size > 0)
    return [
      'fail',
      `${topology.circle.size} instances replicate in a circle`,
      'Break the circle first: a switchover within it is not supported yet',
    ];
  if (!primary) return ['fail', 'No single primary was found', 'See the findings of this cluster'];
  if (dialect === null)
    return ['fail', 'MySQL and MariaDB in one cluster', 'A switchover across products is not supported'];
  const several = reached.find((one) => one.sample.channels.length > 1);
  if (several)
    return [
      'fail',
      `${several.instance.name} has ${several.sample.channels.length} sources`,
      'Several sources are not supported yet',
    ];
  const stray = [
    ...reached.filter((one) => one !== primary && one.sample.channels.length === 0),
    ...(arrangement?.stray ?? []),
  ];
  if (stray.length > 0)
    return [
      'fail',
      `${stray.map((one) => one.instance.name).join(', ')}: nothing leads from there to ${primary.instance.name}`,
      'Let them follow the primary, or take them out of the inventory',
    ];
  const named = reached.find((one) => (one.sample.channels[0]?.name ?? '') !== '');
  if (named)
    return [
      'fail',
      `${named.instance.name} uses the channel "${named.sample.channels[0]?.name}"`,
      'Named channels are not supported yet',
    ];
  const kept = arrangement?.kept ?? [];
  const stay = kept.length === 0 ? '' : `; ${kept.map((one) => one.instance.name).join(', ')} stay where they are`;
  return ['pass', `${primary.instance.name} above ${reached.length - 1} replicas${stay}`];
}

function oneWritable(readings: readonly InstanceReading[], primary: ReachedInstance | null): Verdict {
  const open = readings.filter((one) => one.reached && !one.sample.readOnly);
  if (open.length === 1 && open[0] === primary) return ['pass', `${primary?.instance.name} alone`];
  if (open.length === 0) return ['fail', 'No instance takes writes', 'Nothing to switch over: see findings'];
  return ['fail', open.map((one) => one.instance.name).join(', '), 'Fence the replicas that take writes first'];
}

function versions(primary: ReachedInstance, candidate: ReachedInstance, replicas: readonly ReachedInstance[]): Verdict {
  const [old, next] = [parseServerVersion(primary.facts.version), parseServerVersion(candidate.facts.version)];
  if (!old || !next) return ['unknown', `${primary.facts.version}, ${candidate.facts.version}`];
  if (versionSupport(old) !== 'full' || versionSupport(next) !== 'full')
    return ['fail', `${old.text} and ${next.text}`, 'Below MySQL 8.0.22 and MariaDB 10.6 Midwatch only shows'];
  if (next.dialect === 'mysql' && !isAtLeast(next, 8, 0, 22)) return ['fail', next.text];
  if (compareVersions(next, old) < 0)
    return [
      'fail',
      `candidate ${next.text}, primary ${old.text}`,
      'A newer server cannot follow an older one safely: choose another candidate',
    ];
  const older = replicas.filter((one) => compareVersions(parseServerVersion(one.facts.version) ?? next, next) < 0);
  if (older.length > 0)
    return [
      'warn',
      `${older.map((one) => one.instance.name).join(', ')} older than the candidate`,
      'They may not be able to follow it',
    ];
  return ['pass', `${next.text} everywhere`];
}

function gtids({ primary, replicas }: PreflightInput): Verdict {
  const off = [primary, ...replicas].filter((one) => one !== null && !one.facts.gtidEnabled);
  if (off.length > 0)
    return ['fail', `off on ${off.map((one) => one?.instance.name).join(', ')}`, 'Without GTIDs nothing can be proven'];
  const manual = replicas.filter((one) => !one.sample.channels[0]?.autoPosition);
  return manual.length > 0
    ? [
        'fail',
        `${manual.map((one) => one.instance.name).join(', ')} follow by file and position`,
        'Position-based replication is refused',
      ]
    : ['pass', `${replicas.length} of ${replicas.length} replicas`];
}

function candidateRuns({ sample, instance }: ReachedInstance): Verdict {
  const channel = sample.channels[0];
  if (!channel) return ['fail', `${instance.name} has no source`];
  if (channel.delaySeconds > 0)
    return ['fail', `delayed on purpose by ${channel.delaySeconds} s`, 'Choose a replica that is not delayed'];
  if (channel.receiver !== 'running') return ['fail', `receiver ${channel.receiver} ${channel.receiverError}`];
  if (channel.applier !== 'running') return ['fail', `applier stopped ${channel.applierError}`];
  return ['pass', 'receiver and applier run'];
}

function catchUp(primary: ReachedInstance, candidate: ReachedInstance): Verdict {
  const behind = candidate.dialect.transactionsBehind(candidate.sample.gtidExecuted, primary.sample.gtidExecuted);
  if (behind === null) return ['unknown', 'positions cannot be compared'];
  if (behind > queueBudget)
    return [
      'fail',
      `${behind.toLocaleString('en')} transactions behind`,
      'Wait until it has caught up, or choose another candidate',
    ];
  return ['pass', `${behind.toLocaleString('en')} transactions behind when asked`];
}

function errant(primary: ReachedInstance, replicas: readonly ReachedInstance[]): Verdict {
  const found = replicas.flatMap((one) => {
    const text = errantAgainst(one, primary);
    return text === '' ? [] : [`${one.instance.name} ${text}`];
  });
  return found.length === 0
    ? ['pass', `${replicas.length} of ${replicas.length} replicas hold nothing of their own`]
    : ['fail', found.join('; '), 'Compare these transactions before anything is promoted'];
}

function purged(candidate: ReachedInstance, moved: readonly ReachedInstance[]): Verdict {
  if (candidate.dialect.name === 'mariadb')
    return [
      'warn',
      'MariaDB does not say what its binary logs have lost',
      'A sibling far behind may not find what it needs',
    ];
  const short = moved.filter(
    (one) => candidate.dialect.transactionsBehind(one.sample.gtidExecuted, candidate.facts.gtidPurged) !== 0,
  );
  return short.length === 0
    ? ['pass', 'nothing needed was purged']
    : [
        'fail',
        `${short.map((one) => one.instance.name).join(', ')} need purged transactions`,
        'They would have to be rebuilt: choose another candidate',
      ];
}

const preparedXa = ({ preparedXa: count }: ReachedInstance): Verdict =>
  count === null
    ? ['unknown', 'XA RECOVER was refused', 'Grant XA_RECOVER_ADMIN']
    : count === 0
      ? ['pass', 'None']
      : ['fail', `${count} prepared`, 'Their COMMIT passes the fence: finish them first'];

const longWrites = ({ longestWriteSeconds: seconds }: ReachedInstance): Verdict =>
  seconds === null
    ? ['unknown', 'transactions are not shown', 'Grant PROCESS']
    : seconds > 10
      ? [
          'warn',
          `a transaction with changes is open for ${seconds} s`,
          'The fence waits for a running statement at most 2 s, then gives up and changes nothing',
        ]
      : ['pass', `oldest ${seconds} s`];

/** MariaDB: an event runs with its definer's rights, which may pass read_only; nobody could end it as a session. */
function events({ enabledEvents, facts, dialect }: ReachedInstance): Verdict {
  if (enabledEvents === null) return ['warn', 'events cannot be read', 'Grant EVENT or SELECT'];
  const runs = /^(on|1)$/i.test(facts.variables.get('event_scheduler') ?? '');
  const held = heldPrivileges(facts.grants);
  // Without the privilege the table of events is simply empty.
  if (enabledEvents === 0 && runs && dialect.name === 'mariadb' && !held.has('EVENT') && !held.has('ALL PRIVILEGES'))
    return [
      'unknown',
      'the scheduler runs, and the account sees no events',
      'Grant EVENT, or SET GLOBAL event_scheduler = OFF on the primary: an event may write through read_only',
    ];
  if (enabledEvents === 0) return ['pass', 'none enabled'];
  const there = `${enabledEvents} enabled`;
  if (dialect.name === 'mariadb' && runs)
    return [
      'fail',
      `${there}, and the scheduler runs`,
      'SET GLOBAL event_scheduler = OFF on the primary first: read_only may not stop them',
    ];
  return ['warn', there, 'They are disabled on the new primary: enable them there, and start its scheduler'];
}

function filters(replicas: readonly ReachedInstance[]): Verdict {
  const filtered = replicas.filter((one) => (one.sample.channels[0]?.filters.length ?? 0) > 0);
  return filtered.length === 0
    ? ['pass', 'None']
    : ['fail', filtered.map((one) => one.instance.name).join(', '), 'A filtered replica does not hold everything'];
}

/** Acknowledgements that a commit on this server waits for; 0 without semi-sync. MariaDB always waits for one. */
export const semiSyncCount = ({ facts }: ReachedInstance): number =>
  facts.variables.get('rpl_semi_sync_source_enabled') === 'ON'
    ? Number(facts.variables.get('rpl_semi_sync_source_wait_for_replica_count') ?? 1)
    : 0;

function semiSync(primary: ReachedInstance, candidate: ReachedInstance, moved: readonly ReachedInstance[]): Verdict {
  const count = semiSyncCount(primary);
  if (count === 0) return ['pass', 'not in use'];
  if (!candidate.facts.variables.has('rpl_semi_sync_source_enabled'))
    return ['fail', `${candidate.instance.name} has no source plugin`, 'Install the plugin there first'];
  // The old primary is the first, siblings that are moved before the candidate opens are the others.
  const able = 1 + moved.length;
  if (able < count)
    return [
      'fail',
      `${count} acknowledgements needed, ${able} can be given`,
      'Lower the count, or add a replica: else the new primary hangs at its first commit',
    ];
  const early = count - 1;
  return [
    'pass',
    `${count} needed; the old primary gives one${early > 0 ? `, ${early} siblings move before ${candidate.instance.name} opens` : ''}`,
  ];
}

/** The candidate, for those who are moved below it; the old primary, for those who stay below it. */
function logsOf(primary: ReachedInstance, candidate: ReachedInstance, arrangement: Arrangement | null): Verdict {
  const sources = [candidate, ...((arrangement?.kept.length ?? 0) > 0 ? [primary] : [])];
  const without = sources.filter((one) => !logsWhatItApplies(one)).map((one) => one.instance.name);
  return without.length === 0
    ? ['pass', `log_bin and log_replica_updates on: ${sources.map((one) => one.instance.name).join(', ')}`]
    : ['fail', `binary log or log_replica_updates off on ${without.join(', ')}`, 'Nobody could follow it'];
}

function grants({ primary, replicas }: PreflightInput): Verdict {
  const lacking = [primary, ...replicas].flatMap((one) => {
    if (!one) return [];
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

function durability({ facts }: ReachedInstance): Verdict {
  const sync = facts.variables.get('sync_binlog');
  const flush = facts.variables.get('innodb_flush_log_at_trx_commit');
  return sync === '1' && flush === '1'
    ? ['pass', 'sync_binlog 1, flush 1']
    : ['warn', `sync_binlog ${sync}, flush ${flush}`, 'A crash of the new primary may lose acknowledged writes'];
}

/** Whether Midwatch can lead applications over, and prove it. */
export function trafficVerdict(traffic: Traffic | undefined): Verdict {
  if (!traffic?.repoint)
    return [
      'warn',
      'no re-point hook is set: no proxy, address or DNS name is moved',
      'Writes are refused by the old primary until applications use the new one',
    ];
  if (traffic.repoint.kind === 'mysql-router')
    return ['warn', 'a MySQL Router leads them, and Midwatch cannot move it', 'See what it leads to, below'];
  if (!traffic.endpoint)
    return ['warn', 'they are moved, but no endpoint is known to prove it', 'Set the endpoint in Inventory'];
  const by = isProgram(traffic.repoint) ? 'by hook' : `by ${hookNames[traffic.repoint.kind]}`;
  return ['pass', `${by}, proven through ${traffic.endpoint.host}:${traffic.endpoint.port}`];
}

function bypass(primary: ReachedInstance): Verdict {
  const names = primary.privilegedAccounts;
  if (names === '') return ['pass', 'no such account beside root'];
  return primary.dialect.name === 'mariadb'
    ? ['warn', names, 'read_only does not stop them: their sessions are ended under a global read lock']
    : ['warn', names, 'They cannot write through super_read_only, but they can lift it'];
}
