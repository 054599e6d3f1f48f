import { Mysql2Connector } from '../../electron/adapters/mysql/mysql2-connector';
import { monitorLimits } from '../../electron/core/dialect/dialect';
import { dialectFor } from '../../electron/core/dialect/dialect-for';

/** Polls between two readings of the facts, as the monitor does it at its one poll a second. */
export const samplesPerFacts = 15;

/** A session as the monitor holds it, without a monitor's pauses. */
export interface WatchedSession {
  /** The monitor's poll number `index`: the facts are asked with every 15th, channels of a primary with every 10th. */
  sample(index: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens it on the lab's server behind `port`, through the console's own adapter and dialect. */
export async function openWatchedSession(port: number): Promise<WatchedSession> {
  const connector = new Mysql2Connector({
    tunnels: { openStream: () => Promise.reject(new Error('the lab is reached without a tunnel')) },
  });
  const session = await connector.connect(
    {
      host: '127.0.0.1',
      port,
      user: 'midwatch',
      password: 'midwatch',
      tls: { mode: 'off' },
      via: [],
      programName: 'midwatch bench',
      connectTimeoutMs: 5000,
    },
    new AbortController().signal,
  );
  const dialect = dialectFor(session.greetingVersion);
  for (const sql of dialect.sessionSetup(monitorLimits)) await session.query(sql);
  const read: Parameters<typeof dialect.readSample>[0] = (sql) => session.query(sql);
  let hasChannels = true;
  return {
    sample: async (index) => {
      if (index % samplesPerFacts === 0) await dialect.readFacts(read);
      const askChannels = hasChannels || index % 10 === 0;
      const sample = await dialect.readSample(read, { askChannels, heartbeat: { kind: 'none' } });
      if (askChannels) hasChannels = sample.channels.length > 0;
    },
    close: () => session.close(),
  };
}
