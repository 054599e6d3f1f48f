import type { Cluster } from '@shared/model/inventory';
import type { Check, Plan, Step } from '@shared/model/plan';
import { switchoverSql } from '../../dialect/switchover-sql';
import type { InventoryService } from '../../fleet/inventory-service';
import { basisOf, requireSameBasis } from '../basis';
import { failoverBoard, heldBy } from '../failover/board';
import { killServerCommand, serverStateCommand, type ServerFiles } from '../failover/host-commands';
import { lookAtOutage, type Outage, type OutageParts } from '../failover/outage';
import { hostView } from '../failover/viewpoints';
import { StepFailure, type OperationKindCode, type StepCode } from '../operation-kind';
import { lock } from '../steps/common-code';
import { partyOf } from '../steps/parties';
import { lockStep, statements, step, type Line } from '../steps/step-data';
import { trafficVerdict } from '../switchover/preflight';

export interface BreakParts extends OutageParts {
  readonly inventory: InventoryService;
  readonly newId: () => string;
}

const warmUpMs = 3000;
/** Shorter than any failover's: a drill breaks what it has just seen healthy. */
const validMs = 60_000;

/** Breaks the primary on purpose, by ending its process on its host: the first half of a failover drill. */
export function breakKind(parts: BreakParts): OperationKindCode {
  const look = async (clusterId: string, signal: AbortSignal): Promise<Outage> =>
    lookAtOutage(parts.inventory.cluster(clusterId), parts, signal);
  return {
    kind: 'drill',
    steps: { lock, prepare, break: breakPrimary },
    plan: async ({ clusterId, drillId }, signal) =>
      planBreak(parts.inventory.cluster(clusterId), parts, await look(clusterId, signal), drillId),
    requireBasis: async (plan, signal) =>
      requireSameBasis(plan.basis, basisOf((await look(plan.clusterId, signal)).reading)),
  };
}

function planBreak(cluster: Cluster, parts: BreakParts, outage: Outage, drillId: string | undefined): Plan {
  const { reading, primary, files, verdict } = outage;
  const replicas = reading.readings
    .filter((one) => one.reached)
    .filter((one) => one.instance.id !== primary?.instance.id && one.sample.channels.length > 0);
  const access = primary?.instance.hostAccess;
  const host = verdict.viewpoints.find((one) => one.kind === 'host');
  const behind = replicas.map((one) =>
    primary?.reached ? (one.dialect.transactionsBehind(heldBy(one), primary.sample.gtidExecuted) ?? 0) : 0,
  );
  const semiSync = primary?.reached === true && primary.sample.semiSyncSourceActive;
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
  const check = (code: string, title: string, verdictOf: readonly [Check['status'], string, string?]): Check => ({
    code,
    title,
    status: verdictOf[0],
    evidence: verdictOf[1],
    advice: verdictOf[2] ?? '',
    atMs: reading.atMs,
  });
  const checks: readonly Check[] = [
    check('alive', 'The primary is healthy before it is broken', [
      verdict.kind === 'alive' ? 'pass' : 'fail',
      verdict.sentence,
    ]),
    check(
      'candidates',
      'Someone can take over',
      healthy.length > 0
        ? ['pass', healthy.map((one) => one.instance).join(', ')]
        : ['fail', 'No replica could be the new primary', 'Mend the replicas first'],
    ),
    check(
      'host',
      'Its process can be ended on its host',
      access && files && host?.saw === 'answers'
        ? ['pass', host.evidence]
        : [
            'fail',
            host?.evidence ?? 'no SSH access to its host is set',
            'Set "Host by SSH" of the primary in Inventory',
          ],
    ),
    check(
      'loss',
      'What the drill may lose',
      semiSync
        ? ['pass', 'Semi-sync is active: no acknowledged write']
        : [
            'warn',
            `Replication is asynchronous, ${Math.max(0, ...behind)} transactions behind now: what is not received when it dies is lost`,
            'This drill breaks a real primary: run it where that is acceptable',
          ],
    ),
    check('traffic', 'Applications follow', trafficVerdict(cluster.traffic)),
  ];
  const refusals = checks.filter((one) => one.status === 'fail').map((one) => `${one.title}: ${one.evidence}`);
  const name = primary?.instance.name ?? 'Unknown';
  const steps =
    primary?.reached && access && files ? breakSteps(primary, replicas.map(partyOf), { access, files }) : [];
  return {
    id: parts.newId(),
    kind: 'drill',
    clusterId: cluster.id,
    cluster: cluster.name,
    title: `Drill on ${cluster.name}: ${name} is ended on purpose`,
    createdAtMs: reading.atMs,
    expiresAtMs: reading.atMs + validMs,
    basis: basisOf(reading),
    checks,
    candidates: [],
    steps,
    impact: {
      primary: name,
      candidate: '',
      writeGapMs: 2000,
      lostTransactions: 0,
      sentences: [
        `${name} is ended with kill -9. Applications cannot write until the failover is done`,
        'The failover that follows is planned from what is there then, with its own price',
        `${name} stays down and in quarantine: bringing it back is a rejoin`,
      ],
      achieved: '',
    },
    choices: [],
    divergence: null,
    verdict,
    fence: [],
    attestation: null,
    drillId: drillId ?? null,
    actLabel: `End ${name} and measure`,
    applyable: refusals.length === 0 && steps.length > 0,
    refusals,
  };
}

function breakSteps(
  primary: Parameters<typeof partyOf>[0],
  replicas: readonly ReturnType<typeof partyOf>[],
  host: { readonly access: Parameters<typeof killServerCommand>[0]; readonly files: ServerFiles },
): readonly Step[] {
  const party = partyOf(primary);
  return [
    lockStep([party, ...replicas]),
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
      title: `End ${party.name} with kill -9`,
      target: party.name,
      statements: statements(
        ['kill', 'run', party, killServerCommand(host.access, host.files), 'ssh'],
        ['state', 'verify', party, serverStateCommand(host.access, host.files), 'ssh'],
      ),
      guard: 'Everything above was seen healthy a moment ago',
      verify: 'Its host shows that the process is gone',
      pointOfNoReturn: true,
      timeoutMs: 20_000,
      plannedMs: 50,
    }),
  ];
}

const prepare: StepCode = {
  run: async (context) => {
    for (const statement of context.step.statements) await context.send(statement.key);
    // A loss counted on two rows proves nothing: the probe writes for a while before anything breaks.
    await context.clock.sleep(warmUpMs, context.signal);
  },
  verify: async () => 'It is there',
};

const breakPrimary: StepCode = {
  run: async (context) => {
    const outcome = await context.command('kill', {}, { timeoutMs: 12_000 });
    if (outcome.exitCode !== 0)
      throw new StepFailure(`exit code ${outcome.exitCode}: ${outcome.stderr.trim().slice(0, 200)}`);
  },
  verify: async (context) => {
    const view = hostView(context.plan.impact.primary, await context.command('state', {}, { timeoutMs: 8000 }));
    if (view.saw !== 'gone') throw new StepFailure(view.evidence);
    return view.evidence;
  },
};
