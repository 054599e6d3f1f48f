import fs from 'node:fs';
import { z } from 'zod';
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
    }),
  ),
});

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
  }
}
