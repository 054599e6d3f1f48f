import { failed, ok, type Result } from '@shared/result';
import type {
  Bridge,
  CallHandlers,
  CallInput,
  CallName,
  CallOutput,
  StreamInput,
  StreamMessage,
  StreamName,
} from '@shared/ipc/contract';
import type { Activity } from '@shared/model/activity';
import type { ClusterState, FleetSnapshot } from '@shared/model/fleet';
import type { Inventory } from '@shared/model/inventory';
import type { Plan } from '@shared/model/plan';
import type { TargetInput } from '@shared/model/path-test';
import { atMoment } from './demo-fleet';
import { demoCapabilities, demoDetail, demoHistory, demoProcesses } from './demo-instance';
import { demoDrillPlan, demoDrills, demoLiveDrill } from './demo-drill';
import { demoFailover } from './demo-failover';
import { demoAttested, demoUnseen } from './demo-failover-others';
import { demoDiscovery, demoPathTest } from './demo-path';
import { demoPlan } from './demo-plan';
import { demoRejoin } from './demo-rejoin';
import { demoRelocate } from './demo-relocate';
import { demoReprovision } from './demo-reprovision';
import { demoReconciliation, demoReport, demoRun, demoRuns } from './demo-run';
import { demoFleet } from './demo-scenario';
import { demoTrafficTry } from './demo-traffic';
import { demoQueries } from './demo-queries';

const options = new URLSearchParams(window.location.search);
const runStep = Number(options.get('step') ?? 3);
/** `?drill=awaiting-approval`: the live drill stands in that state; without it none is at work. */
const drillState = (
  ['preparing', 'breaking', 'detecting', 'planning', 'awaiting-approval', 'running', 'measuring'] as const
).find((state) => state === options.get('drill'));

let fleet: FleetSnapshot = options.has('empty')
  ? { atMs: 0, lastPollAtMs: null, clusters: [], tunnels: [], answered: 0, total: 0 }
  : demoFleet(Date.now(), options.has('failback'));

const inventory = (): Inventory => ({
  version: 1,
  bastions: fleet.tunnels.map((tunnel) => ({
    id: tunnel.id,
    name: tunnel.name,
    host: `${tunnel.name}.example.net`,
    port: 22,
    user: 'ops',
    auth: { method: 'agent' },
  })),
  clusters: fleet.clusters.map((cluster) => ({
    id: cluster.id,
    name: cluster.name,
    user: 'midwatch',
    tls: { mode: 'verify-identity' },
    heartbeat: cluster.heartbeat,
    ...(cluster.shard ? { shard: { ...cluster.shard } } : {}),
    pinned: cluster.pinned,
    connectionBudget: 3,
    instances: cluster.instances.map((each) => ({
      id: each.id,
      name: each.name,
      host: each.host,
      port: each.port,
      region: each.region,
      via: [...each.via],
      ...(each.name === 'wallet-1'
        ? { hostAccess: { via: ['bastion-fra', 'bastion-iad'], service: 'mysqld.service', sudo: true } }
        : {}),
    })),
    ...(cluster.name === 'wallet'
      ? {
          traffic: {
            endpoint: { host: 'wallet.db.internal', port: 3306 },
            repoint: { kind: 'shell' as const, command: '/etc/midwatch/repoint.sh', timeoutSeconds: 20 },
            fence: { kind: 'http' as const, url: 'https://power.internal/off', timeoutSeconds: 30 },
          },
        }
      : {}),
  })),
});

const clusterOf = (clusterId: string): ClusterState => {
  const cluster = fleet.clusters.find((each) => each.id === clusterId) ?? fleet.clusters[0];
  if (!cluster) throw new Error('no such cluster');
  return cluster;
};

const change = (clusterId: string, more: Partial<ClusterState>): void => {
  fleet = { ...fleet, clusters: fleet.clusters.map((each) => (each.id === clusterId ? { ...each, ...more } : each)) };
};

const activity = (nowMs: number): readonly Activity[] =>
  (
    [
      [2, 'watch', 'rule', 'billing-eu-3 lag above 10 s', 'rule'],
      [6, 'note', 'tunnel', 'bastion-fra lost 50 s: no data', 'tunnel'],
      [14, 'watch', 'rule', 'billing-eu-4 applier stopped, error 1062', 'rule'],
      [90, 'ok', 'operation', 'Switchover finished: write gap 742 ms, lost 0', 'on-call'],
      [3_000, 'note', 'unlock', 'Unlocked for 30 min: patch window', 'dba-2'],
    ] as const
  ).map(([minutes, severity, kind, text, by], index) => ({
    seq: 100 - index,
    atMs: nowMs - minutes * 60_000,
    kind,
    severity,
    clusterId: 'billing-eu',
    instanceId: null,
    by,
    text,
  }));

/**
 * Each kind of plan has its cluster: orders-eu fails over, ledger-us needs a person's word, media-ap is only unseen, audit-1
 * comes back (`?clean`: with nothing of its own), payments moves a replica.
 */
function planOf({ kind, clusterId, instanceId, candidateId, choice }: CallInput<'operation.plan'>): Plan {
  if (kind === 'rejoin') return demoRejoin(Date.now(), choice, options.has('clean'));
  if (kind === 'reprovision') return demoReprovision(Date.now(), candidateId);
  if (kind === 'relocate') return demoRelocate(Date.now(), instanceId, candidateId);
  if (kind === 'failover') {
    if (clusterId === 'ledger-us') return demoAttested(Date.now());
    return clusterId === 'media-ap' ? demoUnseen(Date.now()) : demoFailover(Date.now(), candidateId);
  }
  const plan = demoPlan(Date.now());
  return clusterId === 'wallet'
    ? plan
    : {
        ...plan,
        clusterId,
        cluster: clusterId,
        title: `Switchover: ${clusterId}`,
        applyable: false,
        refusals: ['The primary does not answer: a switchover needs it; use failover'],
      };
}

const kindOfPlan: Readonly<Record<string, string>> = {
  'plan-1': 'switchover',
  'plan-rejoin': 'rejoin',
  'plan-reprovision': 'reprovision',
  'plan-relocate': 'relocate',
};

const handlers: CallHandlers = {
  ...demoQueries,
  'app.info': async () => ({
    version: '0.1.0',
    electron: '45.4.1',
    chrome: '152',
    node: '26',
    platform: 'linux x64',
    packaged: false,
    secrets: options.has('memory') ? 'memory' : 'keychain',
    dataFolder: '/home/on-call/.config/Midwatch',
    user: 'on-call',
    notices: [],
  }),
  'app.openManual': async () => null,
  'app.chooseFile': async () => ({ path: '/home/on-call/.ssh/id_ed25519' }),
  'app.chooseFiles': async () => ({ paths: ['/var/log/mysql/slow.log'] }),
  'app.copyText': async () => null,
  'app.saveText': async ({ suggestedName }) => ({ path: `/tmp/${suggestedName}` }),
  'app.openText': async () => ({ path: '/tmp/inventory.yaml', text: 'version: 1' }),
  'app.window': async () => null,
  'fleet.snapshot': async () => atMoment(fleet, Date.now()),
  'cluster.history': async ({ clusterId, ...range }) => demoHistory(clusterOf(clusterId), range),
  'cluster.capabilities': async ({ clusterId }) => demoCapabilities(clusterOf(clusterId), Date.now()),
  'cluster.unlock': async ({ clusterId, reason, minutes }) => {
    const unlock = { clusterId, reason, by: 'on-call', atMs: Date.now(), untilMs: Date.now() + minutes * 60_000 };
    change(clusterId, { unlock });
    return unlock;
  },
  'cluster.lock': async ({ clusterId }) => {
    change(clusterId, { unlock: null });
    return null;
  },
  'activity.list': async () => activity(Date.now()),
  'tunnel.reconnect': async () => null,
  'instance.detail': async ({ instanceId }) => demoDetail(instanceId, Date.now()),
  'instance.kill': async ({ sessionId }) => ({ statement: `KILL ${sessionId}`, observed: 'the session is gone' }),
  'inventory.get': async () => inventory(),
  'inventory.addCluster': async () => ({ clusterId: 'wallet' }),
  'inventory.saveCluster': async () => null,
  'inventory.removeCluster': async () => null,
  'inventory.saveBastion': async () => null,
  'inventory.removeBastion': async () => null,
  'inventory.setSecret': async () => null,
  'inventory.export': async () => ({ yaml: 'version: 1\n' }),
  'inventory.import': async () => ({
    added: ['ledger'],
    replaced: [],
    unchanged: ['wallet'],
    secretsWanted: ['ledger'],
  }),
  'inventory.tryTraffic': async () => demoTrafficTry(Date.now()),
  'inventory.sshConfigHosts': async () => [
    { alias: 'gate', host: 'db-gate.fra.internal', port: 22, user: 'dba', proxyJump: ['bastion-fra'] },
  ],
  'inventory.trustHostKey': async () => null,
  'operation.plan': async (asked) => planOf(asked),
  'operation.approve': async ({ planId }) => ({ runId: `${kindOfPlan[planId] ?? 'failover'}-running` }),
  'operation.cancel': async () => null,
  'operation.killBlocker': async () => null,
  'operation.look': async ({ runId }) => demoReconciliation(runId, Date.now()),
  'operation.resume': async () => null,
  'operation.rollBack': async () => null,
  'operation.adopt': async () => null,
  'operation.list': async ({ clusterId }) =>
    demoRuns(Date.now(), options.has('waiting')).filter(
      (run) => clusterId === undefined || run.clusterId === clusterId,
    ),
  'operation.report': async ({ runId }) => demoReport(runId, Date.now()),
  'operation.exportReport': async ({ runId, format }) => ({ path: `/tmp/report-${runId}.${format}` }),
  'drill.start': async () => ({ drillId: 'drill-live' }),
  'drill.plan': async ({ clusterId, kind }) => demoDrillPlan(clusterId, kind, Date.now()),
  'drill.list': async ({ clusterId }) =>
    options.has('nodrills')
      ? []
      : [
          ...(drillState === undefined ? [] : [demoLiveDrill(drillState, Date.now())]),
          ...demoDrills(Date.now()),
        ].filter((each) => clusterId === undefined || each.clusterId === clusterId),
};

interface Asked extends Partial<TargetInput> {
  readonly instanceId?: string;
  readonly runId?: string;
}

/** Events of a stream: one at once, more each second where the real one goes on. */
function* eventsOf(name: StreamName, asked: Asked): Generator<unknown> {
  const target: TargetInput = { host: '', port: 3306, user: '', tls: { mode: 'off' }, hops: [], ...asked };
  if (name === 'inventory.testPath') yield* demoPathTest(target, Date.now());
  else if (name === 'inventory.discover') yield demoDiscovery(target);
  else {
    for (;;) {
      if (name === 'fleet.watch') yield atMoment(fleet, Date.now());
      else if (name === 'instance.processes') yield demoProcesses(asked.instanceId ?? '', Date.now());
      else if (name === 'operation.watch') yield demoRun(asked.runId ?? '', Date.now(), runStep);
      else if (name === 'drill.watch') yield demoLiveDrill(drillState ?? 'preparing', Date.now());
      else return;
    }
  }
}

/** A bridge over made-up data, for the development window only. */
export const fakeBridge: Bridge = {
  async call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Result<CallOutput<Name>>> {
    const handler = handlers[name] as (input: CallInput<Name>, signal: AbortSignal) => Promise<CallOutput<Name>>;
    try {
      return ok(await handler(input, new AbortController().signal));
    } catch (thrown) {
      return failed({ code: 'internal', message: String(thrown), nextStep: '', details: {} });
    }
  },
  pathOf: (file) => file.name,
  cancel: () => undefined,
  watch<Name extends StreamName>(
    name: Name,
    input: StreamInput<Name>,
    onMessage: (message: StreamMessage) => void,
  ): () => void {
    const events = eventsOf(name, input as Asked);
    const every = name === 'inventory.testPath' ? 60 : 1_000;
    let seq = 0;
    const push = (): void => {
      const next = events.next();
      seq += 1;
      if (next.done === true) {
        clearInterval(timer);
        onMessage({ watchId: name, seq, kind: 'end', result: ok(null) });
      } else onMessage({ watchId: name, seq, kind: 'event', event: next.value });
    };
    const timer = setInterval(push, every);
    setTimeout(push, 30);
    return () => clearInterval(timer);
  },
};
