import type { DialectName } from '@shared/model/fleet';
import type { CounterPair, Measured, ParameterSet } from '@shared/model/query-experiment';
import type { Clock } from '../../ports/clock';
import type { MysqlSession, RowReader } from '../../ports/mysql-session';
import { isTimeLimit, withLimit } from '../plans/read-only-session';
import { medianInterval } from './pair-statistics';
import { countWork, type Counters } from './session-counters';

export interface MeasureOptions {
  readonly dialect: DialectName;
  readonly clock: Clock;
  /** Limit of one run, already set on the server. */
  readonly timeLimitMs: number;
  /** At least ten; every parameter set gets one. */
  readonly rounds: number;
  /** All runs together: a snapshot that stays open keeps the server from purging. */
  readonly budgetMs: number;
  readonly seed: number;
  readonly onProgress: (done: number, of: number) => void;
  readonly signal: AbortSignal;
}

/** Rows go by unread: their transfer is part of what the application waits for. */
const unread: RowReader = { onColumns: () => undefined, onRow: () => undefined };

/**
 * Measures two statements side by side: counters of one run of each for every parameter set, then rounds of original,
 * rewrite, rewrite, original (so that a drift of the machine hits both alike), each round on the next parameter set. The runs
 * for the counters warm both up. The ratio is taken round by round, so that sets of different size count alike.
 */
export async function measurePairs(
  session: MysqlSession,
  sets: readonly ParameterSet[],
  options: MeasureOptions,
): Promise<Measured> {
  const { clock, signal } = options;
  const run = (sql: string): Promise<void> => {
    signal.throwIfAborted();
    return session.readRows(sql, unread, withLimit(options.timeLimitMs));
  };
  const timed = async (sql: string): Promise<number> => {
    const startMs = clock.monotonicMs();
    await run(sql);
    return clock.monotonicMs() - startMs;
  };
  const startMs = clock.monotonicMs();
  const counters = await countSides(session, sets, options.dialect, run);
  const rounds = Math.max(10, options.rounds, sets.length);
  const times: { original: number[]; rewrite: number[]; ratio: number[] } = { original: [], rewrite: [], ratio: [] };
  let cutShort: string | null = null;
  for (let round = 0; round < rounds; round += 1) {
    options.onProgress(round, rounds);
    const set = sets[round % sets.length];
    if (set === undefined) break;
    if (clock.monotonicMs() - startMs > options.budgetMs && round > 0) {
      cutShort = `The time for measuring was over after ${round} of ${rounds} rounds`;
      break;
    }
    try {
      const original = await timed(set.original);
      const rewrite = (await timed(set.rewrite)) + (await timed(set.rewrite));
      const both = original + (await timed(set.original));
      times.original.push(both / 2);
      times.rewrite.push(rewrite / 2);
      times.ratio.push(rewrite / both);
    } catch (error) {
      if (!isTimeLimit(error) || round === 0) throw error;
      cutShort = `A run of round ${round + 1} was ended at the limit of ${options.timeLimitMs / 1000} s`;
      break;
    }
  }
  options.onProgress(rounds, rounds);
  const ratio = medianInterval(times.ratio, options.seed);
  return {
    counters,
    rounds: times.ratio.length,
    originalMs: medianInterval(times.original, options.seed),
    rewriteMs: medianInterval(times.rewrite, options.seed),
    ratio,
    verdict:
      ratio.to !== null && ratio.to < 1
        ? 'faster'
        : ratio.from !== null && ratio.from > 1
          ? 'slower'
          : 'no-difference-seen',
    cutShort,
  };
}

async function countSides(
  session: MysqlSession,
  sets: readonly ParameterSet[],
  dialect: DialectName,
  run: (sql: string) => Promise<void>,
): Promise<readonly CounterPair[]> {
  const sums = { original: new Map<string, number>(), rewrite: new Map<string, number>() };
  // The first reading of counters opens the server's own tables, which is counted as work.
  await countWork(session, dialect, () => Promise.resolve());
  for (const set of sets) {
    // The first run may read from disk and fill statistics: the second one is counted.
    await run(set.original);
    add(sums.original, await countWork(session, dialect, () => run(set.original)));
    await run(set.rewrite);
    add(sums.rewrite, await countWork(session, dialect, () => run(set.rewrite)));
  }
  const names = new Set([...sums.original.keys(), ...sums.rewrite.keys()]);
  return [...names]
    .map((name) => ({ name, original: sums.original.get(name) ?? 0, rewrite: sums.rewrite.get(name) ?? 0 }))
    .filter((pair) => pair.original !== 0 || pair.rewrite !== 0)
    .sort((left, right) => right.original + right.rewrite - left.original - left.rewrite);
}

function add(sums: Map<string, number>, counted: Counters): void {
  for (const [name, value] of counted) sums.set(name, (sums.get(name) ?? 0) + value);
}
