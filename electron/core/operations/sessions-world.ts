import { MidwatchError, toAppError } from '@shared/errors';
import type { Bastion } from '@shared/model/inventory';
import type { SessionLimits } from '../dialect/dialect';
import { numberOf } from '../dialect/rows';
import { bastionsOf, type Connections } from '../fleet/connections';
import { isProgram } from '@shared/model/hook';
import type { HookCall, Hooks } from '../ports/hooks';
import type { MysqlSession, SqlRow } from '../ports/mysql-session';
import type { Proxies } from '../ports/proxies';
import type { CommandOutcome, PipeEnd, PipeOptions, PipeOutcome, RemoteHost } from '../ports/remote-host';
import type { SessionUse } from './operation-kind';
import type { LostLock, OperationWorld } from './operation-world';
import { proxysqlTarget, wayToProxies } from './traffic/look';

const limits: SessionLimits = { statementMs: 60_000, lockWaitSeconds: 2, idleSeconds: 3600 };
/** A copy may take longer than a session may idle: so often the sessions that hold the locks are asked. */
const askLocksEveryMs = 600_000;

interface SessionsWorldParts {
  readonly clusterId: string;
  readonly connections: Connections;
  readonly hosts: RemoteHost;
  readonly hooks: Hooks;
  readonly proxies: Proxies;
}

/** {@link OperationWorld} on real servers: worker, second, watchdog and lock holder are separate connections to each instance. */
export class SessionsWorld implements OperationWorld {
  readonly #parts: SessionsWorldParts;
  readonly #sessions = new Map<string, Promise<MysqlSession>>();
  readonly #locked = new Set<string>();
  readonly #end = new AbortController();
  #lockName = '';
  #lockTimer: NodeJS.Timeout | undefined;

  constructor(parts: SessionsWorldParts) {
    this.#parts = parts;
  }

  async send(
    instanceId: string,
    sql: string,
    options: { readonly session: SessionUse; readonly timeoutMs: number },
  ): Promise<readonly SqlRow[]> {
    const { session: use, timeoutMs } = options;
    if (use === 'worker' || use === 'second') return (await this.#session(instanceId, use)).query(sql, { timeoutMs });
    const session =
      use === 'endpoint'
        ? await this.#parts.connections.openEndpoint(this.#parts.clusterId, 'operation proof', this.#end.signal, limits)
        : (await this.#parts.connections.openForOperation(instanceId, 'operation proof', this.#end.signal, limits))
            .session;
    try {
      return await session.query(sql, { timeoutMs });
    } finally {
      void session.close();
    }
  }

  async command(
    instanceId: string,
    text: string,
    options: { readonly timeoutMs: number; readonly maxBytes?: number },
  ): Promise<CommandOutcome> {
    return this.#parts.hosts.run(this.#wayToHost(instanceId), text, options, this.#end.signal);
  }

  async pipe(
    from: { readonly instanceId: string; readonly text: string },
    to: { readonly instanceId: string; readonly text: string },
    options: PipeOptions,
    signal: AbortSignal,
  ): Promise<PipeOutcome> {
    const end = (one: typeof from): PipeEnd => ({ via: this.#wayToHost(one.instanceId), command: one.text });
    return this.#parts.hosts.pipe(end(from), end(to), options, AbortSignal.any([signal, this.#end.signal]));
  }

  #wayToHost(instanceId: string): readonly Bastion[] {
    const { connections } = this.#parts;
    const { instance } = connections.find(instanceId);
    if (!instance.hostAccess)
      throw new MidwatchError('unsupported', `No SSH access to the host of ${instance.name} is known`, {
        nextStep: 'Set "Host by SSH" of the instance in Inventory',
      });
    return bastionsOf(connections.inventory(), instance.hostAccess.via);
  }

  #addressOf(instanceId: string): string {
    const { host, port } = this.#parts.connections.find(instanceId).instance;
    return `${host}:${port}`;
  }

  async replay(instanceId: string, texts: readonly string[]): Promise<void> {
    const { connections } = this.#parts;
    const { session } = await connections.openForOperation(instanceId, 'operation replay', this.#end.signal, limits);
    try {
      for (const text of texts) await session.query(text, { timeoutMs: 60_000 });
    } finally {
      // A transaction that broke in the middle is rolled back with its session.
      session.destroy();
    }
  }

  async hook(call: HookCall): Promise<string> {
    const { connections, hooks, clusterId } = this.#parts;
    const cluster = connections.inventory().clusters.find((one) => one.id === clusterId);
    const hook = call.action === 'fence' ? cluster?.traffic?.fence : cluster?.traffic?.repoint;
    if (!hook || !isProgram(hook))
      throw new MidwatchError('unsupported', `No ${call.action} hook is set that can be called`, {
        nextStep: 'It was changed since the plan was made: set it in Inventory as it was',
      });
    return hooks.call(hook, call, connections.secret({ kind: 'hook-token', id: clusterId }), this.#end.signal);
  }

  async haproxy(address: string, command: string, options: { readonly timeoutMs: number }): Promise<string> {
    const { connections, proxies, clusterId } = this.#parts;
    const cluster = connections.inventory().clusters.find((one) => one.id === clusterId);
    const via = cluster ? wayToProxies(cluster, connections) : [];
    return proxies.haproxy({ address, via }, command, options, this.#end.signal);
  }

  async proxysql(address: string, sql: string, options: { readonly timeoutMs: number }): Promise<readonly SqlRow[]> {
    const { connections, proxies, clusterId } = this.#parts;
    const cluster = connections.inventory().clusters.find((one) => one.id === clusterId);
    const hook = [cluster?.traffic?.repoint, cluster?.traffic?.fence].find(
      (one) => one?.kind === 'proxysql' && one.admins.includes(address),
    );
    if (!cluster || hook?.kind !== 'proxysql')
      throw new MidwatchError('unsupported', `${address} is no ProxySQL of this cluster any more`, {
        nextStep: 'It was changed since the plan was made: set it in Inventory as it was',
      });
    return proxies.proxysql(proxysqlTarget(hook, address, cluster, connections), sql, options, this.#end.signal);
  }

  async interrupt(instanceId: string): Promise<void> {
    const worker = await this.#session(instanceId, 'worker');
    const watchdog = await this.#session(instanceId, 'watchdog');
    await watchdog.query(`KILL QUERY ${worker.connectionId}`, { timeoutMs: 2000 });
  }

  async lock(
    instanceIds: readonly string[],
    name: string,
    options: { readonly reachableOnly: boolean } = { reachableOnly: false },
  ): Promise<readonly string[]> {
    this.#lockName = name;
    // Opened side by side, asked one after another.
    await Promise.all(instanceIds.map(async (id) => this.#session(id, 'lock').catch(() => undefined)));
    // One after another and in an order that every console has, so that of two consoles one gets all and the other none. Ids
    // are each console's own; addresses are the servers'.
    const silent: string[] = [];
    try {
      for (const id of [...instanceIds].sort((a, b) => this.#addressOf(a).localeCompare(this.#addressOf(b), 'en'))) {
        try {
          await this.#lockOne(id, name);
        } catch (thrown) {
          if (!options.reachableOnly || toAppError(thrown).code === 'operation-lock-held') throw thrown;
          silent.push(id);
        }
      }
      clearInterval(this.#lockTimer);
      this.#lockTimer = setInterval(() => void this.lostLocks(), askLocksEveryMs);
      this.#lockTimer.unref();
      return silent;
    } catch (thrown) {
      for (const id of this.#locked) this.#drop(id, 'lock');
      this.#locked.clear();
      throw thrown;
    }
  }

  async lostLocks(): Promise<readonly LostLock[]> {
    const lost = await Promise.all(
      [...this.#locked].map(async (instanceId): Promise<LostLock | null> => {
        try {
          const session = await this.#session(instanceId, 'lock');
          const [row] = await session.query(`SELECT IS_USED_LOCK('${this.#lockName}') = CONNECTION_ID() AS held`, {
            timeoutMs: 3000,
          });
          return numberOf(row, 'held') === 1 ? null : { instanceId, why: 'taken' };
        } catch {
          return { instanceId, why: 'silent' };
        }
      }),
    );
    return lost.filter((one) => one !== null);
  }

  async warmUp(instanceIds: readonly string[]): Promise<void> {
    const uses = ['worker', 'second', 'watchdog'] as const;
    await Promise.all(
      instanceIds.flatMap((id) => uses.map(async (use) => this.#session(id, use).catch(() => undefined))),
    );
  }

  renewWorker(instanceId: string): void {
    this.#drop(instanceId, 'worker');
    this.#drop(instanceId, 'second');
  }

  async close(): Promise<void> {
    clearInterval(this.#lockTimer);
    this.#end.abort();
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(
      sessions.map(async (opening) => opening.then((session) => session.close()).catch(() => undefined)),
    );
  }

  async #lockOne(id: string, name: string): Promise<void> {
    const session = await this.#session(id, 'lock');
    const [row] = await session.query(`SELECT GET_LOCK('${name}', 0) AS got, IS_USED_LOCK('${name}') AS holder`, {
      timeoutMs: 5000,
    });
    if (numberOf(row, 'got') !== 1)
      throw new MidwatchError(
        'operation-lock-held',
        `Another console operates on this cluster: session ${numberOf(row, 'holder') ?? '?'} on ${this.#parts.connections.find(id).instance.name} holds the lock`,
        {
          nextStep: 'Find that person; the lock frees itself when that console ends',
        },
      );
    this.#locked.add(id);
  }

  async #session(instanceId: string, use: 'worker' | 'second' | 'watchdog' | 'lock'): Promise<MysqlSession> {
    const key = `${instanceId}/${use}`;
    const current = this.#sessions.get(key);
    if (current) {
      const known = await current.catch(() => null);
      if (known && !known.closed) return known;
      // A lock does not survive its connection: a lost lock session is never quietly replaced.
      if (use === 'lock' && known)
        throw new MidwatchError('connection-lost', 'The connection that held the advisory lock is gone');
      // Someone else who waited here has opened another meanwhile.
      if (this.#sessions.get(key) !== current) return this.#session(instanceId, use);
    }
    const opening = this.#parts.connections
      .openForOperation(instanceId, `operation ${use}`, this.#end.signal, limits)
      .then((open) => open.session);
    this.#sessions.set(key, opening);
    return opening;
  }

  #drop(instanceId: string, use: string): void {
    const key = `${instanceId}/${use}`;
    const opening = this.#sessions.get(key);
    this.#sessions.delete(key);
    void opening?.then((session) => session.destroy()).catch(() => undefined);
  }
}
