import type { DialectName } from '@shared/model/fleet';
import type { Step } from '@shared/model/plan';
import type { ChannelSettings, SwitchoverSql } from '../../dialect/switchover-sql';
import { heldStateSql } from '../divergence/divergence-of';
import { lockStep, statements, step, type Line, type Party } from '../steps/step-data';
import type { RejoinChoice } from './choices';

export interface RejoinStepsInput {
  readonly dialect: DialectName;
  readonly sql: SwitchoverSql;
  /** Who returns. */
  readonly instance: Party;
  readonly primary: Party;
  /** Everyone who answers. */
  readonly everyone: readonly Party[];
  readonly choice: RejoinChoice;
  readonly settings: ChannelSettings;
  /** MariaDB before 10.10 cannot be told to go on from its own position: it is set before. */
  readonly setsOwnPosition: boolean;
  /** See Errant.text. */
  readonly errant: string;
  readonly errantCount: number | null;
  /** null: nothing errant. */
  readonly evidence: Step | null;
  /** What the plan saw there. */
  readonly position: string;
  /** It has a channel, and whether that ran. */
  readonly channel: 'none' | 'stopped' | 'running';
  /** Waits for acknowledgements by its own setting. */
  readonly isSemiSyncSource: boolean;
  /** The primary waits for acknowledgements. */
  readonly clusterUsesSemiSync: boolean;
}

/** Longest time that it may take to catch up, ms: a lock session lives an hour without a word. */
const catchUpMs = 50 * 60_000;

/**
 * The steps of a rejoin as data: fence before anything else, prove that it stands still, compare again, save what only it
 * holds, and only then let it follow; the quarantine is lifted last. The fence and the quarantine are never undone.
 */
export function rejoinSteps(input: RejoinStepsInput): readonly Step[] {
  const { choice, evidence } = input;
  const first = [
    lockStep(input.everyone),
    fenceStep(input),
    quarantineStep(input),
    freezeStep(input),
    compareStep(input),
    ...(evidence ? [evidence] : []),
  ];
  if (choice === 're-provision') return [...first, proveClosedStep(input)];
  return [
    ...first,
    ...(input.isSemiSyncSource || input.clusterUsesSemiSync ? [settingsStep(input)] : []),
    ...(choice === 'inject-empty' ? [injectStep(input)] : []),
    followStep(input),
    catchUpStep(input),
    proveStep(input),
    liftStep(input),
  ];
}

/** Everybody but replication and this console: nobody has any business on an old primary. */
const othersSql =
  "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND COMMAND NOT LIKE 'Binlog Dump%' AND USER NOT IN ('system user', 'event_scheduler') AND USER <> SUBSTRING_INDEX(CURRENT_USER(), '@', 1)";

function fenceStep({ sql, instance, dialect }: RejoinStepsInput): Step {
  const { hold, forceFence } = sql;
  return step('fence', {
    title: `Fence ${instance.name}`,
    target: instance.name,
    statements: statements(
      ['limit', 'run', instance, sql.limitLockWait],
      ['fence', 'run', instance, sql.fence],
      // MySQL ends them all by offline_mode.
      dialect === 'mariadb' ? ['waiting', 'guard', instance, othersSql] : null,
      dialect === 'mariadb' ? ['end-waiting', 'run', instance, 'KILL CONNECTION :session'] : null,
      ...forceFence.before.map((text, index): Line => [`force.${index}`, 'run', instance, text]),
      ...forceFence.after.map((text, index): Line => [`after.${index}`, 'run', instance, text]),
      dialect === 'mysql' ? ['offline', 'guard', instance, 'SELECT @@GLOBAL.offline_mode AS offline'] : null,
      ...(hold
        ? ([
            ['hold', 'run', instance, hold.lock],
            ['privileged', 'guard', instance, hold.privileged],
            ['end-session', 'run', instance, hold.end],
            ['release', 'run', instance, hold.release],
          ] as const)
        : []),
      ['proof', 'verify', instance, sql.fenceProof],
    ),
    guard: 'None: whatever it is, it must take no write',
    verify: 'Another connection finds it read-only',
    ifUnknown: 'Read the variable through a new connection: to fence it twice harms nothing',
    timeoutMs: 30_000,
    plannedMs: 60,
  });
}

function quarantineStep({ instance }: RejoinStepsInput): Step {
  return step('quarantine', {
    title: `Keep ${instance.name} in quarantine`,
    target: instance.name,
    statements: statements(['alive', 'guard', instance, 'SELECT 1']),
    guard: 'None: it is only written down',
    verify: 'Midwatch fences it at first sight until it is a healthy replica, also after a restart',
    plannedMs: 10,
  });
}

function freezeStep({ sql, instance, channel, position }: RejoinStepsInput): Step {
  return step('freeze', {
    title: `Prove that ${instance.name} stands still`,
    target: instance.name,
    statements: statements(
      channel === 'none' ? null : ['stop', 'run', instance, sql.stop],
      ['prepared', 'guard', instance, sql.prepared],
      ['fenced', 'guard', instance, sql.fenceProof],
      ['position', 'verify', instance, sql.position],
      channel === 'running' ? ['start', 'undo', instance, sql.start] : null,
    ),
    guard: 'No prepared XA: its commit would pass the fence',
    verify: 'Fence seen, position read twice through new connections and equal',
    undo: channel === 'running' ? `Start replication on ${instance.name} again` : null,
    timeoutMs: 60_000,
    plannedMs: 60,
    params: { position },
  });
}

const heldLine = ({ dialect, sql, instance }: RejoinStepsInput, phase: 'guard' | 'verify'): Line => [
  'held',
  phase,
  instance,
  dialect === 'mariadb' ? 'SELECT @@GLOBAL.gtid_binlog_state AS position' : sql.position,
];
const referenceLine = ({ dialect, sql, primary }: RejoinStepsInput, phase: 'guard' | 'verify'): Line => [
  'reference',
  phase,
  primary,
  dialect === 'mariadb' ? heldStateSql.replace(' AS state', ' AS position') : sql.position,
];
const aheadLine = ({ dialect, sql, primary }: RejoinStepsInput, phase: 'guard' | 'verify'): Line | null =>
  dialect === 'mariadb' ? null : ['ahead', phase, primary, sql.wait];

function compareStep(input: RejoinStepsInput): Step {
  const { instance, primary, errant, errantCount } = input;
  return step('compare', {
    title: `Compare ${instance.name} with ${primary.name} again`,
    target: `${instance.name}, ${primary.name}`,
    statements: statements(heldLine(input, 'guard'), aheadLine(input, 'guard'), referenceLine(input, 'guard')),
    guard: 'What it wrote between the plan and the fence is found here',
    verify:
      errant === ''
        ? `It holds nothing that ${primary.name} lacks`
        : `It holds no transaction of its own beyond ${errantCount === null ? 'those' : `the ${errantCount.toLocaleString('en')}`} that the plan saw`,
    timeoutMs: 20_000,
    plannedMs: 20,
    params: { errant, dialect: input.dialect },
  });
}

function settingsStep({ sql, instance, isSemiSyncSource, clusterUsesSemiSync }: RejoinStepsInput): Step {
  return step('settings', {
    title: `Let ${instance.name} acknowledge, and wait for nobody`,
    target: instance.name,
    statements: statements(
      isSemiSyncSource ? ['semi-sync-off', 'run', instance, sql.semiSyncSource(false)] : null,
      // Before START: it is read when the receiver connects.
      clusterUsesSemiSync ? ['semi-sync', 'run', instance, sql.semiSyncReplicaOn] : null,
      ['enabled', 'verify', instance, sql.semiSyncEnabled],
    ),
    verify: 'Semi-sync as a source is off',
    plannedMs: isSemiSyncSource ? 600 : 10,
  });
}

function injectStep({ sql, instance, primary, errant, errantCount }: RejoinStepsInput): Step {
  return step('inject', {
    title: `Give ${primary.name} empty transactions in place of those of ${instance.name}`,
    target: primary.name,
    statements: statements(
      [
        'inject',
        'run',
        primary,
        `SET GTID_NEXT = '…'; BEGIN; COMMIT -- for each of the ${errantCount ?? 0} in ${errant}; then SET GTID_NEXT = 'AUTOMATIC'`,
      ],
      ['writable', 'guard', primary, sql.writable],
      ['position', 'verify', primary, sql.position],
    ),
    guard: `${primary.name} takes writes, and what they changed is saved`,
    verify: `${primary.name} names every one of them as executed`,
    undo: 'Only while none of them is there: an executed name cannot be taken back',
    ifUnknown: 'A second run is harmless: a name that is there is skipped',
    timeoutMs: 60_000,
    plannedMs: 10 * (errantCount ?? 0) + 20,
    pointOfNoReturn: true,
    params: { errant },
  });
}

function followStep(input: RejoinStepsInput): Step {
  const { sql, instance, primary, settings, setsOwnPosition } = input;
  return step('follow', {
    title: `Let ${instance.name} follow ${primary.name}`,
    target: instance.name,
    statements: statements(
      ['fenced', 'guard', instance, sql.fenceProof],
      // So that the step can run twice: CHANGE is refused while the channel runs.
      ['stop', 'run', instance, sql.stop],
      setsOwnPosition ? ['own-position', 'run', instance, 'SET GLOBAL gtid_slave_pos = :position'] : null,
      ['change', 'run', instance, sql.follow(settings, primary.host, primary.port, !setsOwnPosition)],
      ['start', 'run', instance, sql.start],
      ['status', 'verify', instance, sql.channelStatus],
      ['undo-stop', 'undo', instance, sql.stop],
      input.channel === 'none' ? ['undo-forget', 'undo', instance, sql.forget] : null,
    ),
    guard: 'It is still fenced',
    verify: `Receiver and applier run, from ${primary.name}`,
    undo:
      input.channel === 'none'
        ? `Stop and forget replication on ${instance.name}; it stays closed`
        : `Stop replication on ${instance.name}; it stays closed`,
    plannedMs: 120,
    params: { follows: `${primary.host}:${primary.port}` },
  });
}

function catchUpStep({ sql, instance, primary, dialect }: RejoinStepsInput): Step {
  return step('catch-up', {
    title: `Wait until ${instance.name} holds what ${primary.name} holds`,
    target: instance.name,
    statements: statements(
      ['goal', 'guard', primary, sql.position],
      ['here', 'guard', instance, sql.position],
      ['wait', 'guard', instance, sql.wait],
      ['status', 'guard', instance, sql.channelStatus],
    ),
    guard: 'None: it only waits',
    verify: `It has applied everything that ${primary.name} held when the wait began`,
    timeoutMs: catchUpMs,
    plannedMs: 500,
    params: { dialect, follows: `${primary.host}:${primary.port}` },
  });
}

function proveStep(input: RejoinStepsInput): Step {
  const { sql, instance, primary, dialect } = input;
  return step('prove', {
    title: 'Prove the result by new connections',
    target: `${instance.name}, ${primary.name}`,
    statements: statements(
      ['fenced', 'verify', instance, sql.fenceProof],
      ['status', 'verify', instance, sql.channelStatus],
      heldLine(input, 'verify'),
      aheadLine(input, 'verify'),
      referenceLine(input, 'verify'),
      ['writable', 'verify', primary, sql.writable],
    ),
    verify: `It is read-only, follows ${primary.name}, and holds nothing that ${primary.name} lacks`,
    timeoutMs: 20_000,
    plannedMs: 100,
    params: { errant: '', dialect, follows: `${primary.host}:${primary.port}` },
  });
}

function liftStep({ instance }: RejoinStepsInput): Step {
  return step('lift', {
    title: `Lift the quarantine of ${instance.name}`,
    target: instance.name,
    statements: statements(['alive', 'guard', instance, 'SELECT 1'], ['again', 'undo', instance, 'SELECT 1']),
    guard: 'It was proven to be a healthy replica',
    verify: 'It is an ordinary replica again',
    undo: `Put ${instance.name} in quarantine again`,
    plannedMs: 10,
  });
}

function proveClosedStep(input: RejoinStepsInput): Step {
  const { sql, instance, primary } = input;
  return step('prove-closed', {
    title: 'Prove by new connections that it is closed',
    target: `${instance.name}, ${primary.name}`,
    statements: statements(
      ['fenced', 'verify', instance, sql.fenceProof],
      ['position', 'verify', instance, sql.position],
      ['writable', 'verify', primary, sql.writable],
    ),
    verify: `It is read-only and stands still, and ${primary.name} takes writes`,
    plannedMs: 60,
  });
}
