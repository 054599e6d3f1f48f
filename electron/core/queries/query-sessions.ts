import type { DialectName } from '@shared/model/fleet';
import type { Connections } from '../fleet/connections';
import type { MysqlSession } from '../ports/mysql-session';

/** Who answers. */
export interface QueryServer {
  readonly dialect: DialectName;
  /** Names of the instance and its cluster. */
  readonly instance: string;
  readonly cluster: string;
  readonly clusterId: string;
}

/** Each statement of an experiment carries its own limit; this one stands behind them. */
const limits = { statementMs: 600_000, lockWaitSeconds: 5, idleSeconds: 600 };

/** Sessions for plans and experiments, inside the budget of their instance. */
export class QuerySessions {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** Names of an instance and its cluster. @throws MidwatchError `not-found` */
  placeOf(instanceId: string): Omit<QueryServer, 'dialect'> {
    const { cluster, instance } = this.#connections.find(instanceId);
    return { instance: instance.name, cluster: cluster.name, clusterId: cluster.id };
  }

  /** Whoever gets it closes it; its place in the budget is free then. @throws MidwatchError as a connection */
  async open(instanceId: string, signal: AbortSignal): Promise<MysqlSession> {
    const open = await this.#connections.open(instanceId, 'queries', signal, limits);
    open.session.onClosed(() => open.release());
    return open.session;
  }

  /** One session for some work, closed behind it. */
  async use<T>(
    instanceId: string,
    signal: AbortSignal,
    work: (session: MysqlSession, server: QueryServer) => Promise<T>,
  ): Promise<T> {
    const open = await this.#connections.open(instanceId, 'queries', signal, limits);
    try {
      return await work(open.session, { dialect: open.dialect.name, ...this.placeOf(instanceId) });
    } finally {
      open.release();
    }
  }
}
