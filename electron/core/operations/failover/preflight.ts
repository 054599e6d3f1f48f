import type { Check } from '@shared/model/plan';
import type { FenceRung, Verdict as OutageVerdict } from '@shared/model/verdict';
import { capabilityRules, heldPrivileges } from '../../fleet/capabilities';
import { channelKey } from '../../fleet/topology';
import { parseServerVersion, versionSupport } from '../../dialect/server-version';
import type { ClusterReading, ReachedInstance } from '../cluster-reading';
import { errantAlone } from '../errant';
import { trafficVerdict, type Verdict } from '../switchover/preflight';
import { partialWaitMs } from './partial';

export interface FailoverPreflightInput {
  readonly reading: ClusterReading;
  readonly primaryId: string | null;
  readonly replicas: readonly ReachedInstance[];
  readonly candidate: ReachedInstance | null;
  readonly verdict: OutageVerdict;
  readonly rungs: readonly FenceRung[];
  readonly interruptedRun: string | null;
  /** An earlier failover of this cluster, minutes ago; null is none within the cooldown. */
  readonly recentFailoverMinutes: number | null;
  readonly ackersWanted: number;
  /** Position that the lost primary last said; '' is none. */
  readonly known: string;
}

/** All questions of a failover. Order is the order of the screen. Pure. */
export function failoverPreflight(input: FailoverPreflightInput): readonly Check[] {
  const { reading, replicas, candidate, rungs } = input;
  const check = (code: string, title: string, [status, evidence, advice]: Verdict): Check => ({
    code,
    title,
    status,
    evidence,
    advice: advice ?? '',
    atMs: reading.atMs,
  });
  return [
    check('verdict', 'The primary is lost, not only out of sight', [
      input.verdict.offersFailover ? 'pass' : 'fail',
      input.verdict.sentence,
      input.verdict.offersFailover ? '' : input.verdict.nextStep,
    ]),
    check('supported-topology', 'One primary, replicas directly below it', topologyOf(input)),
    check('no-second-writer', 'No replica takes writes', secondWriter(replicas)),
    check('fence', 'The old primary can be kept from writing, with proof', fenceVerdict(rungs)),
    check(
      'no-interrupted-run',
      'No earlier run is left open',
      input.interruptedRun === null
        ? ['pass', 'None']
        : [
            'warn',
            `Run ${input.interruptedRun} was interrupted`,
            'Look at it first: it may be the better way out of this outage',
          ],
    ),
    check(
      'cooldown',
      'No failover of this cluster in the last hour',
      input.recentFailoverMinutes === null
        ? ['pass', 'None']
        : [
            'warn',
            `one ended ${input.recentFailoverMinutes} min ago`,
            'A second one so soon often means that something else is wrong: network, host, load',
          ],
    ),
    check('reachable', 'The replicas answer', reachable(input)),
    check('errant', 'No replica holds writes of its own', errants(input)),
    check('version', 'Versions that Midwatch can move', versions(replicas)),
    ...(candidate
      ? [
          check('grants', 'The account may do every step', grants(replicas)),
          check('prepared-xa', 'No prepared XA transaction on the candidate', preparedXa(candidate)),
          check('semi-sync', 'The new primary has replicas to acknowledge', ackers(input)),
          check('relay-log', 'What was received survives a restart', relayLog(replicas)),
          ...(candidate.dialect.name === 'mysql'
            ? [check('partial', 'Every received transaction is whole', partial(input))]
            : []),
          check('traffic', 'Applications follow', trafficVerdict(reading.cluster.traffic)),
        ]
      : []),
  ];
}

function topologyOf({ reading, replicas, primaryId }: FailoverPreflightInput): Verdict {
  const { topology, dialect } = reading;
  if (replicas.some((one) => one.facts.groupMembers.length > 0))
    return ['fail', 'Group replication', 'A group chooses its primary by itself'];
  if (topology.circle.size > 0)
    return ['fail', `${topology.circle.size} instances replicate in a circle`, 'Break the circle first'];
  if (primaryId === null)
    return ['fail', 'No primary was found that replicas follow', 'See the findings of this cluster'];
  if (dialect === null) return ['fail', 'MySQL and MariaDB in one cluster', 'Not supported'];
  if (replicas.length === 0) return ['fail', 'No replica answers', 'Nothing can be promoted: restore from a backup'];
  const several = replicas.find((one) => one.sample.channels.length > 1);
  if (several) return ['fail', `${several.instance.name} has several sources`, 'Several sources are not supported yet'];
  const elsewhere = replicas.filter((one) => {
    const source = topology.sources.get(channelKey(one.instance.id, { name: one.sample.channels[0]?.name ?? '' }));
    return source === undefined || (source !== primaryId && isReached(reading, source));
  });
  if (elsewhere.length > 0)
    return [
      'fail',
      `${elsewhere.map((one) => one.instance.name).join(', ')} do not follow it directly`,
      'Intermediate primaries are not supported yet',
    ];
  const named = replicas.find((one) => (one.sample.channels[0]?.name ?? '') !== '');
  if (named) return ['fail', `${named.instance.name} uses a named channel`, 'Named channels are not supported yet'];
  const manual = replicas.filter((one) => !one.sample.channels[0]?.autoPosition);
  if (manual.length > 0)
    return [
      'fail',
      `${manual.map((one) => one.instance.name).join(', ')} follow by file and position`,
      'Position-based replication is refused: without GTIDs nothing can be proven',
    ];
  return ['pass', `${replicas.length} replicas follow it`];
}

const isReached = ({ readings }: ClusterReading, id: string): boolean =>
  readings.find((one) => one.instance.id === id)?.reached === true;

function secondWriter(replicas: readonly ReachedInstance[]): Verdict {
  const open = replicas.filter((one) => !one.sample.readOnly).map((one) => one.instance.name);
  return open.length === 0
    ? ['pass', 'None']
    : [
        'fail',
        open.join(', '),
        'Somebody promoted it already, or it was never closed: compare it before anything else',
      ];
}

function fenceVerdict(rungs: readonly FenceRung[]): Verdict {
  const proving = rungs.filter((one) => one.usable && one.code !== 'attestation');
  if (proving.length > 0) return ['pass', proving.map((one) => one.title).join(', then ')];
  return [
    'warn',
    'nothing proves it: split-brain is possible',
    'A person must swear that it is off. Better: set "Host by SSH" or a fence hook in Inventory',
  ];
}

function reachable({ reading, primaryId, replicas }: FailoverPreflightInput): Verdict {
  const missing = reading.readings.filter((one) => !one.reached && one.instance.id !== primaryId);
  return missing.length === 0
    ? ['pass', `${replicas.length} of ${replicas.length} answered`]
    : [
        'warn',
        missing.map((one) => `${one.instance.name}: ${one.reached ? '' : one.error.message}`).join('; '),
        'They are left behind. One of them may have received more than the candidate',
      ];
}

function errants({ replicas, reading, known }: FailoverPreflightInput): Verdict {
  const found = replicas.flatMap((one) => {
    const text = errantAlone(one, reading, known);
    return text === '' ? [] : [`${one.instance.name} ${text}`];
  });
  return found.length === 0
    ? ['pass', `${replicas.length} of ${replicas.length} hold nothing that they wrote by themselves`]
    : ['warn', found.join('; '), 'They are not chosen; compare these transactions before they follow the new primary'];
}

function versions(replicas: readonly ReachedInstance[]): Verdict {
  const bad = replicas.filter((one) => {
    const version = parseServerVersion(one.facts.version);
    return !version || versionSupport(version) !== 'full';
  });
  return bad.length === 0
    ? ['pass', [...new Set(replicas.map((one) => one.facts.version))].join(', ')]
    : [
        'fail',
        bad.map((one) => `${one.instance.name} ${one.facts.version}`).join(', '),
        'Below MySQL 8.0.22 and MariaDB 10.6 Midwatch only shows',
      ];
}

function grants(replicas: readonly ReachedInstance[]): Verdict {
  const lacking = replicas.flatMap((one) => {
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

const preparedXa = ({ preparedXa: count }: ReachedInstance): Verdict =>
  count === null
    ? ['warn', 'XA RECOVER was refused', 'Grant XA_RECOVER_ADMIN']
    : count === 0
      ? ['pass', 'None']
      : ['warn', `${count} prepared`, 'Its coordinator must finish them on the new primary'];

function ackers({ candidate, replicas, ackersWanted }: FailoverPreflightInput): Verdict {
  if (ackersWanted === 0 || !candidate) return ['pass', 'semi-sync is not in use'];
  const siblings = replicas.length - 1;
  return siblings >= ackersWanted
    ? ['pass', `${ackersWanted} wanted, ${siblings} follow before it opens or soon after`]
    : [
        'warn',
        `${ackersWanted} wanted, ${siblings} left`,
        'Semi-sync stays off on the new primary, else its first commit would hang: turn it on when replicas are back',
      ];
}

/** MySQL's applier waits a minute for the rest of a transaction when it is stopped; see {@link partialStep}. */
function partial({ replicas, candidate }: FailoverPreflightInput): Verdict {
  const holders = replicas.filter(hasPart);
  const which = holders.map((one) => `${one.instance.name} got a part of ${one.partialTransaction}`).join('; ');
  if (holders.length === 0) return ['pass', 'None arrived in part'];
  if (replicas.length > 1 || candidate === null) return ['pass', `${which}: it is rolled back, nobody acknowledged it`];
  return [
    'warn',
    `${which}, and no other replica can end its wait`,
    `Stopping its applier takes up to ${partialWaitMs / 1000} s: MySQL waits for the rest`,
  ];
}

/** A receiver at work has parts all the time; one that lost its source will never get the rest. */
export const hasPart = ({ partialTransaction, sample }: ReachedInstance): boolean =>
  partialTransaction !== '' && sample.channels[0]?.receiver !== 'running';

function relayLog(replicas: readonly ReachedInstance[]): Verdict {
  const discarding = replicas.filter((one) => /^(on|1)$/i.test(one.facts.variables.get('relay_log_recovery') ?? ''));
  return discarding.length === 0
    ? ['pass', 'relay_log_recovery off']
    : [
        'warn',
        `relay_log_recovery on: ${discarding.map((one) => one.instance.name).join(', ')}`,
        'Restarted after the primary’s death they would throw away what they received: restart none of them',
      ];
}
