import { MidwatchError } from '@shared/errors';
import type { Bastion, Cluster, Instance, Inventory, SecretRef } from '@shared/model/inventory';
import { monitorLimits, type Dialect, type SessionLimits } from '../dialect/dialect';
import { dialectFor } from '../dialect/dialect-for';
import type { MysqlConnector, MysqlSession, MysqlTarget } from '../ports/mysql-session';
import type { Secrets } from '../ports/secrets';

/** A session with the dialect of its server, its limits already set. */
export interface OpenSession {
  readonly session: MysqlSession;
  readonly dialect: Dialect;
}

/** Acts on a session before anybody else may use it; see QuarantineGuard. */
export interface FirstStatement {
  before(instanceId: string, open: OpenSession): Promise<void>;
}

interface Slots {
  held: number;
  readonly waiting: (() => void)[];
}

/**
 * Opens sessions within each instance's budget. A guided operation brings its own, counted apart: it must not wait
 * behind a process list.
 */
export class Connections {
  readonly #connector: MysqlConnector;
  readonly #secrets: Secrets;
  readonly #inventory: () => Inventory;
  readonly #slots = new Map<string, Slots>();
  readonly #first: FirstStatement | null;

  constructor(parts: {
    connector: MysqlConnector;
    secrets: Secrets;
    inventory: () => Inventory;
    first?: FirstStatement;
  }) {
    this.#first = parts.first ?? null;
    this.#connector = parts.connector;
    this.#secrets = parts.secrets;
    this.#inventory = parts.inventory;
  }

  /** Sessions held on an instance now, operations not counted. */
  held(instanceId: string): number {
    return this.#slots.get(instanceId)?.held ?? 0;
  }

  /**
   * Opens one session inside the budget; waits at most 2 s for a free slot. Close it with the returned `release`.
   * @throws MidwatchError `connection-budget`, `secret-missing`, `not-found`, `version-too-old` and all of {@link MysqlConnector}.
   */
  async open(
    instanceId: string,
    purpose: string,
    signal: AbortSignal,
    limits: SessionLimits = monitorLimits,
  ): Promise<OpenSession & { release(): void }> {
    const { cluster, instance } = this.find(instanceId);
    const slots = this.#slots.get(instanceId) ?? { held: 0, waiting: [] };
    this.#slots.set(instanceId, slots);
    if (slots.held >= cluster.connectionBudget) await this.#waitForSlot(slots, instance, cluster.connectionBudget);
    slots.held += 1;
    let released = false;
    const free = (): void => {
      if (released) return;
      released = true;
      slots.held -= 1;
      slots.waiting.shift()?.();
    };
    try {
      const open = await this.#connect(cluster, instance, purpose, signal, limits);
      return {
        ...open,
        release: () => {
          free();
          void open.session.close();
        },
      };
    } catch (thrown) {
      free();
      throw thrown;
    }
  }

  /** Opens one session outside the budget, for a guided operation. The caller closes it. */
  async openForOperation(
    instanceId: string,
    purpose: string,
    signal: AbortSignal,
    limits: SessionLimits,
  ): Promise<OpenSession> {
    const { cluster, instance } = this.find(instanceId);
    return this.#connect(cluster, instance, purpose, signal, limits);
  }

  /**
   * Opens one session through the application's own way in, which may lead to any instance. The caller closes it.
   * @throws MidwatchError `not-found` when the cluster has no endpoint, and all of {@link MysqlConnector}
   */
  async openEndpoint(
    clusterId: string,
    purpose: string,
    signal: AbortSignal,
    limits: SessionLimits,
  ): Promise<MysqlSession> {
    const cluster = this.#inventory().clusters.find((one) => one.id === clusterId);
    const endpoint = cluster?.traffic?.endpoint;
    const first = cluster?.instances[0];
    if (!endpoint || !first)
      throw new MidwatchError('not-found', 'This cluster has no application endpoint', {
        nextStep: 'Set it under Traffic in Inventory',
      });
    // In the same network as the instances, so behind the same bastions.
    // Whoever answers there is none of the instances by name: what is known of one must not be done to it.
    const way: Instance = { ...first, ...endpoint, id: `${cluster.id}/endpoint`, name: 'application endpoint' };
    return (await this.#connect(cluster, way, purpose, signal, limits)).session;
  }

  /** The inventory as it is now. */
  inventory(): Inventory {
    return this.#inventory();
  }

  /** Opens, works, gives back: for one question outside the poll. */
  async use<T>(
    instanceId: string,
    purpose: string,
    signal: AbortSignal,
    work: (open: OpenSession) => Promise<T>,
  ): Promise<T> {
    const open = await this.open(instanceId, purpose, signal);
    try {
      return await work(open);
    } finally {
      open.release();
    }
  }

  /** @throws MidwatchError `not-found` */
  find(instanceId: string): { readonly cluster: Cluster; readonly instance: Instance } {
    for (const cluster of this.#inventory().clusters) {
      const instance = cluster.instances.find((candidate) => candidate.id === instanceId);
      if (instance) return { cluster, instance };
    }
    throw new MidwatchError('not-found', 'This instance is no longer in the inventory', {
      nextStep: 'Open the fleet again',
    });
  }

  async #connect(
    cluster: Cluster,
    instance: Instance,
    purpose: string,
    signal: AbortSignal,
    limits: SessionLimits,
  ): Promise<OpenSession> {
    const session = await this.#connector.connect(this.target(cluster, instance, purpose), signal);
    try {
      const dialect = dialectFor(session.greetingVersion);
      await this.#first?.before(instance.id, { session, dialect });
      for (const sql of dialect.sessionSetup(limits)) await session.query(sql, { timeoutMs: 5000 });
      return { session, dialect };
    } catch (thrown) {
      session.destroy();
      throw thrown;
    }
  }

  /** What the connector needs for one instance. @throws MidwatchError `secret-missing` */
  target(cluster: Cluster, instance: Instance, purpose: string): MysqlTarget {
    const password = this.#secrets.get({ kind: 'cluster-password', id: cluster.id });
    if (password === null) {
      throw new MidwatchError('secret-missing', `No password is stored for ${cluster.user} on ${cluster.name}`, {
        nextStep: 'Type it in Inventory; without a keychain it lives in memory until Midwatch ends',
      });
    }
    return {
      host: instance.host,
      port: instance.port,
      user: cluster.user,
      password,
      tls: cluster.tls,
      via: bastionsOf(this.#inventory(), instance.via),
      programName: `midwatch ${purpose}`,
      connectTimeoutMs: 6000,
    };
  }

  /** Stored password of the account that replicas use, or null: then the existing channel's credentials cannot be reused. */
  secret(ref: SecretRef): string | null {
    return this.#secrets.get(ref);
  }

  async #waitForSlot(slots: Slots, instance: Instance, budget: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const wake = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        slots.waiting.splice(slots.waiting.indexOf(wake), 1);
        reject(
          new MidwatchError(
            'connection-budget',
            `All ${budget} connections that Midwatch may hold on ${instance.name} are in use`,
            {
              nextStep: 'Close another view of this instance, or raise the budget in Inventory',
            },
          ),
        );
      }, 2000);
      slots.waiting.push(wake);
    });
  }
}

/** The bastions of a chain in order. @throws MidwatchError `not-found` for an id that the inventory lost. */
export function bastionsOf(inventory: Inventory, via: readonly string[]): readonly Bastion[] {
  return via.map((id) => {
    const bastion = inventory.bastions.find((candidate) => candidate.id === id);
    if (!bastion)
      throw new MidwatchError('not-found', `The inventory names a bastion that it does not hold: ${id}`, {
        nextStep: 'Edit the instance in Inventory',
      });
    return bastion;
  });
}
