import { z } from 'zod';
import { hostSchema, portSchema } from './address';
import { fenceSchema, repointSchema } from './hook';

/** Names of clusters, instances, bastions and regions: what a person types, kept printable and short. */
export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[\w.@:+ -]+$/, 'letters, digits, and . _ - @ : + only');

const idSchema = z.string().min(1).max(80);
/** How a MySQL connection is protected. Files are paths on this computer; they are read when a connection opens. */
export const tlsPolicySchema = z.object({
  mode: z.enum(['off', 'required', 'verify-ca', 'verify-identity']),
  caFile: z.string().optional(),
  certFile: z.string().optional(),
  keyFile: z.string().optional(),
});
export type TlsPolicy = z.infer<typeof tlsPolicySchema>;

/** How one SSH hop is signed in to. Passwords and passphrases are secrets, kept apart under the bastion's id. */
export const sshAuthSchema = z.discriminatedUnion('method', [
  z.object({ method: z.literal('agent') }),
  z.object({ method: z.literal('key'), keyFile: z.string().min(1) }),
  z.object({ method: z.literal('password') }),
  z.object({ method: z.literal('keyboard-interactive') }),
]);
export type SshAuth = z.infer<typeof sshAuthSchema>;

/** An SSH jump host. `via` names the bastions in front of it, outermost first. */
export const bastionSchema = z.object({
  id: idSchema,
  name: nameSchema,
  host: hostSchema,
  port: portSchema,
  user: z.string().trim().min(1).max(64),
  auth: sshAuthSchema,
  region: nameSchema.optional(),
});
export type Bastion = z.infer<typeof bastionSchema>;

/**
 * How the host of an instance is reached by SSH, for what SQL cannot do when mysqld is dead or hangs. `via`: bastion ids,
 * outermost first; the last one is the host itself. `service`: systemd unit that runs mysqld; without it the process is
 * ended by its id. `startCommand`: what starts mysqld where no unit does; without both a person must.
 */
export const hostAccessSchema = z.object({
  via: z.array(idSchema).min(1).max(8),
  service: z
    .string()
    .regex(/^[\w@.-]{1,80}$/, 'a systemd unit, for example mysqld.service')
    .optional(),
  startCommand: z.string().trim().min(1).max(500).optional(),
  sudo: z.boolean(),
});
export type HostAccess = z.infer<typeof hostAccessSchema>;

/** Where applications connect, and the hook that points it to another primary. Without an endpoint nothing can be proven. */
export const trafficSchema = z.object({
  endpoint: z.object({ host: hostSchema, port: portSchema }).optional(),
  repoint: repointSchema.optional(),
  /** Makes the old primary's host harmless (power off, firewall): a rung of the fence. */
  fence: fenceSchema.optional(),
});
export type Traffic = z.infer<typeof trafficSchema>;

/** One mysqld as the inventory knows it. `via`: bastion ids, outermost first; empty is a direct connection. */
export const instanceSchema = z.object({
  id: idSchema,
  name: nameSchema,
  host: hostSchema,
  port: portSchema,
  region: nameSchema.optional(),
  via: z.array(idSchema).max(8),
  hostAccess: hostAccessSchema.optional(),
});
export type Instance = z.infer<typeof instanceSchema>;

/** Where the heartbeat row is: none, Midwatch's own table (written each second on the primary), or an existing pt-heartbeat table. */
export const heartbeatSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('midwatch') }),
  z.object({ kind: z.literal('pt-heartbeat'), table: z.string().regex(/^[\w$]+\.[\w$]+$/, 'schema.table') }),
]);
export type Heartbeat = z.infer<typeof heartbeatSchema>;

/** A primary and its replicas. One account is used on every instance; its password is a secret under the cluster's id. */
export const clusterSchema = z.object({
  id: idSchema,
  name: nameSchema,
  user: z.string().min(1).max(80),
  tls: tlsPolicySchema,
  instances: z.array(instanceSchema).max(200),
  heartbeat: heartbeatSchema,
  /** Set when the cluster is one shard of a larger whole, e.g. `{ of: 'orders', key: '-40' }`. */
  shard: z.object({ of: nameSchema, key: nameSchema }).optional(),
  pinned: z.boolean(),
  traffic: trafficSchema.optional(),
  /** Connections that Midwatch may hold on each instance. */
  connectionBudget: z.int().min(2).max(10),
});
export type Cluster = z.infer<typeof clusterSchema>;

/** All that Midwatch knows without asking a server. Holds no secret. */
export const inventorySchema = z.object({
  version: z.literal(1),
  clusters: z.array(clusterSchema),
  bastions: z.array(bastionSchema),
});
export type Inventory = z.infer<typeof inventorySchema>;

export const emptyInventory: Inventory = { version: 1, clusters: [], bastions: [] };

/** What a secret belongs to. The value itself only travels inwards. */
export const secretRefSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cluster-password'), id: idSchema }),
  z.object({ kind: z.literal('replication-password'), id: idSchema }),
  z.object({ kind: z.literal('bastion-password'), id: idSchema }),
  z.object({ kind: z.literal('bastion-passphrase'), id: idSchema }),
  /** Sent as a bearer token to the cluster's HTTP hooks. */
  z.object({ kind: z.literal('hook-token'), id: idSchema }),
  /** Of the cluster's proxy: ProxySQL's admin account, or the realm of MySQL Router's REST API. */
  z.object({ kind: z.literal('traffic-password'), id: idSchema }),
]);
export type SecretRef = z.infer<typeof secretRefSchema>;
