import { setTimeout as wait } from 'node:timers/promises';
import type { Instance } from '../../e2e/fleet';
import type { BenchOptions, BenchRow } from '../bench';
import { compare } from '../compare';
import { readCpuSeconds } from '../process-cpu';
import { median } from '../statistics';
import { CountingRelay } from './counting-relay';
import { startExporter } from './exporter';
import { openWatchedSession } from './watched-session';

/** The kernel counts in hundredths of a second: a block has to use many of them. Whole turns of the facts (15) and channels (10). */
const samplesPerBlock = 450;
const scrapesPerBlock = 45;

interface BlockCost {
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly cpuMs: number;
}

/**
 * What one sample of ours costs the server, against one scrape of prometheus-mysqld-exporter. Each has a relay of its own, so
 * that the bytes are its alone; the processor time is the whole server's, less what it uses when nobody asks.
 */
export async function measureSampleAgainstScrape(
  instance: Instance,
  { quick, say }: BenchOptions,
): Promise<readonly BenchRow[]> {
  const pid = instance.pid;
  if (pid === undefined) throw new Error(`${instance.name} does not run`);
  const ourRelay = await CountingRelay.start(instance.port);
  const theirRelay = await CountingRelay.start(instance.port);
  const exporter = await startExporter(theirRelay.port);
  const session = await openWatchedSession(ourRelay.port);
  const ours: BlockCost[] = [];
  const theirs: BlockCost[] = [];
  try {
    const idleCpuPerSecond = await measureIdle(pid);
    const block = async (relay: CountingRelay, times: number, once: (index: number) => Promise<unknown>) => {
      const before = { cpu: readCpuSeconds(pid), from: relay.fromServer, to: relay.toServer, at: performance.now() };
      for (let index = 0; index < times; index++) await once(index);
      const seconds = (performance.now() - before.at) / 1000;
      return {
        receivedBytes: (relay.fromServer - before.from) / times,
        sentBytes: (relay.toServer - before.to) / times,
        cpuMs: ((readCpuSeconds(pid) - before.cpu - idleCpuPerSecond * seconds) * 1000) / times,
      };
    };
    for (let round = 0; round < (quick ? 3 : 11); round++) {
      ours.push(await block(ourRelay, samplesPerBlock, (index) => session.sample(index)));
      theirs.push(await block(theirRelay, scrapesPerBlock, () => exporter.scrape()));
    }
  } finally {
    await session.close();
    exporter.stop();
    ourRelay.stop();
    theirRelay.stop();
  }
  const asked = (costs: readonly BlockCost[]): string => median(costs.map(({ sentBytes }) => sentBytes)).toFixed(0);
  say(`not compared: bytes to the server, ours ${asked(ours)}, the exporter's ${asked(theirs)}`);
  const row = (what: string, unit: string, bound: number, pick: (cost: BlockCost) => number): BenchRow =>
    compare({
      what: `${what}, ${instance.role}`,
      unit,
      bound,
      oursRuns: ours.map(pick),
      otherRuns: theirs.map(pick),
    });
  return [
    row('sample ÷ scrape: bytes from the server', 'B', 0.1, (cost) => cost.receivedBytes),
    row('sample ÷ scrape: CPU of the server', 'ms', 0.3, (cost) => cost.cpuMs),
  ];
}

async function measureIdle(pid: number): Promise<number> {
  const before = readCpuSeconds(pid);
  await wait(1000);
  return readCpuSeconds(pid) - before;
}
