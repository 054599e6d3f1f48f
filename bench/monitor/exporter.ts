import { spawn } from 'node:child_process';
import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { readToolchain } from '../../e2e/fleet';

/** prometheus-mysqld-exporter as Debian ships it, with the collectors that it switches on by itself. */
export interface Exporter {
  /** One scrape. @returns bytes of the page */
  scrape(): Promise<number>;
  stop(): void;
}

/** Starts one on a free port; it asks the server at `databasePort` as the lab's account for exporters. */
export async function startExporter(databasePort: number): Promise<Exporter> {
  const port = await freePort();
  const child = spawn(readToolchain().tools.exporter, [`--web.listen-address=127.0.0.1:${port}`], {
    env: { ...process.env, DATA_SOURCE_NAME: `mon:mon@(127.0.0.1:${databasePort})/` },
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}/metrics`;
  const scrape = async (): Promise<number> => {
    const page = await (await fetch(url)).text();
    if (!/^mysql_up 1$/m.test(page)) throw new Error('the exporter does not reach the server');
    return page.length;
  };
  for (let tries = 0; ; tries++) {
    try {
      await scrape();
      break;
    } catch (thrown) {
      if (tries >= 100 || child.exitCode !== null) {
        child.kill();
        throw new Error('the exporter did not start', { cause: thrown });
      }
      await wait(50);
    }
  }
  return { scrape, stop: () => void child.kill() };
}

function freePort(): Promise<number> {
  return new Promise((settle, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => settle(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}
