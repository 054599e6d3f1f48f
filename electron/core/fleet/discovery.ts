import { toAppError, type AppError } from '@shared/errors';
import type { DiscoveredInstance, Discovery } from '@shared/model/discovery';
import type { Bastion } from '@shared/model/inventory';
import { monitorLimits } from '../dialect/dialect';
import { dialectFor } from '../dialect/dialect-for';
import type { MysqlConnector } from '../ports/mysql-session';
import type { ResolvedTarget } from '../ports/path-tester';

const maximumInstances = 100;

interface Found {
  readonly host: string;
  readonly port: number;
  readonly askedFrom: string;
}

interface Answer {
  readonly uuid: string;
  readonly version: string;
  readonly sources: readonly Found[];
  readonly replicas: readonly Found[];
  readonly name: string;
}

/**
 * Crawls from one instance to its sources and replicas, breadth first, by the seed's path and account. Reads only.
 * Yields the whole picture after every answer; ends `done` also when some were not reached: they carry the reason.
 */
export async function* discover(
  connector: MysqlConnector,
  seed: ResolvedTarget,
  signal: AbortSignal,
): AsyncGenerator<Discovery> {
  const met = new Map<string, DiscoveredInstance>();
  const uuids = new Set<string>();
  let queue: Found[] = [{ host: seed.host, port: seed.port, askedFrom: 'you' }];
  let asked = 0;
  const view = (state: Discovery['state'], error?: AppError): Discovery => ({
    state,
    suggestedName: suggestName([...met.values()], seed.host),
    instances: [...met.values()],
    asked,
    ...(error ? { error } : {}),
  });
  yield view('running');
  while (queue.length > 0 && met.size < maximumInstances) {
    const round = queue.filter((one) => !met.has(keyOf(one)));
    queue = [];
    for (const one of round) met.set(keyOf(one), unreached(one));
    const answers = await Promise.all(
      round.map(async (found) => ({ found, answer: await ask(connector, seed, found, signal) })),
    );
    for (const { found, answer } of answers) {
      asked += 1;
      if ('error' in answer) {
        met.set(keyOf(found), { ...unreached(found), error: answer.error });
        if (asked === 1) {
          yield view('failed', answer.error);
          return;
        }
        continue;
      }
      // The same server under two addresses is one server.
      if (answer.uuid !== '' && uuids.has(answer.uuid)) {
        met.delete(keyOf(found));
        continue;
      }
      uuids.add(answer.uuid);
      met.set(keyOf(found), {
        host: found.host,
        port: found.port,
        name: answer.name,
        askedFrom: found.askedFrom,
        reached: true,
        role: answer.sources.length > 0 ? (answer.replicas.length > 0 ? 'intermediate' : 'replica') : 'primary',
        version: answer.version,
        sources: answer.sources.map(keyOf),
      });
      queue.push(...answer.sources, ...answer.replicas);
    }
    yield view('running');
  }
  yield view('done');
}

const keyOf = (found: { readonly host: string; readonly port: number }): string => `${found.host}:${found.port}`;

const unreached = (found: Found): DiscoveredInstance => ({
  host: found.host,
  port: found.port,
  name: `${found.host}:${found.port}`,
  askedFrom: found.askedFrom,
  reached: false,
  role: 'unknown',
  version: '',
  sources: [],
});

async function ask(
  connector: MysqlConnector,
  seed: ResolvedTarget,
  found: Found,
  signal: AbortSignal,
): Promise<Answer | { readonly error: AppError }> {
  try {
    const session = await connector.connect(
      {
        host: found.host,
        port: found.port,
        user: seed.user,
        password: seed.password,
        tls: seed.tls,
        via: seed.hops as readonly Bastion[],
        programName: 'midwatch discovery',
        connectTimeoutMs: 6000,
      },
      signal,
    );
    try {
      const dialect = dialectFor(session.greetingVersion);
      for (const sql of dialect.sessionSetup(monitorLimits)) await session.query(sql, { timeoutMs: 5000 });
      const read = (sql: string): ReturnType<typeof session.query> => session.query(sql, { timeoutMs: 5000 });
      const facts = await dialect.readFacts(read);
      const sample = await dialect.readSample(read, { askChannels: true, heartbeat: { kind: 'none' } });
      const here = facts.variables.get('report_host') || facts.variables.get('hostname') || found.host;
      const replicas = await dialect.readReplicas(read).catch(() => []);
      return {
        uuid: dialect.name === 'mysql' ? facts.serverUuid : `${facts.serverId}@${keyOf(found)}`,
        version: facts.version,
        name: found.port === 3306 ? here : `${here}:${found.port}`,
        sources: sample.channels
          .filter((one) => one.sourceHost !== '')
          .map((one) => ({ host: one.sourceHost, port: one.sourcePort, askedFrom: keyOf(found) })),
        // A replica that never set report_host announces an empty name: it cannot be followed, and is not guessed.
        replicas: replicas
          .filter((one) => one.host !== '' && one.port > 0)
          .map((one) => ({ ...one, askedFrom: keyOf(found) })),
      };
    } finally {
      void session.close();
    }
  } catch (thrown) {
    return { error: toAppError(thrown) };
  }
}

function suggestName(instances: readonly DiscoveredInstance[], seedHost: string): string {
  const primary = instances.find((one) => one.role === 'primary')?.name ?? seedHost;
  const label = primary.split(/[.:]/)[0] ?? primary;
  return /^\d+$/.test(label) ? 'cluster' : label.replace(/[-_]?\d+$/, '') || label;
}
