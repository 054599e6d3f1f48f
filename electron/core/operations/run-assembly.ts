import type { Plan } from '@shared/model/plan';
import type { Blocker, StepAdvance } from '@shared/model/run';
import type { Connections } from '../fleet/connections';
import type { Clock } from '../ports/clock';
import type { EvidenceFiles } from '../ports/evidence-files';
import type { HookCall, Hooks } from '../ports/hooks';
import type { Proxies } from '../ports/proxies';
import type { RemoteHost } from '../ports/remote-host';
import type { JournalStore, QuarantineStore, RunRecord } from '../ports/store';
import { JournalWriter } from './journal-writer';
import type { OperationKindCode } from './operation-kind';
import { ProbeWriter, type ProbeRoute } from './probe-writer';
import { runMemory } from './run-memory';
import { Runner } from './runner';
import { SessionsWorld } from './sessions-world';

export interface AssemblyParts {
  readonly connections: Connections;
  readonly hosts: RemoteHost;
  readonly hooks: Hooks;
  readonly proxies: Proxies;
  readonly journal: JournalStore;
  readonly quarantine: QuarantineStore;
  readonly evidence: EvidenceFiles;
  readonly clock: Clock;
}

export interface AssembledRun {
  readonly record: RunRecord;
  readonly runner: Runner;
  readonly probe: ProbeWriter;
  readonly world: SessionsWorld;
  readonly journal: JournalWriter;
  close(): Promise<void>;
}

const probeLimits = { statementMs: 8000, lockWaitSeconds: 5, idleSeconds: 600 };
const probeEveryMs = 25;

/** Ids of the instances that a plan names as primary and candidate; '' where it names none. */
export function partiesOf(plan: Plan): { readonly primaryId: string; readonly candidateId: string } {
  const idOf = (name: string): string =>
    plan.steps.flatMap((step) => step.statements).find((one) => one.instance === name)?.instanceId ?? '';
  return { primaryId: idOf(plan.impact.primary), candidateId: idOf(plan.impact.candidate) };
}

/** Everything that one run needs to act, opened when used. `resumed`: an earlier process began it. */
export function assembleRun(
  record: RunRecord,
  kind: OperationKindCode,
  parts: AssemblyParts,
  options: {
    readonly resumed: boolean;
    readonly onChange: () => void;
    readonly showBlockers: (blockers: readonly Blocker[]) => void;
    readonly showAdvance: (advance: StepAdvance) => void;
  },
): AssembledRun {
  const { connections, clock } = parts;
  const { plan, runId } = record;
  const journal = new JournalWriter({ store: parts.journal, clock, runId, onChange: options.onChange });
  const world = new SessionsWorld({ ...parts, clusterId: plan.clusterId });
  const memory = runMemory({
    journal: journal.entries,
    secrets: {
      'replication-password': () => connections.secret({ kind: 'replication-password', id: plan.clusterId }) ?? '',
      'account-password': () => connections.secret({ kind: 'cluster-password', id: plan.clusterId }) ?? '',
    },
    write: (text, data) => journal.write('', 'note', text, data),
  });
  const { primaryId, candidateId } = partiesOf(plan);
  const probe = new ProbeWriter({
    probeId: options.resumed ? `${runId.slice(0, 50)}+${journal.entries.length}` : runId,
    routes: probeRoutes(plan, connections, [primaryId, candidateId]),
    everyMs: probeEveryMs,
    openProof: async (signal) =>
      (await connections.openForOperation(candidateId, 'operation probe', signal, probeLimits)).session,
    clock,
    onChange: options.onChange,
  });
  const runner = new Runner({
    kind,
    context: {
      run: record,
      world,
      clock,
      memory,
      probe,
      journal,
      resumed: options.resumed,
      showBlockers: options.showBlockers,
      showAdvance: options.showAdvance,
      evidence: parts.evidence,
      quarantine: (instanceId, on) =>
        on ? quarantine(instanceId, record, parts) : parts.quarantine.remove(instanceId),
      hookCall: (action) => hookCall(action, record, connections, { primaryId, candidateId }),
    },
  });
  return {
    record,
    runner,
    probe,
    world,
    journal,
    close: async () => {
      await probe.stop();
      await world.close();
    },
  };
}

/** Through the application's endpoint where one is known; else to the old and the new primary, as an application with a list. */
export function probeRoutes(
  plan: Pick<Plan, 'clusterId'>,
  connections: Connections,
  instanceIds: readonly string[],
): readonly ProbeRoute[] {
  const cluster = connections.inventory().clusters.find((one) => one.id === plan.clusterId);
  const endpoint = cluster?.traffic?.endpoint;
  if (endpoint)
    return [
      {
        name: `${endpoint.host}:${endpoint.port}`,
        open: (signal) => connections.openEndpoint(plan.clusterId, 'operation probe', signal, probeLimits),
      },
    ];
  return instanceIds
    .filter((id) => id !== '')
    .map((id) => ({
      name: connections.find(id).instance.name,
      open: async (signal) => (await connections.openForOperation(id, 'operation probe', signal, probeLimits)).session,
    }));
}

function hookCall(
  action: HookCall['action'],
  { plan, runId }: RunRecord,
  connections: Connections,
  { primaryId, candidateId }: { readonly primaryId: string; readonly candidateId: string },
): HookCall {
  const address = (id: string): { readonly host: string; readonly port: number } =>
    id === '' ? { host: '', port: 0 } : connections.find(id).instance;
  const [old, next] = [address(primaryId), address(candidateId)];
  return {
    action,
    cluster: plan.cluster,
    runId,
    oldHost: old.host,
    oldPort: old.port,
    newHost: next.host,
    newPort: next.port,
  };
}

function quarantine(instanceId: string, record: RunRecord, parts: AssemblyParts): void {
  const { instance } = parts.connections.find(instanceId);
  parts.quarantine.add({
    clusterId: record.plan.clusterId,
    instanceId,
    instance: instance.name,
    host: instance.host,
    port: instance.port,
    serverUuid: record.plan.basis.facts[`${instance.name}: server`]?.split(',')[0] ?? '',
    runId: record.runId,
    atMs: parts.clock.nowMs(),
    by: record.by,
  });
}
