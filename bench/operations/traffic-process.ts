// Writes rows as applications do, from a process of its own: what measures must not wait for what is measured.
// Started by traffic.ts; told what to do over IPC.
import { setTimeout as wait } from 'node:timers/promises';
import { createConnection, type Connection } from 'mysql2/promise';
import type { Acknowledged, TrafficPlan, TrafficResult } from './traffic';

/** Between two tries while no server takes the row: the measure's resolution. */
const retryMs = 1;

const acknowledged: Acknowledged[] = [];
let refused = 0;
let unknown = 0;
let isStopping = false;
let workers: Promise<void>[] = [];

process.on('message', (message: TrafficPlan | 'count' | 'stop') => {
  if (message === 'count') process.send?.(acknowledged.length);
  else if (message === 'stop') void stop();
  else void start(message);
});
process.on('disconnect', () => process.exit(1));

async function start(plan: TrafficPlan): Promise<void> {
  const kinds = [
    ...Array.from({ length: plan.probeWriters }, () => ({ isProbe: true, pauseMs: plan.probePauseMs })),
    ...Array.from({ length: plan.loadWriters }, () => ({ isProbe: false, pauseMs: plan.loadPauseMs })),
  ];
  const sessions = await Promise.all(kinds.map(async () => Promise.all(plan.ports.map(openSession))));
  workers = kinds.map(async ({ isProbe, pauseMs }, index) =>
    write({ writer: plan.firstWriter + index, isProbe, pauseMs, sessions: sessions[index] ?? [] }),
  );
  process.send?.('ready');
}

async function stop(): Promise<void> {
  isStopping = true;
  await Promise.race([Promise.all(workers), wait(2000)]);
  const result: TrafficResult = { acknowledged, refused, unknown };
  process.send?.(result, () => process.exit(0));
}

interface Session {
  readonly port: number;
  readonly connection: Connection;
  isLost: boolean;
}

/** One row after the other, always on a connection that is open already; refused or cut, it tries the next server at once. */
async function write(task: {
  readonly writer: number;
  readonly isProbe: boolean;
  readonly pauseMs: number;
  readonly sessions: readonly Session[];
}): Promise<void> {
  const { writer, isProbe, pauseMs, sessions } = task;
  let turn = 0;
  for (let seq = 1; !isStopping; seq += 1) {
    const session = sessions[turn % sessions.length];
    if (!session || session.isLost) {
      turn += 1;
      if (sessions.every(({ isLost }) => isLost)) return;
      continue;
    }
    try {
      const sql = 'INSERT INTO app.ledger (writer, seq, payload) VALUES (?, ?, ?)';
      await session.connection.query(sql, [writer, seq, `payment ${writer}/${seq}`]);
      const atMs = performance.timeOrigin + performance.now();
      acknowledged.push({ writer, seq, port: session.port, atMs, isProbe });
      await wait(pauseMs);
    } catch (thrown) {
      if (typeof (thrown as { errno?: unknown }).errno === 'number' && Number((thrown as { errno: number }).errno) > 0)
        refused += 1;
      else {
        unknown += 1;
        session.isLost = true;
      }
      turn += 1;
      await wait(retryMs);
    }
  }
  for (const { connection } of sessions) connection.destroy();
}

async function openSession(port: number): Promise<Session> {
  const connection = await createConnection({ host: '127.0.0.1', port, user: 'app', password: 'app' });
  const session: Session = { port, connection, isLost: false };
  connection.on('error', () => (session.isLost = true));
  return session;
}
