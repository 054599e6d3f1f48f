import { textOf } from '../dialect/rows';
import { bastionsOf, type Connections } from '../fleet/connections';
import type { RemoteHost } from '../ports/remote-host';

const limitMs = 10_000;

/** Free bytes of the file system that holds an instance's tables, as its host says; null when the host cannot be asked. */
export async function readFreeBytes(
  parts: { readonly connections: Connections; readonly hosts: RemoteHost },
  instanceId: string,
  signal: AbortSignal,
): Promise<number | null> {
  const { instance } = parts.connections.find(instanceId);
  if (!instance.hostAccess) return null;
  const folder = await parts.connections.use(instanceId, 'queries', signal, async ({ session }) => {
    const [row] = await session.query('SELECT @@GLOBAL.datadir AS folder', { timeoutMs: 5000 });
    return textOf(row, 'folder');
  });
  const via = bastionsOf(parts.connections.inventory(), instance.hostAccess.via);
  const command = `df -Pk '${folder.replaceAll("'", `'\\''`)}'`;
  const { exitCode, stdout } = await parts.hosts.run(via, command, { timeoutMs: limitMs }, signal);
  // POSIX: file system, 1024-blocks, used, available, capacity, mounted on.
  const available = stdout.trim().split('\n').at(-1)?.trim().split(/\s+/)[3];
  const kilobytes = Number(available);
  return exitCode === 0 && available !== undefined && Number.isFinite(kilobytes) ? kilobytes * 1024 : null;
}
