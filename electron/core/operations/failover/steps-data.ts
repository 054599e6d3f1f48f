import type { Step } from '@shared/model/plan';
import type { FenceRung } from '@shared/model/verdict';
import type { DialectName } from '@shared/model/fleet';
import type { HostAccess } from '@shared/model/inventory';
import type { SwitchoverSql } from '../../dialect/switchover-sql';
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
import type { FenceByHook } from '../traffic/traffic-plan';
import { partialStep, partialWaitMs, type LedCandidate } from './partial';
import { salvageStep, type TailToSalvage } from './salvage';
import { killServerCommand, serverStateCommand, stopServiceCommand, type ServerFiles } from './host-commands';

export interface FailoverStepsInput {
  readonly product: DialectName;
  readonly sql: SwitchoverSql;
  /** The dead one. */
  readonly primary: Party;
  readonly candidate: LedCandidate;
  /** Whether the candidate holds the first part of a transaction, whose rest died with the primary. */
  readonly holdsPart: boolean;
  /** The other replicas that answer. */
  readonly siblings: readonly (Sibling & { readonly canFollow: boolean })[];
  readonly rungs: readonly FenceRung[];
  readonly host: { readonly access: HostAccess; readonly files: ServerFiles } | null;
  readonly fenceHook: FenceByHook;
  /** Siblings that must follow before the candidate opens, because its semi-sync needs their acknowledgement. */
  readonly ackers: number;
  readonly traffic: TrafficPlan;
  /** Replicas below another replica: they stay there, and get the marker from it. */
  readonly kept: readonly Party[];
  /** What a replica wrote by itself, by instance id: nobody has to hold that. */
  readonly errants: Readonly<Record<string, string>>;
  /** Address by which each replica follows the dead primary now, by instance id. */
  readonly sources: Readonly<Record<string, string>>;
  /** What the dead primary's logs hold beyond the candidate; null: not read, or it cannot be brought over. */
  readonly tail: TailToSalvage | null;
  /** Longest wait for what the candidate has received and not applied, seconds. */
  readonly drainSeconds: number;
}

/**
 * The steps of a failover as data: fence with proof, stop every receiver (so that a primary that comes back can be
 * acknowledged by nobody), apply everything received, prove that nobody received more, open, marker, traffic, siblings,
 * quarantine of the old primary, proof.
 */
export function failoverSteps(input: FailoverStepsInput): readonly Step[] {
  const { sql, primary, candidate, siblings, traffic } = input;
  const replicas: readonly Party[] = [candidate, ...siblings];
  // MySQL would take one with writes of its own without an error, and break on it later.
  const followers = siblings.filter((one) => !(one.id in input.errants));
  // One whose applier is broken cannot be moved: it acknowledges for nobody.
  const early = followers.filter((one) => one.canFollow).slice(0, input.ackers);
  const partial = partialStep(input);
  return [
    lockStep(replicas),
    fenceStep(input),
    freezeStep(sql, replicas, primary, input.sources, input.product),
    quarantineStep(primary),
    step('drain', {
      title: `Apply everything that ${candidate.name} has received`,
      target: candidate.name,
      statements: statements(
        ['wait', 'guard', candidate, sql.wait],
        ['status', 'guard', candidate, sql.channelStatus],
        ['position', 'verify', candidate, sql.position],
        ...siblings.flatMap((one): readonly Line[] => [
          [`status.${one.id}`, 'guard', one, sql.channelStatus],
          [`position.${one.id}`, 'guard', one, sql.position],
        ]),
      ),
      guard: 'What was received is data: nothing is thrown away',
      verify: `${candidate.name} holds everything that any replica received`,
      timeoutMs: input.drainSeconds * 1000 + 5000,
      plannedMs: 100,
      params: { seconds: String(input.drainSeconds), ...prefixed('errant.', input.errants) },
    }),
    ...(partial ? [partial] : []),
    stopStep(input, partial !== null),
    ...(input.tail && input.tail.transactions > 0
      ? [salvageStep(sql, input.tail.dialect, primary, candidate, input.tail)]
      : []),
    ...early.map((sibling) => repointStep(sql, sibling, candidate, { backTo: primary })),
    // Without enough who can acknowledge, the first commit would hang.
    ...(input.ackers > 0 && early.length === input.ackers ? [semiSyncStep(sql, candidate)] : []),
    openStep(sql, candidate, null),
    markerStep(sql, candidate),
    ...trafficSteps(traffic, candidate),
    ...followers.filter((one) => !early.includes(one)).map((sibling) => repointStep(sql, sibling, candidate, null)),
    cleanStep(sql, candidate, null),
    proveStep(sql, { everyone: replicas, candidate, followers, kept: input.kept, lost: primary }, traffic),
  ];
}

/** Long enough where the server waits for the rest of a transaction that nobody could roll back before. */
function stopStep({ sql, candidate, holdsPart }: FailoverStepsInput, isRolledBack: boolean): Step {
  const usual = stopReceiverStep(sql, candidate, true);
  return {
    ...usual,
    undo: `Start replication on ${candidate.name} again`,
    ...(sql.partial === null ? {} : { timeoutMs: partialWaitMs + usual.timeoutMs }),
    ...(holdsPart && !isRolledBack ? { plannedMs: partialWaitMs } : {}),
  };
}

/** Written down before anything opens: from here on whatever comes back there is fenced at first sight. */
const quarantineStep = (primary: Party): Step =>
  step('quarantine', {
    title: `Put ${primary.name} in quarantine`,
    target: primary.name,
    statements: statements(['alive', 'guard', primary, 'SELECT 1'], ['lift', 'undo', primary, 'SELECT 1']),
    guard: 'None: it is only written down',
    verify: 'Midwatch fences it at first sight, before anything else',
    undo: `Lift the quarantine of ${primary.name}`,
    plannedMs: 10,
    optional: true,
  });

const prefixed = (prefix: string, values: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));

/** Each usable rung in turn until one is proven. */
function fenceStep({ primary, rungs, host, fenceHook }: FailoverStepsInput): Step {
  const usable = new Set(rungs.filter((one) => one.usable).map((one) => one.code));
  return step('fence', {
    title: `Make sure that ${primary.name} takes no write`,
    target: primary.name,
    statements: statements(
      host && usable.has('ssh-stop')
        ? ['ssh-stop', 'run', primary, stopServiceCommand(host.access, host.files), 'ssh']
        : null,
      host && usable.has('ssh-kill')
        ? ['ssh-kill', 'run', primary, killServerCommand(host.access, host.files), 'ssh']
        : null,
      usable.has('hook') && fenceHook.program !== null
        ? ['fence-hook', 'run', primary, fenceHook.program, 'hook']
        : null,
      ...(usable.has('hook') ? fenceHook.lines : []),
      host ? ['state', 'verify', primary, serverStateCommand(host.access, host.files), 'ssh'] : null,
      ['alive', 'verify', primary, 'SELECT @@GLOBAL.read_only AS closed'],
    ),
    guard: 'Each rung in turn, until one is proven',
    verify:
      usable.has('ssh-stop') || usable.has('ssh-kill')
        ? 'Its host shows that the process is gone'
        : usable.has('hook')
          ? `By the fence hook: ${fenceHook.why}`
          : 'Sworn by a person; and the server answers nobody',
    ifUnknown: 'Ask the host again: ending a process twice harms nothing',
    timeoutMs: 60_000,
    plannedMs: 100,
    params: { ...fenceHook.params, rungs: [...usable].join(',') },
  });
}

/** MariaDB loses its relay log when replication starts after both threads were stopped: there the applier runs first. */
function freezeStep(
  sql: SwitchoverSql,
  replicas: readonly Party[],
  primary: Party,
  sources: FailoverStepsInput['sources'],
  product: FailoverStepsInput['product'],
): Step {
  return step('freeze', {
    title: `Stop listening to ${primary.name} everywhere`,
    target: `${replicas.length} instances`,
    statements: statements(
      ...replicas.flatMap((one): readonly Line[] => [
        [`status.${one.id}`, 'guard', one, sql.channelStatus],
        [`position.${one.id}`, 'guard', one, sql.position],
        [`apply.${one.id}`, 'run', one, sql.startApplying],
        [`stop.${one.id}`, 'run', one, sql.stopReceiving],
        [`start.${one.id}`, 'undo', one, sql.startReceiving],
      ]),
    ),
    guard: 'The applier runs before the receiver stops, so that nothing received is thrown away',
    verify: 'No receiver runs or tries: a primary that comes back is acknowledged by nobody',
    undo: 'Start the receivers again',
    plannedMs: 30,
    undoTimeoutMs: 10_000,
    params: { ...sources, product },
  });
}
