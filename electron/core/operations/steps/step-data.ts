import type { PlannedStatement, StatementPhase, Step } from '@shared/model/plan';
import type { ChannelSettings, SwitchoverSql } from '../../dialect/switchover-sql';
import { operationLockName } from '../operation-world';

/** An instance as steps name it, with the address by which its siblings reach it. */
export interface Party {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly serverId: number;
}

export interface Sibling extends Party {
  readonly settings: ChannelSettings;
}

/** How applications are led to the new primary; null where Midwatch cannot. `hook`: a program, as shown to people. */
export interface TrafficPlan {
  readonly hook: string | null;
  readonly endpoint: string | null;
  /** What Midwatch sends itself, instead of calling a program. */
  readonly direct: DirectTraffic | null;
}

/** Lines to proxies and hosts, with the action whose code sends them. */
export interface DirectTraffic {
  readonly action: string;
  readonly target: string;
  readonly lines: readonly Line[];
  readonly verify: string;
  readonly ifUnknown: string;
  readonly params: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export type Line = readonly [
  key: string,
  phase: StatementPhase,
  party: Pick<Party, 'id' | 'name'>,
  text: string,
  by?: PlannedStatement['by'],
];

/** Lines as planned statements; null lines are left out. */
export const statements = (...lines: readonly (Line | null)[]): readonly PlannedStatement[] =>
  lines.flatMap((line) =>
    line === null
      ? []
      : [
          {
            key: line[0],
            phase: line[1],
            instanceId: line[2].id,
            instance: line[2].name,
            by: line[4] ?? 'sql',
            text: line[3],
          },
        ],
  );

/** One step with the usual limits, changed by what is given. */
export const step = (
  id: string,
  given: Partial<Step> & Pick<Step, 'title' | 'target' | 'statements' | 'verify'>,
): Step => ({
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
  beside: false,
  params: {},
  ...given,
});

export const lockStep = (everyone: readonly Party[]): Step =>
  step('lock', {
    title: 'Lock the cluster',
    target: `${everyone.length} instances`,
    statements: statements(
      ...everyone.map((one): Line => [`lock.${one.id}`, 'run', one, `SELECT GET_LOCK('${operationLockName}', 0)`]),
    ),
    guard: 'Nobody else holds it',
    verify: 'The lock is held on every instance',
    ifUnknown: 'The lock dies with its connection: nothing is left behind',
  });

export const stopReceiverStep = (sql: SwitchoverSql, candidate: Party, undoable: boolean): Step =>
  step('stop-receiver', {
    title: `Stop replication on ${candidate.name}`,
    target: candidate.name,
    statements: statements(
      ['stop', 'run', candidate, sql.stopReceiver],
      ['status', 'verify', candidate, sql.channelStatus],
      undoable ? ['start', 'undo', candidate, sql.startReceiver] : null,
    ),
    verify: 'Receiver and applier are stopped',
    undo: undoable ? `Start replication on ${candidate.name}` : null,
    plannedMs: 30,
  });

export const semiSyncStep = (sql: SwitchoverSql, candidate: Party): Step =>
  step('semi-sync', {
    title: `Turn semi-sync on at ${candidate.name}`,
    target: candidate.name,
    statements: statements(
      ['enable', 'run', candidate, sql.semiSyncSource(true)],
      ['enabled', 'verify', candidate, sql.semiSyncEnabled],
      ['disable', 'undo', candidate, sql.semiSyncSource(false)],
    ),
    verify: 'Enabled, before the first write',
    undo: `Turn it off at ${candidate.name}`,
    plannedMs: 10,
  });

/** The point of no return. `fenceProof`: statement that shows the old primary fenced; null when it cannot be asked. */
export const openStep = (
  sql: SwitchoverSql,
  candidate: Party,
  old: { readonly party: Party; readonly fenceProof: string } | null,
): Step =>
  step('open', {
    title: `Open ${candidate.name} for writes`,
    target: candidate.name,
    statements: statements(
      ['position', 'guard', candidate, sql.position],
      old ? ['fenced', 'guard', old.party, old.fenceProof] : null,
      ...sql.open.map((text, index): Line => [`open.${index}`, 'run', candidate, text]),
      ['writable', 'verify', candidate, sql.writable],
      ['close-limit', 'undo', candidate, sql.limitLockWait],
      ['close', 'undo', candidate, sql.fence],
    ),
    guard: old
      ? `${old.party.name} is fenced and ${candidate.name} still stands at the frozen position`
      : `${candidate.name} stands where everything received ends`,
    verify: 'A new connection finds it writable',
    undo: `Close ${candidate.name} again, as long as nothing was written on it`,
    plannedMs: 10,
    pointOfNoReturn: true,
  });

/** Makes its table where a run that was carried on, or a failover, has not made it before. */
export const markerStep = (sql: SwitchoverSql, candidate: Party): Step =>
  step('marker', {
    title: `Write and read back a marker on ${candidate.name}`,
    target: candidate.name,
    statements: statements(
      ...sql.createSchema.map((text, index): Line => [`create.${index}`, 'run', candidate, text]),
      ['insert', 'run', candidate, sql.marker],
      ['present', 'verify', candidate, sql.markerProof],
      ['position', 'verify', candidate, sql.position],
    ),
    verify: 'A new connection reads the marker',
    plannedMs: 20,
  });

/** Leads applications to the candidate, and proves it by going the way they go. Empty where Midwatch can do neither. */
export const trafficSteps = (traffic: TrafficPlan, candidate: Party): readonly Step[] =>
  !isLed(traffic)
    ? []
    : [
        step('traffic', {
          action: traffic.direct?.action ?? 'traffic',
          title: `Lead applications to ${candidate.name}`,
          target: traffic.direct?.target ?? traffic.endpoint ?? 'traffic hook',
          statements: statements(
            ...(traffic.direct?.lines ?? []),
            traffic.hook === null ? null : ['repoint', 'run', candidate, traffic.hook, 'hook'],
            traffic.endpoint === null ? null : ['through', 'verify', candidate, throughSql],
          ),
          verify: trafficProof(traffic, candidate),
          ifUnknown: traffic.direct?.ifUnknown ?? 'Writes are refused, never split: look where the endpoint leads',
          timeoutMs: traffic.direct?.timeoutMs ?? 130_000,
          plannedMs: 100,
          optional: true,
          params: { ...traffic.direct?.params, serverId: String(candidate.serverId), endpoint: traffic.endpoint ?? '' },
        }),
      ];

/** Whether applications are led over by this run at all. */
const isLed = (traffic: TrafficPlan): boolean => traffic.hook !== null || traffic.direct !== null;

function trafficProof({ direct, endpoint }: TrafficPlan, candidate: Party): string {
  if (endpoint !== null)
    return `A new connection through ${endpoint} reaches ${candidate.name}, writable${direct ? `. ${direct.verify}` : ''}`;
  const said = direct ? direct.verify : 'The hook says that it did';
  return `${said}; without an application endpoint nothing more can be proven`;
}

/** Asked through the application's endpoint: who answers there. */
const throughSql = 'SELECT @@GLOBAL.server_id AS server, @@GLOBAL.read_only AS closed';

/** `early`: before the candidate opens, because its semi-sync needs this acknowledgement; then it can be undone. */
export const repointStep = (
  sql: SwitchoverSql,
  sibling: Sibling,
  candidate: Party,
  early: { readonly backTo: Party | null } | null,
): Step => {
  const back = early?.backTo ?? null;
  return step(`repoint-${sibling.name}`, {
    action: early ? 'repoint-early' : 'repoint',
    title: `Let ${sibling.name} follow ${candidate.name}${early ? ' before it opens' : ''}`,
    target: sibling.name,
    statements: statements(
      ['drain', 'guard', sibling, sql.wait],
      ['stop', 'run', sibling, sql.stop],
      ['change', 'run', sibling, sql.repoint(sibling.settings, candidate.host, candidate.port)],
      ['start', 'run', sibling, sql.start],
      early ? null : ['wait', 'verify', sibling, sql.wait],
      ['status', 'verify', sibling, sql.channelStatus],
      back ? ['undo-stop', 'undo', sibling, sql.stop] : null,
      back ? ['undo-change', 'undo', sibling, sql.repoint(sibling.settings, back.host, back.port)] : null,
      back ? ['undo-start', 'undo', sibling, sql.start] : null,
    ),
    guard: 'Everything of the old primary is applied first',
    verify: early ? 'Receiver and applier run' : 'The marker has arrived',
    undo: back ? `Let ${sibling.name} follow ${back.name} again` : null,
    ifUnknown: early
      ? 'Look at its channel through a new connection'
      : 'It is left behind and named in the report; writes go on',
    timeoutMs: 20_000,
    plannedMs: 150,
    optional: early === null,
    params: { follows: `${candidate.host}:${candidate.port}` },
  });
};

export const cleanStep = (sql: SwitchoverSql, candidate: Party, semiSyncOffAt: Party | null): Step =>
  step('clean', {
    title: `Forget the old source on ${candidate.name}`,
    target: candidate.name,
    statements: statements(
      ['forget', 'run', candidate, sql.forget],
      ['status', 'verify', candidate, sql.channelStatus],
      semiSyncOffAt ? ['semi-sync-off', 'run', semiSyncOffAt, sql.semiSyncSource(false)] : null,
    ),
    verify: 'No channel is left',
    plannedMs: 50,
    optional: true,
  });

export interface ProveInput {
  readonly everyone: readonly Party[];
  readonly candidate: Party;
  /** Where the marker must have arrived, unless the run left them behind. */
  readonly followers: readonly Party[];
  /** Below an intermediate: that the marker arrives there too is looked for, and said where it does not. */
  readonly kept: readonly Party[];
  /** A primary that was lost: it need not answer, but when it does it must take no writes. */
  readonly lost: Party | null;
}

export const proveStep = (
  sql: SwitchoverSql,
  { everyone, candidate, followers, kept, lost }: ProveInput,
  traffic: TrafficPlan,
): Step =>
  step('prove', {
    title: 'Prove the result by new connections',
    target: `${everyone.length} instances`,
    statements: statements(
      ...everyone.map((one): Line => [`writable.${one.id}`, 'verify', one, sql.writable]),
      lost ? ['lost', 'verify', lost, sql.writable] : null,
      ...followers.map((one): Line => [`marker.${one.id}`, 'verify', one, sql.markerProof]),
      ...kept.map((one): Line => [`kept.${one.id}`, 'verify', one, sql.markerProof]),
      traffic.endpoint === null || !isLed(traffic) ? null : ['through', 'verify', candidate, throughSql],
    ),
    verify: [
      'One writable instance',
      ...(followers.length > 0 ? [`the marker on ${followers.map((one) => one.name).join(', ')}`] : []),
      'every probe row that was acknowledged is found',
      ...(traffic.endpoint === null || !isLed(traffic) ? [] : ['applications reach it']),
    ].join(', '),
    plannedMs: 150,
    params: { serverId: String(candidate.serverId), endpoint: traffic.endpoint ?? '' },
  });
