import type { Capture, Distribution, StatementClass } from '@shared/model/query-capture';
import { mergeDistributions } from '@shared/stats/distribution';
import { digestClasses } from './digest-classes';
import { digestWindow, histogramDelta, type DigestDelta, type DigestWindow } from './digest-delta';
import { PolledStatements } from './polled-statements';
import {
  readDigests,
  readHistograms,
  readRecording,
  type DigestReading,
  type Recording,
  type ServerBucket,
} from './read-digests';
import type { ServerOrder } from './server-order';

/** What a capture of digests needs. With 0 seconds: all since the server's table was emptied. */
export interface DigestCapture extends ServerOrder {
  readonly random: () => number;
}

/** Digests for which the server's histogram is read: those that take the most time. */
const withHistogram = 200;

/** Without a window the history is still looked at for a moment: MariaDB has no other samples. */
const lookSeconds = 3;

const byTime = (rows: readonly DigestDelta[]): readonly DigestDelta[] =>
  rows.toSorted((a, b) => b.sums.Query_time - a.sums.Query_time);

/**
 * Captures what a server counts for each statement digest: two readings and what lies between, and meanwhile statements as
 * they end, once a second. Reads alone, and nothing is switched on.
 * @throws MidwatchError `unsupported` when the server counts nothing; those of the session; the signal's reason
 */
export async function captureDigests(order: DigestCapture, signal: AbortSignal): Promise<Capture> {
  const { ask, dialect, seconds } = order;
  const recording = await readRecording(ask, order.instance.name, dialect);
  const isWindow = seconds > 0;
  const before = isWindow ? await readDigests(ask, dialect) : null;
  const beforeHistograms =
    before === null || dialect !== 'mysql'
      ? new Map<string, readonly ServerBucket[]>()
      : await readHistograms(
          ask,
          byTime(digestWindow(null, before).deltas)
            .slice(0, withHistogram)
            .map(({ row }) => row),
        );
  const polled = new PolledStatements(ask, dialect, order.random);
  await poll(order, recording, polled, signal);
  const now = await readDigests(ask, dialect);
  const window = digestWindow(before, now);
  const top = byTime(window.deltas).slice(0, withHistogram);
  const histograms = new Map<string, readonly ServerBucket[]>();
  if (dialect === 'mysql') {
    const read = await readHistograms(
      ask,
      top.map(({ row }) => row),
    );
    for (const { row, isWhole } of top) {
      const buckets = read.get(row.key) ?? [];
      const former = beforeHistograms.get(row.key);
      // A digest that is older than the window and was not looked at before has no histogram of the window.
      if (isWhole) histograms.set(row.key, buckets);
      else if (former !== undefined) histograms.set(row.key, histogramDelta(former, buckets));
    }
  }
  const classes = digestClasses({ deltas: window.deltas, histograms, polled: polled.statements }, order.reader);
  return toCapture({ order, recording, before, now, window, classes, polled });
}

async function poll(
  { clock, seconds, onProgress }: DigestCapture,
  recording: Recording,
  polled: PolledStatements,
  signal: AbortSignal,
): Promise<void> {
  const wanted = seconds > 0 ? seconds : recording.history ? lookSeconds : 0;
  const startedAt = clock.monotonicMs();
  for (;;) {
    signal.throwIfAborted();
    const passed = (clock.monotonicMs() - startedAt) / 1000;
    if (recording.history) await polled.look(clock.nowMs());
    onProgress({
      done: Math.min(wanted, passed),
      total: wanted,
      unit: 'seconds',
      words: `${polled.seen.toLocaleString('en')} statements seen`,
    });
    if (passed >= wanted) return;
    await clock.sleep(Math.min(1000, Math.max(50, (wanted - passed) * 1000)), signal);
  }
}

function toCapture(found: {
  readonly order: DigestCapture;
  readonly recording: Recording;
  readonly before: DigestReading | null;
  readonly now: DigestReading;
  readonly window: DigestWindow;
  readonly classes: readonly StatementClass[];
  readonly polled: PolledStatements;
}): Capture {
  const { order, before, now, window, classes } = found;
  const { instance } = order;
  const known = window.deltas.filter((delta) => delta.row.digest !== null);
  const unattributed = window.deltas.find((delta) => delta.row.digest === null)?.sums.Query_time ?? 0;
  const seen = known.map((delta) => delta.row.firstSeenMs).filter((value) => value !== null);
  return {
    id: order.captureId,
    takenAtMs: order.clock.nowMs(),
    clusterId: instance.clusterId,
    instanceId: instance.id,
    sources: [
      {
        kind: 'digests',
        name: `${instance.name}: events_statements_summary_by_digest`,
        dialect: order.dialect,
        version: order.version,
      },
    ],
    fromMs: before?.atMs ?? (seen.length === 0 ? now.atMs : Math.min(...seen)),
    toMs: now.atMs,
    slotMs: 0,
    slotsFromMs: null,
    calls: classes.reduce((total, one) => total + one.calls, 0),
    metrics: totalsOf(classes),
    coverage: {
      bytesRead: null,
      skipped: [],
      invalidUtf8: 0,
      longQueryTimeSeconds: null,
      rateLimit: 1,
      serverSeconds: Math.max(0, now.totalSeconds - (before?.totalSeconds ?? 0)),
      explainedSeconds: known.reduce((total, delta) => total + delta.sums.Query_time, 0),
      unattributedSeconds: unattributed,
      notes: notesOf(found),
    },
    classes,
  };
}

/** Sums over all classes; quantiles where every class has them. */
const totalsOf = (classes: readonly StatementClass[]): Readonly<Record<string, Distribution>> => {
  const totals: Record<string, Distribution> = {};
  for (const { metrics } of classes) {
    for (const [name, own] of Object.entries(metrics)) {
      const former = totals[name];
      totals[name] = former === undefined ? own : mergeDistributions(former, own);
    }
  }
  return totals;
};

const notesOf = ({ order, recording, before, window, polled }: Parameters<typeof toCapture>[0]): readonly string[] => [
  ...(before === null
    ? ['Counted since the server’s digest table was emptied or the server started: one number for all that time']
    : []),
  ...(window.resets > 0 ? [`${window.resets} digests were reset inside the window: they count from there`] : []),
  ...(window.evicted > 0
    ? [`${window.evicted} digests of the beginning were gone at the end: the table was emptied`]
    : []),
  recording.history
    ? `Users, hosts, applications and samples come from ${polled.seen.toLocaleString('en')} statements that were seen once a second, not from all`
    : 'The server keeps no statement history (consumers events_statements_current and events_statements_history are off): no users, hosts or further samples',
  ...(order.dialect === 'mariadb'
    ? [
        recording.history
          ? 'MariaDB counts no times by bucket: quantiles come from the statements that were seen'
          : 'MariaDB counts no times by bucket, and keeps no history here: no quantiles and no samples. Switch on the two consumers, or capture the slow log',
      ]
    : ['Quantiles come from the server’s histogram: its buckets are 4.7 % wide']),
  'What the console itself asks the server is among the digests',
];
