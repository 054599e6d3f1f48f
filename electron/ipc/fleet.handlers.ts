import type { CallHandlers, StreamHandlers } from '@shared/ipc/contract';
import type { fleetCalls, fleetStreams } from '@shared/ipc/fleet.contract';
import { judgeCapabilities } from '../core/fleet/capabilities';
import type { Application } from '../core/application';
import { every, latest } from '../core/latest';

export const fleetHandlers = (app: Application): Pick<CallHandlers, keyof typeof fleetCalls> => ({
  'fleet.snapshot': async () => app.monitor.snapshot,
  'cluster.history': async ({ clusterId, fromMs, toMs, points }) => {
    const instanceIds = app.inventory.cluster(clusterId).instances.map((one) => one.id);
    const read = app.store.history.read({ instanceIds, fromMs, toMs, points });
    return {
      fromMs,
      toMs,
      stepMs: read.stepMs,
      instances: instanceIds.map((instanceId) => ({ instanceId, points: read.points.get(instanceId) ?? [] })),
      bound: { secondPointsHours: 24, minutePointsDays: 30, bytes: app.store.history.sizeBytes() },
    };
  },
  'cluster.capabilities': async ({ clusterId }) => {
    const cluster = app.inventory.cluster(clusterId);
    return app.monitor.observations(clusterId).map((observation) => ({
      instanceId: observation.instance.id,
      instance: observation.instance.name,
      account: cluster.user,
      atMs: observation.sampledAtMs ?? 0,
      capabilities: judgeCapabilities(
        observation.facts?.grants ?? null,
        observation.dialect?.name ?? 'mysql',
        `'${cluster.user}'@'%'`,
      ),
    }));
  },
  'cluster.unlock': async ({ clusterId, reason, minutes }) => {
    const unlock = app.unlocks.unlock({ clusterId, cluster: app.inventory.cluster(clusterId).name, reason, minutes });
    app.monitor.refresh();
    return unlock;
  },
  'cluster.lock': async ({ clusterId }) => {
    app.unlocks.lock(clusterId, app.inventory.cluster(clusterId).name);
    app.monitor.refresh();
    return null;
  },
  'activity.list': async ({ clusterId, limit, beforeSeq }) =>
    app.activity.list({
      limit,
      ...(clusterId === undefined ? {} : { clusterId }),
      ...(beforeSeq === undefined ? {} : { beforeSeq }),
    }),
  'tunnel.reconnect': async ({ tunnelId }) => {
    app.tunnels.reconnect(tunnelId);
    return null;
  },
});

export const fleetStreamHandlers = (app: Application): Pick<StreamHandlers, keyof typeof fleetStreams> => ({
  'fleet.watch': async function* (_input, signal) {
    yield app.monitor.snapshot;
    yield* latest((push) => app.monitor.onSnapshot(push), signal);
  },
  'activity.watch': (_input, signal) => every((push) => app.activity.onActivity(push), signal),
});
