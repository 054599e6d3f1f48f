import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { EvidenceFolder } from '../adapters/files/evidence-folder';
import { PinnedHostKeys } from '../adapters/files/pinned-host-keys';
import { SshConfigHosts } from '../adapters/files/ssh-config-hosts';
import { SystemClock } from '../adapters/files/system-clock';
import { SystemHooks } from '../adapters/hooks/system-hooks';
import { Mysql2Connector } from '../adapters/mysql/mysql2-connector';
import { SystemNames } from '../adapters/network/system-names';
import { FreshPathTester } from '../adapters/path/path-tester';
import { SystemProcesses } from '../adapters/processes/system-processes';
import { SystemProxies } from '../adapters/proxies/system-proxies';
import { openSecrets, type SafeStorageLike } from '../adapters/secrets/open-secrets';
import { ReviewFolder } from '../adapters/reviews/review-folder';
import { LogPositionsFile } from '../adapters/slow-logs/log-positions-file';
import { SystemSlowLogs } from '../adapters/slow-logs/system-slow-logs';
import { WorkerDigester } from '../adapters/slow-logs/worker-digester';
import { Ssh2Hosts } from '../adapters/ssh/ssh2-hosts';
import { Ssh2Tunnels } from '../adapters/ssh/ssh2-tunnels';
import { openSqliteStore } from '../adapters/storage/sqlite-store';
import type { Application } from '../core/application';
import { BorrowedSecrets } from '../core/fleet/borrowed-secrets';
import { wireApplication } from '../core/wire-application';

interface ComposeInput {
  /** Folder of this person's data; made when absent. */
  readonly dataFolder: string;
  readonly user: string;
  /** Electron's safeStorage; null headless: then secrets live in memory. */
  readonly safeStorage: SafeStorageLike | null;
  readonly pollMs: number;
}

/** The composition root: the only place that knows every adapter. Knows nothing of Electron, so that the command line uses it too. */
export function compose({ dataFolder, user, safeStorage, pollMs }: ComposeInput): Application {
  fs.mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const clock = new SystemClock();
  const secrets = new BorrowedSecrets(openSecrets({ file: path.join(dataFolder, 'secrets.json'), safeStorage }));
  const hostKeys = new PinnedHostKeys(path.join(dataFolder, 'host-keys.json'));
  const tunnels = new Ssh2Tunnels({ hostKeys, secrets });
  const connector = new Mysql2Connector({ tunnels });
  const hosts = new Ssh2Hosts(tunnels);
  return wireApplication(
    {
      store: openSqliteStore({ folder: dataFolder, clock }),
      secrets,
      clock,
      connector,
      tunnels,
      hosts,
      hooks: new SystemHooks(),
      proxies: new SystemProxies({ tunnels, connector }),
      hostKeys,
      pathTester: new FreshPathTester({ hostKeys }),
      localFiles: new SshConfigHosts(),
      processes: new SystemProcesses(),
      names: new SystemNames(),
      evidence: new EvidenceFolder(path.join(dataFolder, 'evidence')),
      queries: {
        reviews: new ReviewFolder(path.join(dataFolder, 'reviews')),
        digester: new WorkerDigester(new SystemSlowLogs(hosts), clock),
        positions: new LogPositionsFile(path.join(dataFolder, 'log-positions.json')),
        md5Hex: (text) => createHash('md5').update(text, 'utf8').digest('hex'),
      },
      textFormat: { parse: (text) => parse(text) as unknown, print: (value) => stringify(value) },
    },
    { user, newId: () => randomUUID(), pollMs },
  );
}
