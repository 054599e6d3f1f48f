import fs from 'node:fs';
import { z } from 'zod';
import { trafficSchema } from '@shared/model/inventory';
import { hopInputSchema } from '@shared/model/path-test';
import type { Application } from '../core/application';
import { discover } from '../core/fleet/discovery';

const demoSchema = z.object({
  clusters: z.array(
    z.object({
      name: z.string(),
      seed: z.object({ host: z.string(), port: z.int() }),
      user: z.string(),
      password: z.string(),
      replicationPassword: z.string().optional(),
      hops: z.array(hopInputSchema).optional(),
      shard: z.object({ of: z.string(), key: z.string() }).optional(),
      heartbeat: z.boolean().optional(),
      /** Names for ports, so that a demo shows db-1 and not an address. */
      names: z.record(z.string(), z.string()).optional(),
      regions: z.record(z.string(), z.string()).optional(),
      /** "Host by SSH" of each instance, by its port. The key of the host counts as compared. */
      hosts: z
        .record(
          z.string(),
          z.object({
            host: z.string(),
            port: z.int(),
            user: z.string(),
            keyFile: z.string(),
            hostKeyFingerprint: z.string().startsWith('SHA256:'),
          }),
        )
        .optional(),
      /** Where applications connect, and the hooks that move them. */
      traffic: trafficSchema.optional(),
    }),
  ),
});
type DemoCluster = z.infer<typeof demoSchema>['clusters'][number];

/**
 * Fills an empty inventory from the file that the demo, a test or a bench wrote: each cluster is discovered from its seed
 * by the same code as a person's. Passwords go to the keychain or memory like typed ones.
 */
export async function addDemoClusters(app: Application, file: string): Promise<void> {
  const { clusters } = demoSchema.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
  for (const cluster of clusters) {
    if (app.inventory.current.clusters.some((one) => one.name === cluster.name)) continue;
    const seed = {
      ...cluster.seed,
      user: cluster.user,
      password: cluster.password,
      tls: { mode: 'off' as const },
      hops: cluster.hops ?? [],
    };
    let found: Parameters<Application['inventory']['addCluster']>[0]['instances'] = [];
    for await (const discovery of discover(
      app.connector,
      app.inventory.resolveTarget(seed),
      new AbortController().signal,
    )) {
      found = discovery.instances
        .filter((one) => one.reached)
        .map((one) => {
          const region = cluster.regions?.[String(one.port)];
          return {
            host: one.host,
            port: one.port,
            name: cluster.names?.[String(one.port)] ?? one.name,
            ...(region ? { region } : {}),
          };
        });
    }
    if (found.length === 0) continue;
    const { clusterId } = app.inventory.addCluster({
      name: cluster.name,
      seed,
      instances: found,
      heartbeat: cluster.heartbeat ?? false,
      shard: cluster.shard,
    });
    if (cluster.replicationPassword !== undefined)
      app.inventory.setSecret({ kind: 'replication-password', id: clusterId }, cluster.replicationPassword);
    addHostsAndTraffic(app, clusterId, cluster);
  }
}

/** What a person enters in Inventory after a cluster was found: the hosts behind its instances, and its applications. */
function addHostsAndTraffic(app: Application, clusterId: string, { hosts = {}, traffic }: DemoCluster): void {
  const known = app.inventory.cluster(clusterId);
  const bastionOf = (port: number): string => `host-${clusterId}-${port}`;
  for (const { name, port } of known.instances) {
    const host = hosts[String(port)];
    if (!host) continue;
    const { hostKeyFingerprint: fingerprint, keyFile, ...address } = host;
    app.hostKeys.pin({ host: host.host, port: host.port, fingerprint, pinnedAtMs: app.clock.nowMs() });
    const auth = { method: 'key' as const, keyFile };
    app.inventory.saveBastion({ id: bastionOf(port), name: `host of ${name}`, ...address, auth });
  }
  if (Object.keys(hosts).length === 0 && !traffic) return;
  app.inventory.saveCluster({
    ...known,
    instances: known.instances.map((one) =>
      hosts[String(one.port)] ? { ...one, hostAccess: { via: [bastionOf(one.port)], sudo: false } } : one,
    ),
    ...(traffic ? { traffic } : {}),
  });
}
