import type { Refusal } from '@shared/model/query-plan';
import {
  depthsOf,
  isSymbol,
  nameOf,
  tokensOf,
  usualQuotes,
  wordOf,
  type QuoteRules,
  type Token,
} from './statement-tokens';

/** A statement as our own reading sees it, before any server does. */
export interface ReadStatement {
  /** From its first piece to its last, without a final semicolon; `tokens` count from its beginning. */
  readonly sql: string;
  readonly tokens: readonly Token[];
  /** `select`, `insert` …: the verb that does the work, behind WITH and parentheses. */
  readonly verb: string;
  /** Functions that the text calls, in lower case, `schema.name` where it says so. */
  readonly calls: readonly string[];
}

export type StatementReading =
  | { readonly kind: 'read'; readonly statement: ReadStatement }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

const refused = (code: Refusal['code'], reason: string): StatementReading => ({
  kind: 'refused',
  refusal: { code, reason },
});

const explainable = new Set(['select', 'table', 'values', 'insert', 'replace', 'update', 'delete']);

/**
 * Reads a statement for EXPLAIN. Refuses what is not whole (cut, with placeholders), what is more than one statement, and
 * executable comments, for what they hold depends on the server that reads them.
 * @param options.truncated true: the source gave only the beginning
 */
export function readStatement(
  sql: string,
  options: { readonly truncated?: boolean; readonly quotes?: QuoteRules } = {},
): StatementReading {
  const all = tokensOf(sql, options.quotes ?? usualQuotes);
  const tokens = isSymbol(all.at(-1), ';') ? all.slice(0, -1) : all;
  if (options.truncated === true) return refused('cut', 'The source kept only the beginning of this statement');
  if (tokens.length === 0) return refused('empty', 'There is no statement');
  if (tokens.some((token) => token.kind === 'unfinished')) {
    return refused('cut', 'The statement ends inside a string, a name or a comment: its source cut it');
  }
  if (/\.\.\.\s*$/.test(sql)) return refused('cut', 'The statement ends in "...": its source cut it');
  if (tokens.some((token) => token.kind === 'placeholder')) {
    return refused(
      'has-placeholders',
      'The statement holds places (? or :name) and not values: take a sample that ran',
    );
  }
  if (tokens.some((token) => isSymbol(token, ';')))
    return refused('several-statements', 'This is more than one statement');
  if (tokens.some((token) => token.kind === 'executable-comment')) {
    return refused(
      'executable-comment',
      'An executable comment (/*! … */) is read by some servers and not by others: write it out',
    );
  }
  const depths = depthsOf(tokens);
  const left = (depths.at(-1) ?? 0) + (isSymbol(tokens.at(-1), '(') ? 1 : 0);
  if (left !== 0 || depths.some((one) => one < 0)) {
    return refused('cut', 'Parentheses do not close: the statement was cut');
  }
  const verb = verbOf(tokens, depths);
  if (!explainable.has(verb)) {
    return refused(
      'not-explainable',
      `Servers explain SELECT, INSERT, REPLACE, UPDATE and DELETE, not ${verb.toUpperCase() || 'this'}`,
    );
  }
  // Without what stands before the first piece and behind the last: a comment there could swallow what is put beside it.
  const base = tokens[0]?.start ?? 0;
  const text = sql.slice(base, tokens.at(-1)?.end);
  const moved = tokens.map((token) => ({ ...token, start: token.start - base, end: token.end - base }));
  return { kind: 'read', statement: { sql: text, tokens: moved, verb, calls: callsOf(tokens) } };
}

function verbOf(tokens: readonly Token[], depths: readonly number[]): string {
  const first = tokens.findIndex((token) => !isSymbol(token, '('));
  if (wordOf(tokens[first]) !== 'with') return wordOf(tokens[first]);
  // Behind WITH the first of these words outside of the parentheses of a common table expression.
  const depth = depths[first] ?? 0;
  return wordOf(
    tokens.find(
      (token, at) =>
        at > first && (depths[at] ?? 0) <= depth && explainable.has(wordOf(token)) && !isSymbol(tokens[at + 1], ','),
    ),
  );
}

function callsOf(tokens: readonly Token[]): readonly string[] {
  const calls = new Set<string>();
  tokens.forEach((token, at) => {
    const name = nameOf(token);
    if (name === null || !isSymbol(tokens[at + 1], '(')) return;
    const schema = isSymbol(tokens[at - 1], '.') ? nameOf(tokens[at - 2]) : null;
    calls.add((schema === null ? name : `${schema}.${name}`).toLowerCase());
  });
  return [...calls];
}

/** Functions of the servers that do something beside returning a value, or only wait. */
const effects = new Set(
  `get_lock release_lock release_all_locks sleep benchmark load_file master_pos_wait source_pos_wait master_gtid_wait
   wait_for_executed_gtid_set wait_until_sql_thread_after_gtids nextval setval lastval last_insert_id`.split(/\s+/),
);

/**
 * The first of three fences before a statement runs: our own reading finds nothing that writes, locks, stores or waits. The
 * second asks the server for the functions it calls; the third is a READ ONLY transaction, which the server itself guards.
 * Returns null when nothing was found.
 */
export function refuseUnlessReadOnly(statement: ReadStatement): Refusal | null {
  const { tokens, verb } = statement;
  if (verb !== 'select' && verb !== 'table' && verb !== 'values') {
    return { code: 'writes', reason: `${verb.toUpperCase()} writes: it is explained, never run` };
  }
  for (const [at, token] of tokens.entries()) {
    const word = wordOf(token);
    const next = wordOf(tokens[at + 1]);
    if (word === 'into') return { code: 'into', reason: 'SELECT … INTO stores its rows in a file or in variables' };
    if (word === 'for' && (next === 'update' || next === 'share')) {
      return { code: 'locks-rows', reason: `FOR ${next.toUpperCase()} locks rows that others need` };
    }
    if (word === 'lock' && next === 'in')
      return { code: 'locks-rows', reason: 'LOCK IN SHARE MODE locks rows that others need' };
    if (isSymbol(token, ':=')) {
      return { code: 'side-effect', reason: 'It sets a variable (:=): a second run starts from another value' };
    }
    if (word === 'next' && next === 'value')
      return { code: 'side-effect', reason: 'NEXT VALUE FOR takes a number from a sequence' };
    if (word === 'procedure') return { code: 'side-effect', reason: 'PROCEDURE runs a procedure on the rows' };
  }
  const effect = statement.calls.find((call) => effects.has(call.slice(call.lastIndexOf('.') + 1)));
  return effect === undefined
    ? null
    : { code: 'side-effect', reason: `${effect.toUpperCase()}() waits, locks, reads a file or changes state` };
}
