import type { Capture, StatementClass } from '@shared/model/query-capture';
import { groupBy } from '@shared/group-by';
import { RunningDistribution } from '@shared/stats/distribution';
import { programNames, runningStatements } from '../../dialect/digest-sql';
import { numberOf, textOf } from '../../dialect/rows';
import type { StatementReader } from '../aggregate/statement-reader';
import { readRecording } from './read-digests';
import type { ServerOrder } from './server-order';

/** ms between two looks. */
const everyMs = 100;

interface Running {
  readonly sql: string;
  readonly schema: string;
  readonly user: string;
  readonly host: string;
  readonly program: string;
  readonly startedAtMs: number;
  readonly rowsExamined: number;
  /** As long as it was seen to run. */
  readonly seconds: number;
}

/**
 * Looks at the running statements ten times a second. A statement counts with the time it was seen to have run by its last
 * look, so what is faster than a look is mostly missed: said in the coverage.
 * @throws MidwatchError as {@link readRecording}; those of the session; the signal's reason
 */
export async function captureLive(order: ServerOrder, signal: AbortSignal): Promise<Capture> {
  const { ask, clock, seconds } = order;
  if (order.dialect === 'mysql') await readRecording(ask, order.instance.name, order.dialect);
  const seen = new Map<string, Running>();
  const programs = new Map<number | null, string>();
  const startedAt = clock.monotonicMs();
  const fromMs = clock.nowMs();
  let looks = 0;
  for (;;) {
    signal.throwIfAborted();
    const passed = (clock.monotonicMs() - startedAt) / 1000;
    if (looks % 10 === 0) {
      for (const row of await ask(programNames)) programs.set(numberOf(row, 'session'), textOf(row, 'program'));
    }
    for (const row of await ask(runningStatements(order.dialect))) {
      const runSeconds = (numberOf(row, 'waitPs') ?? 0) * 1e-12;
      const program = programs.get(numberOf(row, 'session')) ?? '';
      if (program.startsWith('midwatch')) continue;
      const key = `${textOf(row, 'thread')} ${textOf(row, 'event')}`;
      seen.set(key, {
        sql: textOf(row, 'sqlText'),
        schema: textOf(row, 'db'),
        user: textOf(row, 'user'),
        host: textOf(row, 'host'),
        program,
        startedAtMs: seen.get(key)?.startedAtMs ?? clock.nowMs() - runSeconds * 1000,
        rowsExamined: numberOf(row, 'examined') ?? 0,
        seconds: runSeconds,
      });
    }
    looks += 1;
    order.onProgress({
      done: Math.min(seconds, passed),
      total: seconds,
      unit: 'seconds',
      words: `${seen.size.toLocaleString('en')} statements seen`,
    });
    if (passed >= seconds) break;
    await clock.sleep(everyMs, signal);
  }
  return toCapture(order, [...seen.values()], { fromMs, looks });
}

function toCapture(
  order: ServerOrder,
  seen: readonly Running[],
  run: { readonly fromMs: number; readonly looks: number },
): Capture {
  const slotMs = Math.max(1000, Math.ceil((order.seconds * 1000) / 60));
  const { reader } = order;
  const classes = [...groupBy(seen, (one) => reader.fingerprint(one.sql))]
    .map(([fingerprint, own]) => toClass(fingerprint, own, reader, { fromMs: run.fromMs, slotMs }))
    .toSorted((a, b) => (b.metrics['Query_time']?.total ?? 0) - (a.metrics['Query_time']?.total ?? 0));
  const all = new RunningDistribution();
  for (const one of seen) all.add(one.seconds);
  const total = all.toDistribution();
  return {
    id: order.captureId,
    takenAtMs: order.clock.nowMs(),
    clusterId: order.instance.clusterId,
    instanceId: order.instance.id,
    sources: [
      {
        kind: 'live',
        name: `${order.instance.name}: running statements`,
        dialect: order.dialect,
        version: order.version,
      },
    ],
    fromMs: run.fromMs,
    toMs: order.clock.nowMs(),
    slotMs,
    slotsFromMs: run.fromMs,
    calls: seen.length,
    metrics: { Query_time: total },
    coverage: {
      bytesRead: null,
      skipped: [],
      invalidUtf8: 0,
      longQueryTimeSeconds: null,
      rateLimit: 1,
      serverSeconds: null,
      explainedSeconds: total.total,
      unattributedSeconds: null,
      notes: [
        `Seen in ${run.looks} looks, ${everyMs} ms and the round trip apart: what is faster is mostly missed, and a statement counts with the time it had run at its last look`,
      ],
    },
    classes,
  };
}

function toClass(
  fingerprint: string,
  own: readonly Running[],
  reader: StatementReader,
  time: { readonly fromMs: number; readonly slotMs: number },
): StatementClass {
  const seconds = new RunningDistribution();
  const rows = new RunningDistribution();
  const slots: number[] = [];
  for (const one of own) {
    seconds.add(one.seconds);
    rows.add(one.rowsExamined);
    const slot = Math.max(0, Math.floor((one.startedAtMs - time.fromMs) / time.slotMs));
    slots[slot] = (slots[slot] ?? 0) + one.seconds;
  }
  const text = own.find((one) => !one.sql.endsWith('...'))?.sql ?? own[0]?.sql ?? fingerprint;
  const shares = (nameOf: (one: Running) => string): StatementClass['users'] =>
    [...groupBy(own, nameOf)]
      .filter(([name]) => name !== '')
      .map(([name, part]) => ({ name, calls: part.length, seconds: part.reduce((sum, one) => sum + one.seconds, 0) }))
      .toSorted((a, b) => b.seconds - a.seconds)
      .slice(0, 20);
  const slowest = own.toSorted((a, b) => b.seconds - a.seconds);
  const different = [...new Map(slowest.map((one) => [one.sql, one])).values()].slice(0, 16);
  return {
    id: reader.classIdOf(fingerprint),
    fingerprint,
    ptChecksum: reader.ptChecksumOf(text),
    serverDigests: [],
    verb: reader.verbOf(text),
    tables: reader.tablesOf(text),
    calls: own.length,
    errors: null,
    warnings: null,
    metrics: { Query_time: seconds.toDistribution(), Rows_examined: rows.toDistribution() },
    flags: {},
    schemas: shares((one) => one.schema),
    users: shares((one) => one.user),
    hosts: shares((one) => one.host),
    applications: shares((one) => reader.applicationOf(one.sql) || one.program),
    firstSeenMs: Math.min(...own.map((one) => one.startedAtMs)),
    lastSeenMs: Math.max(...own.map((one) => one.startedAtMs)),
    slots: Array.from(slots, (value) => value ?? 0),
    samples: different.map((one, at) => ({
      reason: at === 0 ? 'slowest' : 'latest',
      sql: one.sql,
      truncated: one.sql.endsWith('...'),
      schema: one.schema,
      atMs: one.startedAtMs,
      seconds: one.seconds,
      rowsExamined: one.rowsExamined,
      plan: null,
      atByte: null,
    })),
  };
}
