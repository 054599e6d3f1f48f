import type { DialectName } from '@shared/model/fleet';
import { endedStatements, programNames } from '../../dialect/digest-sql';
import { numberOf, textOf } from '../../dialect/rows';
import type { SqlRow } from '../../ports/mysql-session';
import type { Ask } from './read-digests';

/** One statement that was seen to have run. */
export interface PolledStatement {
  readonly digest: string;
  readonly schema: string;
  readonly sql: string;
  readonly seconds: number;
  readonly rowsExamined: number;
  readonly user: string;
  readonly host: string;
  readonly program: string;
  /** ms since the epoch at which it was seen: at most one poll after its end. */
  readonly atMs: number;
}

/** Polled statements that are kept; later ones replace random earlier ones, so that what is kept is a fair part. */
const mostKept = 20_000;

/**
 * Statements that ended, picked up from each session's short history once a second. A session that runs more than ten
 * statements between two looks hides some of them: these are samples, never counts.
 */
export class PolledStatements {
  readonly #ask: Ask;
  readonly #dialect: DialectName;
  readonly #random: () => number;
  /** Last event that was seen of each thread: event ids of a thread only grow. */
  readonly #lastEvent = new Map<number, number>();
  readonly #kept: PolledStatement[] = [];
  #seen = 0;
  #hasLooked = false;

  constructor(ask: Ask, dialect: DialectName, random: () => number) {
    this.#ask = ask;
    this.#dialect = dialect;
    this.#random = random;
  }

  get statements(): readonly PolledStatement[] {
    return this.#kept;
  }

  /** Statements that were seen, the kept ones among them. */
  get seen(): number {
    return this.#seen;
  }

  /** One look. The first one only notes where each session stands: what ran before belongs to no window. */
  async look(atMs: number): Promise<void> {
    const isFirst = !this.#hasLooked;
    this.#hasLooked = true;
    const rows = await this.#ask(endedStatements(this.#dialect));
    const programs = new Map(
      (await this.#ask(programNames)).map((row) => [numberOf(row, 'session'), textOf(row, 'program')]),
    );
    const before = new Map(this.#lastEvent);
    for (const row of rows) {
      const [thread, event] = [numberOf(row, 'thread') ?? 0, numberOf(row, 'event') ?? 0];
      if (event > (this.#lastEvent.get(thread) ?? 0)) this.#lastEvent.set(thread, event);
      if (isFirst || event <= (before.get(thread) ?? 0)) continue;
      const program = programs.get(numberOf(row, 'session')) ?? '';
      // What the console itself asks is no finding about the application.
      if (!program.startsWith('midwatch')) this.#keep(toStatement(row, program, atMs));
    }
  }

  #keep(statement: PolledStatement): void {
    this.#seen += 1;
    if (this.#kept.length < mostKept) {
      this.#kept.push(statement);
      return;
    }
    const place = Math.floor(this.#random() * this.#seen);
    if (place < mostKept) this.#kept[place] = statement;
  }
}

const toStatement = (row: SqlRow, program: string, atMs: number): PolledStatement => ({
  digest: textOf(row, 'digest'),
  schema: textOf(row, 'db'),
  sql: textOf(row, 'sqlText'),
  seconds: (numberOf(row, 'waitPs') ?? 0) * 1e-12,
  rowsExamined: numberOf(row, 'examined') ?? 0,
  user: textOf(row, 'user'),
  host: textOf(row, 'host'),
  program,
  atMs,
});
