// The console's core on many instances, as the main process runs it, measuring itself: started by watch-many.ts.
import { setTimeout as wait } from 'node:timers/promises';
import v8 from 'node:v8';
import { compose } from '../../electron/main/compose';
import type { WatchOrder, WatchReport } from './watch-order';

const startLimitMs = 60_000;

async function watch(order: WatchOrder): Promise<WatchReport> {
  const app = compose({ dataFolder: order.dataFolder, user: 'bench', safeStorage: null, pollMs: 1000 });
  // The window is sent each snapshot: that copy is the main process's work too.
  app.monitor.onSnapshot((snapshot) => void v8.serialize(snapshot));
  for (const [index, ports] of order.clusters.entries()) {
    const [seed = 0] = ports;
    app.inventory.addCluster({
      name: `cluster-${index + 1}`,
      seed: { host: '127.0.0.1', port: seed, user: 'midwatch', password: 'midwatch', tls: { mode: 'off' }, hops: [] },
      instances: ports.map((port, at) => ({ host: '127.0.0.1', port, name: `db-${index + 1}-${at + 1}` })),
      heartbeat: false,
    });
  }
  const total = order.clusters.flat().length;
  const limit = Date.now() + startLimitMs;
  while (app.monitor.snapshot.answered < total) {
    if (Date.now() > limit) throw new Error(`${app.monitor.snapshot.answered} of ${total} answered in a minute`);
    await wait(100);
  }
  await wait(order.warmUpMs);

  const oldestNow = (): number => {
    const now = Date.now();
    return Math.max(
      ...app.inventory.current.clusters.flatMap(({ id }) =>
        app.monitor.observations(id).map(({ sampledAtMs }) => (now - (sampledAtMs ?? 0)) / 1000),
      ),
    );
  };
  const before = inUseMb();
  const cores: number[] = [];
  const oldestSampleSeconds: number[] = [];
  const residentMb: number[] = [];
  for (let left = order.measureMs; left > 0; left -= order.blockMs) {
    const startedAt = performance.now();
    const used = process.cpuUsage();
    let oldest = 0;
    let lastResidentAt = 0;
    while (performance.now() - startedAt < order.blockMs) {
      oldest = Math.max(oldest, oldestNow());
      if (performance.now() - lastResidentAt >= 1000) {
        lastResidentAt = performance.now();
        residentMb.push(process.memoryUsage.rss() / 1e6);
      }
      await wait(200);
    }
    const { user, system } = process.cpuUsage(used);
    cores.push((user + system) / 1000 / (performance.now() - startedAt));
    oldestSampleSeconds.push(oldest);
  }
  const report = {
    cores,
    oldestSampleSeconds,
    residentMb,
    inUseMb: [before, inUseMb()] as const,
    answered: app.monitor.snapshot.answered,
  };
  await app.close();
  return report;
}

function inUseMb(): number {
  if (!globalThis.gc) throw new Error('start with --expose-gc');
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

process.on('disconnect', () => process.exit(0));
process.once('message', (order: WatchOrder) => {
  watch(order)
    .then((report) => process.send?.(report))
    .catch((thrown: unknown) => {
      console.error(thrown);
      process.exit(1);
    });
});
