import { MidwatchError } from '@shared/errors';
import type { SessionLimits } from '../dialect/dialect';
import { numberOf } from '../dialect/rows';
import type { Connections } from '../fleet/connections';
import type { MysqlSession, SqlRow } from '../ports/mysql-session';
import type { OperationWorld } from './operation-world';

const limits: SessionLimits = { statementMs: 60_000, lockWaitSeconds: 2, idleSeconds: 3600 };

/** {@link OperationWorld} on real servers: worker, watchdog and lock holder are separate connections to each instance. */
export class SessionsWorld implements OperationWorld {
  readonly #connections: Pick<Connections, 'openForOperation' | 'find'>;
  readonly #sessions = new Map<string, Promise<MysqlSession>>();
  readonly #locked = new Set<string>();
  readonly #end = new AbortController();
  #lockName = '';

  constructor(connections: Pick<Connections, 'openForOperation' | 'find'>) {
    this.#connections = connections;
  }

  async send(
    instanceId: string,
    sql: string,
    options: { readonly session: 'worker' | 'fresh'; readonly timeoutMs: number },
  ): Promise<readonly SqlRow[]> {
    if (options.session === 'worker')
      return (await this.#session(instanceId, 'worker')).query(sql, { timeoutMs: options.timeoutMs });
    const { session } = await this.#connections.openForOperation(
      instanceId,
      'operation proof',
      this.#end.signal,
      limits,
    );
    try {
      return await session.query(sql, { timeoutMs: options.timeoutMs });
    } finally {
      void session.close();
    }
  }

  async interrupt(instanceId: string): Promise<void> {
    const worker = await this.#session(instanceId, 'worker');
    const watchdog = await this.#session(instanceId, 'watchdog');
    await watchdog.query(`KILL QUERY ${worker.connectionId}`, { timeoutMs: 2000 });
  }

  async lock(instanceIds: readonly string[], name: string): Promise<void> {
    this.#lockName = name;
    try {
      for (const id of instanceIds) {
        const session = await this.#session(id, 'lock');
        const [row] = await session.query(`SELECT GET_LOCK('${name}', 0) AS got, IS_USED_LOCK('${name}') AS holder`, {
          timeoutMs: 5000,
        });
        if (numberOf(row, 'got') !== 1) {
          throw new MidwatchError(
            'operation-lock-held',
            `Another console operates on this cluster: session ${numberOf(row, 'holder') ?? '?'} on ${this.#connections.find(id).instance.name} holds the lock`,
            {
              nextStep: 'Find that person; the lock frees itself when that console ends',
            },
          );
        }
        this.#locked.add(id);
      }
    } catch (thrown) {
      for (const id of this.#locked) this.#drop(id, 'lock');
      this.#locked.clear();
      throw thrown;
    }
  }

  async lostLocks(): Promise<readonly string[]> {
    const lost = await Promise.all(
      [...this.#locked].map(async (id) => {
        try {
          const session = await this.#session(id, 'lock');
          const [row] = await session.query(`SELECT IS_USED_LOCK('${this.#lockName}') = CONNECTION_ID() AS held`, {
            timeoutMs: 3000,
          });
          return numberOf(row, 'held') === 1 ? null : id;
        } catch {
          return id;
        }
      }),
    );
    return lost.filter((id) => id !== null);
  }

  renewWorker(instanceId: string): void {
    this.#drop(instanceId, 'worker');
  }

  async close(): Promise<void> {
    this.#end.abort();
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(
      sessions.map(async (opening) => opening.then((session) => session.close()).catch(() => undefined)),
    );
  }

  async #session(instanceId: string, use: 'worker' | 'watchdog' | 'lock'): Promise<MysqlSession> {
    const key = `${instanceId}/${use}`;
    const known = await this.#sessions.get(key)?.catch(() => null);
    if (known && !known.closed) return known;
    // A lock does not survive its connection: a lost lock session is never quietly replaced.
    if (use === 'lock' && known)
      throw new MidwatchError('connection-lost', 'The connection that held the advisory lock is gone');
    const opening = this.#connections
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
