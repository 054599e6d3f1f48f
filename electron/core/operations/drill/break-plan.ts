import type { Cluster } from '@shared/model/inventory';
import type { Check, Plan, Step } from '@shared/model/plan';
import { switchoverSql } from '../../dialect/switchover-sql';
import { basisOf } from '../basis';
import type { ReachedInstance } from '../cluster-reading';
import { failoverBoard, heldBy } from '../failover/board';
import { killServerCommand, serverStateCommand } from '../failover/host-commands';
import type { Outage } from '../failover/outage';
import type { Verdict } from '../switchover/preflight';
import { partyOf } from '../steps/parties';
import { lockStep, statements, step, type Line } from '../steps/step-data';
import { trafficVerdict } from '../switchover/preflight';
import { victimsOf, type Victim } from './victims';

/** So long the probe writes before anything breaks, ms. */
export const warmUpMs = 3000;
/** Shorter than any failover's: a drill breaks what it has just seen healthy. */
const validMs = 60_000;

export interface BreakPlanInput {
  readonly cluster: Cluster;
  readonly outage: Outage;
  readonly planId: string;
  readonly drillId: string | null;
  /** Region that shall take over; '' is whoever is best, near first. */
  readonly toRegion: string;
}

/** What would be broken, whether it is healthy enough for that, and what it may cost. Pure. */
export function planBreak({ cluster, outage, planId, drillId, toRegion }: BreakPlanInput): Plan {
  const { reading, primary, verdict } = outage;
  const replicas = reading.readings
    .filter((one) => one.reached)
    .filter((one) => one.instance.id !== primary?.instance.id && one.sample.channels.length > 0);
  const doom = victimsOf(outage, toRegion);
  const { victims, region } = doom;
  const doomed = new Set(victims.map((one) => one.reading.instance.id));
  const healthy = primary
    ? failoverBoard({
        reading,
        primaryId: primary.instance.id,
        replicas,
        known: '',
        // What one has received more than another changes by the moment while the primary writes.
        lossOf: () => ({
          basis: 'unknown',
          transactions: null,
          gtid: '',
          bytes: null,
          unknownSeconds: null,
          unknownTransactions: null,
          sentence: '',
        }),
        applyRate: () => null,
      }).filter(
        // One that does not answer was asked no rule.
        (one) => one.rules.length > 0 && one.rules.every((each) => each.holds || each.rule.startsWith('Received')),
      )
    : [];
  const takers = healthy.filter((one) => !doomed.has(one.instanceId) && (toRegion === '' || one.region === toRegion));
  const able = takers.map((one) => one.instance);
  const behind = replicas
    .filter((one) => region === '' || able.includes(one.instance.name))
    .map((one) =>
      primary?.reached ? (one.dialect.transactionsBehind(heldBy(one), primary.sample.gtidExecuted) ?? 0) : 0,
    );
  const check = (code: string, title: string, verdictOf: Verdict): Check => ({
    code,
    title,
    status: verdictOf[0],
    evidence: verdictOf[1],
    advice: verdictOf[2] ?? '',
    atMs: reading.atMs,
  });
  const who = region === '' ? 'The primary' : `Region ${region}`;
  const checks: readonly Check[] = [
    check('alive', `${who} is healthy before it is broken`, [
      verdict.kind === 'alive' && doom.silent.length === 0 ? 'pass' : 'fail',
      doom.silent.length === 0 ? verdict.sentence : `no answer from ${doom.silent.join(', ')}`,
    ]),
    check(
      'candidates',
      toRegion === '' ? 'Someone can take over' : `Someone in ${toRegion} can take over`,
      able.length > 0
        ? ['pass', able.join(', ')]
        : [
            'fail',
            toRegion === ''
              ? 'No replica could be the new primary'
              : `No replica in ${toRegion} could be the new primary`,
            'Mend the replicas first',
          ],
    ),
    check(
      'host',
      region === '' ? 'Its process can be ended on its host' : 'Every process can be ended on its host',
      doom.host,
    ),
    check('loss', 'What the drill may lose', mayLose(primary, Math.max(0, ...behind), region)),
    check('traffic', 'Applications follow', trafficVerdict(cluster.traffic)),
  ];
  const refusals = checks.filter((one) => one.status === 'fail').map((one) => `${one.title}: ${one.evidence}`);
  const name = primary?.instance.name ?? 'Unknown';
  const names = victims.map((one) => one.reading.instance.name);
  const steps = primary?.reached && victims.length > 0 ? breakSteps(primary, replicas, { victims, region }) : [];
  return {
    id: planId,
    kind: 'drill',
    clusterId: cluster.id,
    cluster: cluster.name,
    title:
      region === ''
        ? `Drill on ${cluster.name}: ${name} is ended on purpose`
        : `Drill on ${cluster.name}: the servers of region ${region} are ended on purpose`,
    createdAtMs: reading.atMs,
    expiresAtMs: reading.atMs + validMs,
    basis: basisOf(reading),
    checks,
    candidates: takers,
    steps,
    impact: {
      primary: name,
      candidate: '',
      writeGapMs: 2000,
      lostTransactions: 0,
      sentences: [
        `${names.join(', ') || name} ${names.length > 1 ? 'are' : 'is'} ended with kill -9. Applications cannot write until the failover is done`,
        'The failover that follows is planned from what is there then, with its own price',
        ...(region === ''
          ? []
          : [
              `The hosts and lines of ${region} stay: a region that is really lost takes them too, and then a person must swear that it is off`,
            ]),
        region === ''
          ? `${name} stays down and in quarantine: bringing it back is a rejoin`
          : `${names.join(', ')} stay down, ${name} in quarantine: start them, bring them back by a rejoin, then lead the primary home`,
      ],
      achieved: '',
    },
    choices: [],
    divergence: null,
    verdict,
    fence: [],
    attestation: null,
    drillId,
    actLabel: region === '' ? `End ${name} and measure` : `End region ${region} and measure`,
    applyable: refusals.length === 0 && steps.length > 0,
    refusals,
  };
}

/** Semi-sync proves nothing for another region: its acknowledgements may all come from servers that die too. */
function mayLose(primary: Outage['primary'], behind: number, region: string): Verdict {
  if (region === '' && primary?.reached && primary.sample.semiSyncSourceActive)
    return ['pass', 'Semi-sync is active: no acknowledged write'];
  return [
    'warn',
    `Replication ${region === '' ? 'is' : 'to the other regions is'} asynchronous, ${behind} transactions behind now: what is not received when it dies is lost, or brought over from its disk`,
    `This drill breaks ${region === '' ? 'a real primary' : 'real servers'}: run it where that is acceptable`,
  ];
}

function breakSteps(
  primary: ReachedInstance,
  replicas: readonly ReachedInstance[],
  { victims, region }: { readonly victims: readonly Victim[]; readonly region: string },
): readonly Step[] {
  const party = partyOf(primary);
  return [
    lockStep([party, ...replicas.map(partyOf)]),
    step('prepare', {
      title: `Make the probe’s table, and let it write for ${warmUpMs / 1000} s`,
      target: party.name,
      statements: statements(
        ...switchoverSql[primary.dialect.name].createSchema.map((text, index): Line => [
          `create.${index}`,
          'run',
          party,
          text,
        ]),
      ),
      verify: 'The table is there',
      plannedMs: warmUpMs,
    }),
    step('break', {
      title: region === '' ? `End ${party.name} with kill -9` : `End every server of region ${region} with kill -9`,
      target: region === '' ? party.name : `${victims.length} instances`,
      statements: statements(
        ...victims.flatMap(({ reading, access, files }): readonly Line[] => [
          [`kill.${reading.instance.id}`, 'run', partyOf(reading), killServerCommand(access, files), 'ssh'],
          [`state.${reading.instance.id}`, 'verify', partyOf(reading), serverStateCommand(access, files), 'ssh'],
        ]),
      ),
      guard: 'Everything above was seen healthy a moment ago',
      verify:
        victims.length > 1 ? 'Each host shows that its process is gone' : 'Its host shows that the process is gone',
      pointOfNoReturn: true,
      timeoutMs: 20_000,
      plannedMs: 50,
    }),
  ];
}
