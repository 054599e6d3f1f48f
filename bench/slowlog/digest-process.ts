// Digests one log as the console does, in a process of its own: `node digest-process.js FILE`. Prints a DigestReport.
import { SystemSlowLogs } from '../../electron/adapters/slow-logs/system-slow-logs';
import { WorkerDigester } from '../../electron/adapters/slow-logs/worker-digester';
import type { RemoteHost } from '../../electron/core/ports/remote-host';
import type { DigestReport } from './digest-report';

const noHosts: RemoteHost = {
  run: () => Promise.reject(new Error('this reads a file')),
  stream: () => {
    throw new Error('this reads a file');
  },
  pipe: () => Promise.reject(new Error('this reads a file')),
};

const [file = '', cancelAfterMs] = process.argv.slice(2);
const digester = new WorkerDigester(new SystemSlowLogs(noHosts), { nowMs: () => Date.now() });
const request = {
  source: { place: { kind: 'file', path: file } },
  captureId: 'bench',
  clusterId: null,
  instanceId: null,
} as const;

if (cancelAfterMs === undefined) {
  const startedAt = performance.now();
  const { capture } = await digester.digest(request, () => undefined, new AbortController().signal);
  const report: DigestReport = {
    wallSeconds: (performance.now() - startedAt) / 1000,
    peakMb: process.resourceUsage().maxRSS / 1000,
    calls: capture.calls,
    skippedBytes: capture.coverage.skipped.reduce((sum, { bytes }) => sum + bytes, 0),
    classes: capture.classes.map(({ id, calls, metrics }) => ({
      id,
      calls,
      microseconds: Math.round((metrics['Query_time']?.total ?? 0) * 1e6),
    })),
  };
  console.log(JSON.stringify(report));
} else {
  const cancel = new AbortController();
  let cancelledAt = 0;
  setTimeout(() => {
    cancelledAt = performance.now();
    cancel.abort();
  }, Number(cancelAfterMs));
  const outcome = await digester.digest(request, () => undefined, cancel.signal).catch((error: unknown) => error);
  if (!(outcome instanceof Error && outcome.name === 'AbortError')) throw new Error('it was done before the cancel');
  console.log(JSON.stringify({ cancelMs: performance.now() - cancelledAt }));
}
