import { z } from 'zod';
import type { Discovery } from '../model/discovery';
import { bastionSchema, clusterSchema, nameSchema, secretRefSchema, type Inventory } from '../model/inventory';
import { targetInputSchema, type PathTest, type SshConfigHost } from '../model/path-test';
import type { TrafficTry } from '../model/traffic';
import { answers, emits } from './define';

export interface ImportReport {
  readonly added: readonly string[];
  readonly replaced: readonly string[];
  readonly unchanged: readonly string[];
  /** Secrets that must be typed before the imported clusters can be reached. */
  readonly secretsWanted: readonly string[];
}

export const inventoryCalls = {
  'inventory.get': answers<Inventory>()(z.object({})),
  /** Adds a cluster from a discovery that a person accepted: the seed's path and account serve all its instances. */
  'inventory.addCluster': answers<{ clusterId: string }>()(
    z.object({
      name: nameSchema,
      seed: targetInputSchema,
      instances: z
        .array(z.object({ host: z.string(), port: z.int(), name: nameSchema, region: nameSchema.optional() }))
        .min(1)
        .max(200),
      heartbeat: z.boolean(),
    }),
  ),
  'inventory.saveCluster': answers<null>()(z.object({ cluster: clusterSchema })),
  'inventory.removeCluster': answers<null>()(z.object({ clusterId: z.string() })),
  'inventory.saveBastion': answers<null>()(z.object({ bastion: bastionSchema })),
  'inventory.removeBastion': answers<null>()(z.object({ bastionId: z.string() })),
  'inventory.setSecret': answers<null>()(z.object({ ref: secretRefSchema, value: z.string().max(4096) })),
  'inventory.export': answers<{ yaml: string }>()(z.object({})),
  'inventory.import': answers<ImportReport>()(z.object({ yaml: z.string().max(4_000_000) })),
  /** Asks the proxies of a cluster as it stands in the form, saved or not. Reads only. */
  'inventory.tryTraffic': answers<TrafficTry>()(z.object({ cluster: clusterSchema })),
  'inventory.sshConfigHosts': answers<readonly SshConfigHost[]>()(z.object({})),
  /** Pins a host key that a person compared. `fingerprint` must be the one just shown, `SHA256:…`. */
  'inventory.trustHostKey': answers<null>()(
    z.object({ host: z.string(), port: z.int(), fingerprint: z.string().regex(/^SHA256:/) }),
  ),
};

export const inventoryStreams = {
  'inventory.testPath': emits<PathTest>()(targetInputSchema),
  'inventory.discover': emits<Discovery>()(targetInputSchema),
};
