import type { FleetSnapshot } from '@shared/model/fleet';
import type { SecretRef } from '@shared/model/inventory';
import type { Application } from '../core/application';

/** Secrets of the environment, and what of the inventory each serves. */
const fromEnvironment: Readonly<Record<string, (app: Application) => readonly SecretRef[]>> = {
  MIDWATCH_PASSWORD: (app) => ofClusters(app, 'cluster-password'),
  MIDWATCH_REPLICATION_PASSWORD: (app) => ofClusters(app, 'replication-password'),
  MIDWATCH_HOOK_TOKEN: (app) => ofClusters(app, 'hook-token'),
  MIDWATCH_TRAFFIC_PASSWORD: (app) => ofClusters(app, 'traffic-password'),
  MIDWATCH_SSH_PASSWORD: (app) => ofBastions(app, 'bastion-password'),
  MIDWATCH_SSH_PASSPHRASE: (app) => ofBastions(app, 'bastion-passphrase'),
};

const ofClusters = (
  app: Application,
  kind: 'cluster-password' | 'replication-password' | 'hook-token' | 'traffic-password',
): readonly SecretRef[] => app.inventory.current.clusters.map(({ id }) => ({ kind, id }));
const ofBastions = (app: Application, kind: 'bastion-password' | 'bastion-passphrase'): readonly SecretRef[] =>
  app.inventory.current.bastions.map(({ id }) => ({ kind, id }));

/** Headless there is no keychain of ours: secrets of the environment serve what has none, in memory alone. */
export function useSecretsOfEnvironment(app: Application): void {
  for (const [name, refs] of Object.entries(fromEnvironment)) {
    const value = process.env[name];
    if (value === undefined) continue;
    for (const ref of refs(app)) if (app.secrets.get(ref) === null) app.secrets.set(ref, value);
  }
  if (Object.keys(fromEnvironment).some((name) => process.env[name] !== undefined)) app.monitor.wakeAll();
}

/** Waits until every instance answered or failed once, at most 10 s. */
export async function firstLook(app: Application, signal: AbortSignal): Promise<FleetSnapshot> {
  useSecretsOfEnvironment(app);
  // Monitors began before the password was known: their first complaint about it says nothing.
  const hasPassword = process.env['MIDWATCH_PASSWORD'] !== undefined;
  const deadlineMs = app.clock.monotonicMs() + 10_000;
  const settled = (): boolean =>
    app.inventory.current.clusters.every((cluster) =>
      app.monitor
        .observations(cluster.id)
        .every(
          (one) => one.sample !== null || (one.error !== null && (!hasPassword || one.error.code !== 'secret-missing')),
        ),
    );
  while (!settled() && app.clock.monotonicMs() < deadlineMs && !signal.aborted) await app.clock.sleep(50);
  // A rate needs two samples.
  await app.clock.sleep(1200).catch(() => undefined);
  app.monitor.refresh();
  return app.monitor.snapshot;
}
