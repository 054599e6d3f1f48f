import type { PlannedStatement, StatementPhase, Step } from '@shared/model/operation';
import type { ChannelSettings, SwitchoverSql } from '../../dialect/switchover-sql';
import { operationLockName } from '../operation-world';

/** An instance as steps name it, with the address by which its siblings reach it. */
export interface Party {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export interface StepsInput {
  readonly sql: SwitchoverSql;
  readonly primary: Party;
  readonly candidate: Party;
  /** The other replicas with the settings of their channel. */
  readonly siblings: readonly (Party & { readonly settings: ChannelSettings })[];
  readonly candidateSettings: ChannelSettings;
  readonly semiSync: boolean;
}

type Line = readonly [key: string, phase: StatementPhase, party: Party, sql: string];

const statements = (...lines: readonly (Line | null)[]): readonly PlannedStatement[] =>
  lines.flatMap((line) =>
    line === null
      ? []
      : [{ key: line[0], phase: line[1], instanceId: line[2].id, instance: line[2].name, sql: line[3] }],
  );

const step = (id: string, given: Partial<Step> & Pick<Step, 'title' | 'target' | 'statements' | 'verify'>): Step => ({
  id,
  action: id,
  guard: 'The advisory lock is still held everywhere',
  undo: null,
  ifUnknown: 'Ask the server through a new connection before anything else',
  timeoutMs: 15_000,
  undoTimeoutMs: 5000,
  plannedMs: 50,
  pointOfNoReturn: false,
  optional: false,
  params: {},
  ...given,
});

/**
 * The steps of a switchover as data, in the one safe order: pre-sync while the primary still writes, bounded fence, frozen
 * position, the old primary following the candidate before it opens, open, marker, siblings, clean-up, proof.
 */
export function switchoverSteps(input: StepsInput): readonly Step[] {
  const { sql, primary, candidate, siblings } = input;
  const everyone = [primary, candidate, ...siblings];
  return [
    step('lock', {
      title: 'Lock the cluster',
      target: `${everyone.length} instances`,
      statements: statements(
        ...everyone.map((one): Line => [`lock.${one.id}`, 'run', one, `SELECT GET_LOCK('${operationLockName}', 0)`]),
      ),
      guard: 'Nobody else holds it',
      verify: 'The lock is held on every instance',
      ifUnknown: 'The lock dies with its connection: nothing is left behind',
    }),
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
    step('stop-receiver', {
      title: `Stop replication on ${candidate.name}`,
      target: candidate.name,
      statements: statements(
        ['stop', 'run', candidate, sql.stopReceiver],
        ['status', 'verify', candidate, sql.channelStatus],
        ['start', 'undo', candidate, sql.startReceiver],
      ),
      verify: 'Receiver and applier are stopped',
      undo: `Start replication on ${candidate.name}`,
      plannedMs: 30,
    }),
    step('reverse', {
      title: `Let ${primary.name} follow ${candidate.name}`,
      target: primary.name,
      statements: statements(
        input.semiSync ? ['semi-sync', 'run', primary, sql.semiSyncReplicaOn] : null,
        // So that the step can run twice: CHANGE is refused while the channel runs.
        ['stop', 'run', primary, sql.stop],
        ['change', 'run', primary, sql.follow(input.candidateSettings, candidate.host, candidate.port, true)],
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
    }),
    ...(input.semiSync
      ? [
          step('semi-sync', {
            title: `Turn semi-sync on at ${candidate.name}`,
            target: candidate.name,
            statements: statements(
              ['enable', 'run', candidate, sql.semiSyncSource(true)],
              ['disable', 'undo', candidate, sql.semiSyncSource(false)],
            ),
            verify: 'Enabled, before the first write',
            undo: `Turn it off at ${candidate.name}`,
            plannedMs: 10,
          }),
        ]
      : []),
    step('open', {
      title: `Open ${candidate.name} for writes`,
      target: candidate.name,
      statements: statements(
        ['position', 'guard', candidate, sql.position],
        ['fenced', 'guard', primary, sql.fenceProof],
        ...sql.open.map((text, index): Line => [`open.${index}`, 'run', candidate, text]),
        ['writable', 'verify', candidate, sql.writable],
      ),
      guard: `${primary.name} is fenced and ${candidate.name} still stands at the frozen position`,
      verify: 'A new connection finds it writable',
      plannedMs: 10,
      pointOfNoReturn: true,
    }),
    step('marker', {
      title: `Write and read back a marker on ${candidate.name}`,
      target: candidate.name,
      statements: statements(
        ['insert', 'run', candidate, sql.marker],
        ['present', 'verify', candidate, sql.markerProof],
        ['position', 'verify', candidate, sql.position],
      ),
      verify: 'A new connection reads the marker',
      plannedMs: 20,
    }),
    ...siblings.map((sibling) =>
      step(`repoint-${sibling.name}`, {
        action: 'repoint',
        title: `Let ${sibling.name} follow ${candidate.name}`,
        target: sibling.name,
        statements: statements(
          ['drain', 'guard', sibling, sql.wait],
          ['stop', 'run', sibling, sql.stop],
          ['change', 'run', sibling, sql.repoint(sibling.settings, candidate.host, candidate.port)],
          ['start', 'run', sibling, sql.start],
          ['wait', 'verify', sibling, sql.wait],
          ['status', 'verify', sibling, sql.channelStatus],
        ),
        guard: 'Everything of the old primary is applied first',
        verify: 'The marker has arrived',
        ifUnknown: 'It is left behind and named in the report; writes go on',
        timeoutMs: 20_000,
        plannedMs: 150,
        optional: true,
      }),
    ),
    step('clean', {
      title: `Forget the old source on ${candidate.name}`,
      target: candidate.name,
      statements: statements(
        ['forget', 'run', candidate, sql.forget],
        ['status', 'verify', candidate, sql.channelStatus],
        input.semiSync ? ['semi-sync-off', 'run', primary, sql.semiSyncSource(false)] : null,
      ),
      verify: 'No channel is left',
      plannedMs: 50,
      optional: true,
    }),
    step('prove', {
      title: 'Prove the result by new connections',
      target: `${everyone.length} instances`,
      statements: statements(...everyone.map((one): Line => [`writable.${one.id}`, 'verify', one, sql.writable]), [
        'marker',
        'verify',
        primary,
        sql.markerProof,
      ]),
      verify: 'One writable instance, the marker on the old primary, every probe row that was acknowledged is found',
      plannedMs: 150,
    }),
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
    verify: 'A new connection finds it read-only',
    undo: `Give writes back to ${primary.name}`,
    ifUnknown: 'Read the variable through a new connection: it may have succeeded',
    timeoutMs: 6000,
    plannedMs: 60,
  });
}
