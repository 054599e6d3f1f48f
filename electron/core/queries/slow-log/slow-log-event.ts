import type { Layout } from './header-layouts';
import type { LogPart } from './log-window';

/**
 * One statement of a slow log, as read. The reader uses one object for all statements, because a log has millions: whoever
 * keeps something copies it; texts may be kept, no larger one stands behind them. All texts are Latin-1.
 */
export interface SlowLogEvent {
  /** In bytes of the uncompressed source. */
  readonly startByte: number;
  readonly endByte: number;
  /** ms since the epoch when the statement began (`SET timestamp`), else what `# Time` says; NaN: the log does not say. */
  readonly timeMs: number;
  /** Empty where the log does not say. */
  readonly user: string;
  readonly host: string;
  /** Of user and host: statements of one number have the same two. 0: that is not known. */
  readonly session: number;
  readonly schema: string;
  /** Without the final semicolon; `administrator command: Quit` for those. Made when it is asked for. */
  readonly sql: string;
  /** The same as bytes: these hold it from `sqlStart` to `sqlEnd`, while the event is handed over. */
  readonly bytes: Uint8Array;
  /** Its beginning, up to so many bytes. */
  sqlUpTo(length: number): string;
  readonly sqlStart: number;
  readonly sqlEnd: number;
  /** The text ends early: the log does (`ends`), or it is longer than the reader's limit (`too-long`). */
  readonly cut: 'no' | 'ends' | 'too-long';
  /** False: its bytes are not valid UTF-8. */
  readonly isUtf8: boolean;
  /** Query_time; 0 when the log has an impossible one. */
  readonly seconds: number;
  /** NaN: the log does not say. */
  readonly rowsExamined: number;
  /** Null: the log does not say. */
  readonly hasError: boolean | null;
  /** Which attributes the statement has. */
  readonly layout: Layout;
  /** Attributes that are not zero: ids of the layouts' names, and their values. The first `metricCount` count. */
  readonly metricIds: Int32Array;
  readonly metricValues: Float64Array;
  readonly metricCount: number;
  /** Yes-or-no attributes that are yes. The first `yesCount` count. */
  readonly yesIds: Int32Array;
  readonly yesCount: number;
  /** MariaDB's `# explain:` rows, one a line, tab-separated; empty without. Made when it is asked for. */
  readonly plan: string;
}

/** Attributes of one statement that are kept; the servers write about forty. */
export const maxAttributes = 256;

const nothing: LogPart = { bytes: new Uint8Array(0), textOf: () => '' };
const explainPrefix = /^# explain: /gm;
const maxPlan = 65_536;
const noPlace = -1;

/** The one that a reader fills again and again. */
export class FilledEvent implements SlowLogEvent {
  startByte = 0;
  endByte = 0;
  timeMs = NaN;
  user = '';
  host = '';
  session = 0;
  schema = '';
  sqlStart = 0;
  sqlEnd = 0;
  cut: 'no' | 'ends' | 'too-long' = 'no';
  isUtf8 = true;
  seconds = 0;
  rowsExamined = NaN;
  hasError: boolean | null = null;
  layout: Layout;
  readonly metricIds = new Int32Array(maxAttributes);
  readonly metricValues = new Float64Array(maxAttributes);
  metricCount = 0;
  readonly yesIds = new Int32Array(maxAttributes);
  yesCount = 0;
  /** Whether the header had these. */
  hasQueryTime = false;
  hasSchema = false;
  hasUser = false;
  #part: LogPart = nothing;
  /** The statement's text, once it was asked for. */
  #sql: string | null = null;
  /** Lines of the plan that are text already, and where the others stand in the window, one behind the other. */
  #plan = '';
  #planPart: LogPart = nothing;
  #planStart = noPlace;
  #planEnd = noPlace;

  constructor(root: Layout) {
    this.layout = root;
  }

  get bytes(): Uint8Array {
    return this.#part.bytes;
  }

  /** Most statements are known by their bytes, so their text is never made. */
  get sql(): string {
    return (this.#sql ??= this.#part.textOf(this.sqlStart, this.sqlEnd));
  }

  sqlUpTo(length: number): string {
    return this.#part.textOf(this.sqlStart, Math.min(this.sqlEnd, this.sqlStart + length));
  }

  get plan(): string {
    this.keepPlan();
    return this.#plan;
  }

  /** A `# explain:` line. @param end behind its line feed */
  addPlanRow(part: LogPart, start: number, end: number): void {
    if (this.#planEnd !== start) {
      this.keepPlan();
      this.#planPart = part;
      this.#planStart = start;
    }
    this.#planEnd = end;
  }

  /** Makes text of the plan's lines: the window that holds them moves on. */
  keepPlan(): void {
    if (this.#planStart === this.#planEnd) return;
    const end = Math.min(this.#planEnd, this.#planStart + maxPlan);
    const rows = this.#planPart
      .textOf(this.#planStart, end)
      .replaceAll('\r\n', '\n')
      .replace(explainPrefix, '')
      .replace(/\n$/, '');
    this.#planStart = noPlace;
    this.#planEnd = noPlace;
    if (this.#plan.length < maxPlan) this.#plan += this.#plan === '' ? rows : `\n${rows}`;
  }

  /** The statement is this part of the log. */
  setSql(part: LogPart, start: number, end: number): void {
    this.#part = part;
    this.sqlStart = start;
    this.sqlEnd = end;
    this.#sql = null;
  }

  /** Forgets the statement before. */
  begin(startByte: number, root: Layout): void {
    this.startByte = startByte;
    this.endByte = startByte;
    this.timeMs = NaN;
    this.user = '';
    this.host = '';
    this.session = 0;
    this.schema = '';
    this.setSql(nothing, 0, 0);
    this.cut = 'no';
    this.isUtf8 = true;
    this.seconds = 0;
    this.rowsExamined = NaN;
    this.hasError = null;
    this.layout = root;
    this.metricCount = 0;
    this.yesCount = 0;
    this.#plan = '';
    this.#planStart = noPlace;
    this.#planEnd = noPlace;
    this.hasQueryTime = false;
    this.hasSchema = false;
    this.hasUser = false;
  }
}
