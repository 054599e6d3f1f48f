import { MidwatchError } from '@shared/errors';
import type { Difference, ParameterSet, SetVerdict } from '@shared/model/query-experiment';
import type { MysqlSession, RawRow, ResultColumn } from '../../ports/mysql-session';
import { refusalOfRun } from '../plans/analyze-statement';
import { serverRefusal } from '../plans/explain-statement';
import type { ReadStatement } from '../plans/guard-statement';
import { errnoOf, withLimit } from '../plans/read-only-session';
import { compareResults, type Compared } from './compare-results';
import { statedOrder } from './order-of';
import { RecordedResult, rowAsText } from './recorded-result';

export interface CompareSetOptions {
  readonly timeLimitMs: number;
  readonly rowLimit: number;
  readonly allowOtherNames: boolean;
  readonly snapshotCovers: boolean;
}

/**
 * The verdict for one parameter set. Where results differ, the original runs once more: when it differs from itself (RAND(),
 * UUID(), a table outside of the snapshot), the difference says nothing about the rewrite, and nothing is decided.
 * @throws MidwatchError when the session is lost; what the server says against a statement makes the set undecided
 */
export async function compareSet(
  session: MysqlSession,
  set: ParameterSet & { readonly readOriginal: ReadStatement },
  options: CompareSetOptions,
): Promise<SetVerdict> {
  const order = statedOrder(set.readOriginal);
  const record = async (sql: string, keysOf: RecordedResult | null): Promise<RecordedResult> => {
    const result = new RecordedResult(order.keys, options.rowLimit, keysOf);
    await session.readRows(sql, result, withLimit(options.timeLimitMs));
    return result;
  };
  const rules = { limited: order.limited, allowOtherNames: options.allowOtherNames };
  try {
    const original = await record(set.original, null);
    const rewrite = await record(set.rewrite, original);
    const compared = compareResults(original, rewrite, rules);
    if (compared.kind !== 'differs') return verdictOf(compared, original);
    const again = compareResults(original, await record(set.original, original), rules);
    if (again.kind !== 'equal') {
      return {
        kind: 'undecided',
        reason: 'The original returns other rows each time it runs: no comparison can decide it',
        notes: compared.notes,
      };
    }
    if (!options.snapshotCovers) {
      const reason = `${compared.difference.sentence}; but a table is outside of the snapshot and may have changed meanwhile`;
      return { kind: 'undecided', reason, notes: compared.notes };
    }
    const shown = await showRows(session, set, compared, options.timeLimitMs);
    return { kind: 'differs', difference: { ...compared.difference, ...shown }, notes: compared.notes };
  } catch (error) {
    const refusal = refusalOfRun(error, options.timeLimitMs);
    if (refusal) return { kind: 'undecided', reason: refusal.reason, notes: [] };
    if (errnoOf(error) === null || !(error instanceof MidwatchError)) throw error;
    // Servers quote values in their errors, and a verdict is kept and passed on.
    return { kind: 'undecided', reason: withoutValues(serverRefusal(error).reason), notes: [] };
  }
}

/** "Incorrect DATE value: '…'", "syntax to use near '…'": what names of tables are quoted in stays. */
const withoutValues = (reason: string): string => reason.replace(/\b(value:?|entry|near) '[\s\S]*'/gi, "$1 '…'");

const verdictOf = (compared: Exclude<Compared, { kind: 'differs' }>, original: RecordedResult): SetVerdict =>
  compared.kind === 'equal' ? { ...compared, rows: original.rowCount } : compared;

/** Runs both once more in the same snapshot to fetch the one row of each that is shown: rows were not kept. */
async function showRows(
  session: MysqlSession,
  set: ParameterSet,
  compared: Extract<Compared, { kind: 'differs' }>,
  timeLimitMs: number,
): Promise<Pick<Difference, 'original' | 'rewrite'>> {
  const fetch = async (sql: string, row: number | null | undefined): Promise<readonly (string | null)[] | null> => {
    if (row == null) return null;
    const finder = new RowFinder(row);
    await session.readRows(sql, finder, withLimit(timeLimitMs));
    return finder.found;
  };
  return {
    original: await fetch(set.original, compared.where?.original),
    rewrite: await fetch(set.rewrite, compared.where?.rewrite),
  };
}

class RowFinder {
  found: readonly (string | null)[] | null = null;
  #at = 0;

  constructor(private readonly wanted: number) {}

  onColumns(_columns: readonly ResultColumn[]): void {}

  onRow(row: RawRow): void {
    if (this.#at === this.wanted) this.found = rowAsText(row);
    this.#at += 1;
  }
}
