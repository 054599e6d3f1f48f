import type { CallHandlers, StreamHandlers } from '@shared/ipc/contract';
import type { inventoryCalls, inventoryStreams } from '@shared/ipc/inventory.contract';
import type { Discovery } from '@shared/model/discovery';
import type { TargetInput } from '@shared/model/path-test';
import type { Application } from '../core/application';
import { discover } from '../core/fleet/discovery';
import { printInventory, readInventoryFile } from '../core/fleet/inventory-file';

export const inventoryHandlers = (app: Application): Pick<CallHandlers, keyof typeof inventoryCalls> => ({
  'inventory.get': async () => app.inventory.current,
  'inventory.addCluster': async (input) => app.inventory.addCluster(input),
  'inventory.saveCluster': async ({ cluster }) => {
    const before = app.inventory.cluster(cluster.id);
    // From then on a row is written on the server: a change like any other.
    if (cluster.heartbeat.kind === 'midwatch' && before.heartbeat.kind !== 'midwatch')
      app.unlocks.require(cluster.id, cluster.name);
    app.inventory.saveCluster(cluster);
    return null;
  },
  'inventory.removeCluster': async ({ clusterId }) => {
    app.inventory.removeCluster(clusterId);
    return null;
  },
  'inventory.saveBastion': async ({ bastion }) => {
    app.inventory.saveBastion(bastion);
    app.tunnels.forget(bastion.id);
    return null;
  },
  'inventory.removeBastion': async ({ bastionId }) => {
    app.inventory.removeBastion(bastionId);
    app.tunnels.forget(bastionId);
    return null;
  },
  'inventory.setSecret': async ({ ref, value }) => {
    app.inventory.setSecret(ref, value);
    if (ref.kind === 'bastion-password' || ref.kind === 'bastion-passphrase') app.tunnels.forget(ref.id);
    app.monitor.wakeAll();
    return null;
  },
  'inventory.export': async () => ({ yaml: printInventory(app.inventory.current, app.textFormat) }),
  'inventory.import': async ({ yaml }) => app.inventory.merge(readInventoryFile(yaml, app.textFormat)),
  'inventory.tryTraffic': async ({ cluster }, signal) => app.tryTraffic(cluster, signal),
  'inventory.sshConfigHosts': async () => app.localFiles.sshConfigHosts(),
  'inventory.trustHostKey': async ({ host, port, fingerprint }) => {
    const before = app.hostKeys.find(host, port);
    app.hostKeys.pin({ host, port, fingerprint, pinnedAtMs: app.clock.nowMs() });
    app.activity.note({
      kind: 'host-key',
      severity: before ? 'watch' : 'note',
      clusterId: null,
      instanceId: null,
      by: app.user,
      text: before
        ? `Host key of ${host}:${port} replaced: ${before.fingerprint} by ${fingerprint}`
        : `Host key of ${host}:${port} pinned: ${fingerprint}`,
    });
    for (const tunnel of app.tunnels.list()) if (tunnel.state === 'blocked') app.tunnels.reconnect(tunnel.id);
    return null;
  },
});

export const inventoryStreamHandlers = (app: Application): Pick<StreamHandlers, keyof typeof inventoryStreams> => ({
  'inventory.testPath': (target, signal) => app.pathTester.test(app.inventory.resolveTarget(target), signal),
  'inventory.discover': (target, signal) => discoverAsTyped(app, target, signal),
});

/** Hops that are not in the inventory yet have their secrets only in the form: lent to the tunnels while the crawl goes on. */
async function* discoverAsTyped(app: Application, target: TargetInput, signal: AbortSignal): AsyncGenerator<Discovery> {
  const giveBack = target.hops.flatMap((hop) => [
    ...(hop.password === undefined ? [] : [app.secrets.borrow({ kind: 'bastion-password', id: hop.id }, hop.password)]),
    ...(hop.passphrase === undefined
      ? []
      : [app.secrets.borrow({ kind: 'bastion-passphrase', id: hop.id }, hop.passphrase)]),
  ]);
  try {
    yield* discover(app.connector, app.inventory.resolveTarget(target), signal);
  } finally {
    for (const give of giveBack) give();
    const known = new Set(app.inventory.current.bastions.map((one) => one.id));
    for (const hop of target.hops) if (!known.has(hop.id)) app.tunnels.forget(hop.id);
  }
}
