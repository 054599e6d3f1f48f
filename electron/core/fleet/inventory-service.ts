import { MidwatchError } from '@shared/errors';
import type { ImportReport } from '@shared/ipc/inventory.contract';
import { clusterSchema, type Bastion, type Cluster, type Inventory, type SecretRef } from '@shared/model/inventory';
import type { HopInput, TargetInput } from '@shared/model/path-test';
import type { Secrets } from '../ports/secrets';
import type { InventoryStore } from '../ports/store';
import type { ResolvedTarget } from '../ports/path-tester';
import type { ActivityLog } from './activity-log';
import { hookWithCredentials, tokenOrigins, trafficPasswordTargets, waysOf } from './inventory-rules';

interface InventoryParts {
  readonly store: InventoryStore;
  readonly secrets: Secrets;
  readonly activity: ActivityLog;
  readonly user: string;
  readonly newId: () => string;
}

/** The inventory and its changes: each is stored before it is used, and written to the activity log. */
export class InventoryService {
  readonly #parts: InventoryParts;
  readonly #listeners = new Set<() => void>();
  #inventory: Inventory;

  constructor(parts: InventoryParts) {
    this.#parts = parts;
    this.#inventory = parts.store.load();
  }

  get current(): Inventory {
    return this.#inventory;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @throws MidwatchError `not-found` */
  cluster(clusterId: string): Cluster {
    const cluster = this.#inventory.clusters.find((one) => one.id === clusterId);
    if (!cluster)
      throw new MidwatchError('not-found', 'This cluster is no longer in the inventory', {
        nextStep: 'Open the fleet again',
      });
    return cluster;
  }

  /** Adds what a person accepted of a discovery. Hops that equal a known bastion reuse it, so that one tunnel serves both. */
  addCluster(input: {
    readonly name: string;
    readonly seed: TargetInput;
    readonly instances: readonly {
      readonly host: string;
      readonly port: number;
      readonly name: string;
      readonly region?: string | undefined;
    }[];
    readonly heartbeat: boolean;
    readonly shard?: Cluster['shard'];
  }): { readonly clusterId: string } {
    if (this.#inventory.clusters.some((one) => one.name === input.name)) {
      throw new MidwatchError('inventory-conflict', `A cluster named ${input.name} exists already`, {
        nextStep: 'Choose another name, or edit that cluster',
      });
    }
    const bastions = [...this.#inventory.bastions];
    const via = input.seed.hops.map((hop) => this.#adoptHop(hop, bastions));
    const clusterId = this.#parts.newId();
    const cluster: Cluster = {
      id: clusterId,
      name: input.name,
      user: input.seed.user,
      tls: input.seed.tls,
      heartbeat: input.heartbeat ? { kind: 'midwatch' } : { kind: 'none' },
      ...(input.shard ? { shard: input.shard } : {}),
      pinned: false,
      connectionBudget: 3,
      instances: input.instances.map((one) => ({
        id: this.#parts.newId(),
        name: one.name,
        host: one.host,
        port: one.port,
        ...(one.region ? { region: one.region } : {}),
        via,
      })),
    };
    if (input.seed.password !== undefined)
      this.#parts.secrets.set({ kind: 'cluster-password', id: clusterId }, input.seed.password);
    this.#save(
      { ...this.#inventory, bastions, clusters: [...this.#inventory.clusters, cluster] },
      `${input.name} added with ${input.instances.length} instances`,
      clusterId,
    );
    return { clusterId };
  }

  /**
   * Replaces a cluster by what a person edited.
   * @throws MidwatchError `not-found`, `inventory-conflict` (its name is taken), `invalid-input` (a bastion that is not there, a
   *   hook with a password in its address)
   */
  saveCluster(cluster: Cluster): void {
    this.cluster(cluster.id);
    this.#requireWhole(cluster);
    const same = this.#inventory.clusters.find((one) => one.name === cluster.name && one.id !== cluster.id);
    if (same)
      throw new MidwatchError('inventory-conflict', `A cluster named ${cluster.name} exists already`, {
        nextStep: 'Choose another name',
      });
    this.#save(
      { ...this.#inventory, clusters: this.#inventory.clusters.map((one) => (one.id === cluster.id ? cluster : one)) },
      `${cluster.name} changed`,
      cluster.id,
    );
  }

  removeCluster(clusterId: string): void {
    const cluster = this.cluster(clusterId);
    this.#save(
      { ...this.#inventory, clusters: this.#inventory.clusters.filter((one) => one.id !== clusterId) },
      `${cluster.name} removed from the inventory; no server was touched`,
      null,
    );
    this.#parts.secrets.delete({ kind: 'cluster-password', id: clusterId });
    this.#parts.secrets.delete({ kind: 'replication-password', id: clusterId });
    this.#parts.secrets.delete({ kind: 'hook-token', id: clusterId });
    this.#parts.secrets.delete({ kind: 'traffic-password', id: clusterId });
  }

  saveBastion(bastion: Bastion): void {
    const known = this.#inventory.bastions.some((one) => one.id === bastion.id);
    const bastions = known
      ? this.#inventory.bastions.map((one) => (one.id === bastion.id ? bastion : one))
      : [...this.#inventory.bastions, bastion];
    this.#save({ ...this.#inventory, bastions }, `Bastion ${bastion.name} ${known ? 'changed' : 'added'}`, null);
  }

  removeBastion(bastionId: string): void {
    const users = this.#inventory.clusters.flatMap((cluster) => {
      const ways = waysOf(cluster).filter((way) => way.bastionId === bastionId);
      return ways.length === 0 ? [] : [ways.length === 1 ? `${ways[0]?.what} in ${cluster.name}` : cluster.name];
    });
    if (users.length > 0) {
      throw new MidwatchError('inventory-conflict', `This bastion is the way to ${users.join(', ')}`, {
        nextStep: 'Give those instances and hosts another way first',
      });
    }
    const bastion = this.#inventory.bastions.find((one) => one.id === bastionId);
    this.#save(
      { ...this.#inventory, bastions: this.#inventory.bastions.filter((one) => one.id !== bastionId) },
      `Bastion ${bastion?.name ?? bastionId} removed`,
      null,
    );
    this.#parts.secrets.delete({ kind: 'bastion-password', id: bastionId });
    this.#parts.secrets.delete({ kind: 'bastion-passphrase', id: bastionId });
  }

  setSecret(ref: SecretRef, value: string): void {
    this.#parts.secrets.set(ref, value);
    for (const listener of this.#listeners) listener();
  }

  /** Takes over an imported inventory: clusters and bastions are matched by name, the file wins, nothing is removed. */
  merge(imported: Inventory): ImportReport {
    const bastionIds = new Map<string, string>();
    const bastions = [...this.#inventory.bastions];
    for (const bastion of imported.bastions) {
      const known = bastions.find((one) => one.name === bastion.name);
      const merged = { ...bastion, id: known?.id ?? this.#parts.newId() };
      bastionIds.set(bastion.id, merged.id);
      if (known) bastions[bastions.indexOf(known)] = merged;
      else bastions.push(merged);
    }
    const added: string[] = [];
    const replaced: string[] = [];
    const unchanged: string[] = [];
    const before = this.#inventory.clusters;
    const clusters = [...before];
    for (const cluster of imported.clusters) {
      const known = clusters.find((one) => one.name === cluster.name);
      const instances = cluster.instances.map((instance) => ({
        ...instance,
        id: known?.instances.find((one) => one.name === instance.name)?.id ?? this.#parts.newId(),
        via: instance.via.map((id) => bastionIds.get(id) ?? id),
        ...(instance.hostAccess
          ? {
              hostAccess: {
                ...instance.hostAccess,
                via: instance.hostAccess.via.map((id) => bastionIds.get(id) ?? id),
              },
            }
          : {}),
      }));
      const merged = { ...cluster, id: known?.id ?? this.#parts.newId(), instances };
      if (!known) {
        clusters.push(merged);
        added.push(cluster.name);
      } else if (isSame(known, merged)) unchanged.push(cluster.name);
      else {
        clusters[clusters.indexOf(known)] = merged;
        replaced.push(cluster.name);
      }
    }
    this.#save(
      { version: 1, bastions, clusters },
      `Inventory imported: ${added.length} added, ${replaced.length} replaced, ${unchanged.length} unchanged${bringsHooks(imported, [...added, ...replaced])}`,
      null,
    );
    const taken = clusters.filter((one) => imported.clusters.some((wanted) => wanted.name === one.name));
    const tokensWithdrawn = taken.filter((one) => this.#withdraw('hook-token', tokenOrigins, one, before));
    const passwordsWithdrawn = taken.filter((one) =>
      this.#withdraw('traffic-password', trafficPasswordTargets, one, before),
    );
    const secretsWanted = [
      ...taken
        .filter((one) => this.#parts.secrets.get({ kind: 'cluster-password', id: one.id }) === null)
        .map((one) => `${one.user} on ${one.name}`),
      ...tokensWithdrawn.map((one) => `hook token of ${one.name}`),
      ...passwordsWithdrawn.map((one) => `proxy password of ${one.name}`),
    ];
    return { added, replaced, unchanged, secretsWanted };
  }

  /** A file from elsewhere may name another address for a hook: the secret that was entered for the old one does not go there. */
  #withdraw(
    kind: 'hook-token' | 'traffic-password',
    targets: (cluster: Cluster) => readonly string[],
    cluster: Cluster,
    before: readonly Cluster[],
  ): boolean {
    const known = before.find((one) => one.id === cluster.id);
    const ref = { kind, id: cluster.id } as const;
    if (!known || this.#parts.secrets.get(ref) === null) return false;
    const trusted = targets(known);
    if (targets(cluster).every((origin) => trusted.includes(origin))) return false;
    this.#parts.secrets.delete(ref);
    return true;
  }

  #requireWhole(cluster: Cluster): void {
    const stray = waysOf(cluster).find((way) => !this.#inventory.bastions.some((one) => one.id === way.bastionId));
    if (stray)
      throw new MidwatchError(
        'invalid-input',
        `The way to ${stray.what} names a bastion that is not in the inventory`,
        {
          nextStep: 'Choose its way again',
        },
      );
    const hook = hookWithCredentials(cluster);
    if (hook)
      throw new MidwatchError('invalid-input', `The address of the ${hook} hook holds a user or a password`, {
        nextStep: 'Enter it as the hook token: it is kept as a secret and sent as a bearer token',
      });
  }

  /** A target as typed, with stored secrets put where none was typed. @throws MidwatchError `secret-missing` */
  resolveTarget(target: TargetInput): ResolvedTarget {
    const password =
      target.password ??
      (target.clusterId ? this.#parts.secrets.get({ kind: 'cluster-password', id: target.clusterId }) : null);
    if (password === null) {
      throw new MidwatchError('secret-missing', `No password for ${target.user}@${target.host}`, {
        nextStep: 'Type the password',
      });
    }
    return {
      ...target,
      password,
      hops: target.hops.map((hop) => {
        const knownPassword = hop.password ?? this.#parts.secrets.get({ kind: 'bastion-password', id: hop.id });
        const knownPassphrase = hop.passphrase ?? this.#parts.secrets.get({ kind: 'bastion-passphrase', id: hop.id });
        return {
          ...hop,
          ...(knownPassword === null ? {} : { password: knownPassword }),
          ...(knownPassphrase === null ? {} : { passphrase: knownPassphrase }),
        };
      }),
    };
  }

  #adoptHop(hop: HopInput, bastions: Bastion[]): string {
    const { password, passphrase, ...plain } = hop;
    const known = bastions.find(
      (one) =>
        one.host === plain.host &&
        one.port === plain.port &&
        one.user === plain.user &&
        JSON.stringify(one.auth) === JSON.stringify(plain.auth),
    );
    const id = known?.id ?? this.#parts.newId();
    if (!known) bastions.push({ ...plain, id });
    if (password !== undefined) this.#parts.secrets.set({ kind: 'bastion-password', id }, password);
    if (passphrase !== undefined) this.#parts.secrets.set({ kind: 'bastion-passphrase', id }, passphrase);
    return id;
  }

  #save(inventory: Inventory, text: string, clusterId: string | null): void {
    try {
      this.#parts.store.save(inventory);
    } catch (thrown) {
      // Another process saved meanwhile: show what is there now, so that the person decides on it, and say why nothing was saved.
      if (thrown instanceof MidwatchError && thrown.code === 'inventory-conflict') {
        this.#inventory = this.#parts.store.load();
        for (const listener of this.#listeners) listener();
      }
      throw thrown;
    }
    this.#inventory = inventory;
    this.#parts.activity.note({
      kind: 'inventory',
      severity: 'note',
      clusterId,
      instanceId: null,
      by: this.#parts.user,
      text,
    });
    for (const listener of this.#listeners) listener();
  }
}

/** Compared in the schema's order of keys, which is not the order in which a cluster was put together. */
function isSame(one: Cluster, other: Cluster): boolean {
  return JSON.stringify(clusterSchema.parse(one)) === JSON.stringify(clusterSchema.parse(other));
}

/** A hook in a file runs on this computer one day: who imports it is told to read it. */
function bringsHooks(imported: Inventory, changed: readonly string[]): string {
  const names = imported.clusters
    .filter((one) => changed.includes(one.name) && (one.traffic?.repoint ?? one.traffic?.fence) !== undefined)
    .map((one) => one.name);
  return names.length === 0 ? '' : `; read the hooks of ${names.join(', ')} before you rely on them`;
}
