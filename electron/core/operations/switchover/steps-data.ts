import type { Step } from '@shared/model/plan';
import type { ChannelSettings, SwitchoverSql } from '../../dialect/switchover-sql';
import {
  cleanStep,
  lockStep,
  markerStep,
  openStep,
  proveStep,
  repointStep,
  semiSyncStep,
  statements,
  step,
  stopReceiverStep,
  trafficSteps,
  type Line,
  type Party,
  type Sibling,
  type TrafficPlan,
} from '../steps/step-data';

export interface StepsInput {
  readonly sql: SwitchoverSql;
  readonly primary: Party;
  readonly candidate: Party;
  /** Replicas that are moved below the candidate, with the settings of their channel. */
  readonly siblings: readonly Sibling[];
  /** Replicas that stay below whom they follow. */
  readonly kept: readonly Party[];
  readonly candidateSettings: ChannelSettings;
  /** MariaDB before 10.10 cannot be told to go on from its own position: it is set before. */
  readonly setsOwnPosition: boolean;
  /** Acknowledgements that a commit waits for; 0 without semi-sync. The old primary gives the first. */
  readonly semiSyncCount: number;
  readonly traffic: TrafficPlan;
}

/**
 * The steps of a switchover as data, in the one safe order: pre-sync while the primary still writes, bounded fence, frozen
 * position, the old primary following the candidate before it opens, open, marker, traffic, siblings, clean-up, proof.
 */
export function switchoverSteps(input: StepsInput): readonly Step[] {
  const { sql, primary, candidate, siblings, kept, semiSyncCount, traffic } = input;
  const everyone = [primary, candidate, ...siblings, ...kept];
  const early = siblings.slice(0, Math.max(0, semiSyncCount - 1));
  return [
    lockStep(everyone),
    step('prepare', {
      title: 'Start the probe writer',
      target: primary.name,
      statements: statements(...sql.createSchema.map((text, index): Line => [`create.${index}`, 'run', primary, text])),
      verify: 'A probe row was acknowledged by the primary',
      plannedMs: 300,
    }),
    step('pre-sync', {
      title: `Catch ${candidate.name} up while ${primary.name} still writes`,
      target: candidate.name,
      statements: statements(['position', 'guard', primary, sql.position], ['wait', 'guard', candidate, sql.wait]),
      verify: 'One round took less than 0.1 s',
      timeoutMs: 60_000,
      plannedMs: 200,
    }),
    fenceStep(input),
    step('freeze', {
      title: `Prove that ${primary.name} is frozen`,
      target: primary.name,
      statements: statements(
        ['prepared', 'guard', primary, sql.prepared],
        ['fenced', 'guard', primary, sql.fenceProof],
        ['position', 'verify', primary, sql.position],
      ),
      verify: 'Fence seen, no prepared XA, position read twice and equal',
      plannedMs: 10,
    }),
    step('catch-up', {
      title: `Prove that ${candidate.name} holds every write`,
      target: candidate.name,
      statements: statements(['wait', 'guard', candidate, sql.wait], ['position', 'verify', candidate, sql.position]),
      verify: 'Its position equals the frozen one',
      timeoutMs: 10_000,
      plannedMs: 20,
    }),
    stopReceiverStep(sql, candidate, true),
    step('reverse', {
      beside: true,
      title: `Let ${primary.name} follow ${candidate.name}`,
      target: primary.name,
      statements: statements(
        semiSyncCount > 0 ? ['semi-sync', 'run', primary, sql.semiSyncReplicaOn] : null,
        // So that the step can run twice: CHANGE is refused while the channel runs.
        ['stop', 'run', primary, sql.stop],
        input.setsOwnPosition ? ['own-position', 'run', primary, 'SET GLOBAL gtid_slave_pos = :position'] : null,
        [
          'change',
          'run',
          primary,
          sql.follow(input.candidateSettings, candidate.host, candidate.port, !input.setsOwnPosition),
        ],
        ['start', 'run', primary, sql.start],
        ['status', 'verify', primary, sql.channelStatus],
        ['position', 'verify', primary, sql.position],
        ['undo-stop', 'undo', primary, sql.stop],
        ['undo-forget', 'undo', primary, sql.forget],
      ),
      verify:
        'Receiver and applier run, and the frozen position has not moved: the way back is proven while turning back is free',
      undo: `Stop and forget replication on ${primary.name}`,
      plannedMs: 90,
      params: { follows: `${candidate.host}:${candidate.port}` },
    }),
    ...early.map((sibling) => repointStep(sql, sibling, candidate, { backTo: primary })),
    ...(semiSyncCount > 0 ? [semiSyncStep(sql, candidate)] : []),
    openStep(sql, candidate, { party: primary, fenceProof: sql.fenceProof }),
    markerStep(sql, candidate),
    ...trafficSteps(traffic, candidate),
    ...siblings.slice(early.length).map((sibling) => repointStep(sql, sibling, candidate, null)),
    cleanStep(sql, candidate, semiSyncCount > 0 ? primary : null),
    proveStep(sql, { everyone, candidate, followers: [primary], kept, lost: null }, traffic),
  ];
}

function fenceStep({ sql, primary }: StepsInput): Step {
  const hold = sql.hold;
  return step('fence', {
    title: `Fence ${primary.name}`,
    target: primary.name,
    statements: statements(
      ['limit', 'run', primary, sql.limitLockWait],
      ['fence', 'run', primary, sql.fence],
      ...(hold
        ? ([
            ['hold', 'run', primary, hold.lock],
            ['privileged', 'guard', primary, hold.privileged],
            ['end-session', 'run', primary, hold.end],
            ['release', 'run', primary, hold.release],
          ] as const)
        : []),
      sql.blockers === null ? null : ['blockers', 'guard', primary, sql.blockers],
      ['proof', 'verify', primary, sql.fenceProof],
      ['kill-blocker', 'run', primary, 'KILL CONNECTION :session'],
      ...sql.unfence.map((text, index): Line => [`unfence.${index}`, 'undo', primary, text]),
    ),
    guard: 'Waits at most 2 s for running statements; longer, and it gives up and changes nothing',
    verify: 'Another connection finds it read-only',
    undo: `Give writes back to ${primary.name}`,
    ifUnknown: 'Read the variable through a new connection: it may have succeeded',
    timeoutMs: 6000,
    plannedMs: 60,
  });
}
