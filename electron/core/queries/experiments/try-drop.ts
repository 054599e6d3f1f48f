import type { IndexTrialOutcome } from '@shared/model/query-experiment';
import type { MysqlSession } from '../../ports/mysql-session';
import { readTable } from '../advice/read-table';
import { readStatement } from '../plans/guard-statement';
import { comparePlans } from '../plans/plan-structure';
import { quotedName, readQuoteRules } from '../plans/read-only-session';
import { wordOf, type Token } from '../plans/statement-tokens';
import { outcomeOf, planInTrial, trialRefused, type TrialRequest, type TrialServer } from './trial-server';

export type DropRequest = Omit<TrialRequest, 'columns'> & { readonly index: string };

/**
 * What the statement would do without an index, on MySQL exactly and for nothing: the hint NO_INDEX leaves it out for this
 * one statement. MariaDB 10.11 has no such hint: IGNORED is for every session of the server, so it is a change and no trial.
 * There IGNORE INDEX, written by a person into the statement, does the same: try it as a rewrite.
 */
export async function tryDrop(
  server: TrialServer,
  request: DropRequest,
  signal: AbortSignal,
): Promise<IndexTrialOutcome> {
  if (server.dialect === 'mariadb') {
    return trialRefused(
      'not-supported',
      'MariaDB has no hint that leaves an index out. IGNORED works for all sessions of the server: it is a change. Write IGNORE INDEX into the statement and try that as a rewrite',
    );
  }
  return outcomeOf(async () => {
    const session = await server.open(signal);
    try {
      return await withoutIndex(session, server, request, signal);
    } finally {
      await session.close();
    }
  });
}

async function withoutIndex(
  session: MysqlSession,
  server: TrialServer,
  request: DropRequest,
  signal: AbortSignal,
): Promise<IndexTrialOutcome> {
  const { schema, table } = request.table;
  const facts = await readTable(session, schema, table);
  if (!facts) return trialRefused('no-such-table', `${schema}.${table} is no table that this account sees`);
  const index = facts.indexes.find((one) => one.name === request.index);
  if (!index) return trialRefused('no-such-index', `${table} has no index ${request.index}`);
  if (index.name === 'PRIMARY')
    return trialRefused('not-supported', 'The primary key holds the rows: it cannot be left out');
  const explain = (sql: string) => planInTrial(session, server, { ...request, sql }, signal);
  const before = await explain(request.sql);
  const aliases = before.nodes
    .filter((node) => node.table !== null && (node.schema === null || (node.schema === schema && node.table === table)))
    .flatMap((node) => (node.alias === null ? [] : [node.alias]));
  const reading = readStatement(request.sql, { quotes: await readQuoteRules(session) });
  if (reading.kind === 'refused') return trialRefused('statement', reading.refusal.reason);
  const { sql, tokens } = reading.statement;
  const hinted = withHint(sql, tokens, noIndexHints([...new Set(aliases)], index.name, tokens));
  if (hinted === null)
    return trialRefused('not-supported', 'The statement has no SELECT, UPDATE or DELETE that could carry a hint');
  const after = await explain(hinted);
  return {
    kind: 'tried',
    trial: {
      method: 'hint',
      estimate: false,
      index: index.name,
      before,
      after,
      comparison: comparePlans(before, after),
      used:
        before.nodes.some((node) => node.index === index.name) &&
        !after.nodes.some((node) => node.index === index.name),
      copied: null,
      buildMs: null,
      sizeBytes: null,
      removed: null,
      notes: index.unique ? [`${index.name} is unique: it also keeps duplicates out`] : [],
    },
  };
}

/** One hint for each alias in each query block: which block holds it is not known here, and a hint that fits nowhere is ignored. */
function noIndexHints(aliases: readonly string[], index: string, tokens: readonly Token[]): string {
  const blocks = Math.max(1, tokens.filter((token) => ['select', 'values', 'table'].includes(wordOf(token))).length);
  const hints: string[] = [];
  for (let block = 1; block <= blocks; block += 1) {
    for (const alias of aliases) {
      hints.push(`NO_INDEX(${quotedName(alias)}@${quotedName(`select#${block}`)} ${quotedName(index)})`);
    }
  }
  return hints.join(' ');
}

/** The hint behind the first verb that can carry one, inside the hint that stands there already. */
function withHint(sql: string, tokens: readonly Token[], hint: string): string | null {
  const at = tokens.findIndex((token) => ['select', 'update', 'delete', 'insert', 'replace'].includes(wordOf(token)));
  const verb = tokens[at];
  if (!verb) return null;
  const next = tokens[at + 1];
  if (next?.kind === 'hint') return `${sql.slice(0, next.end - 2)} ${hint} */${sql.slice(next.end)}`;
  return `${sql.slice(0, verb.end)} /*+ ${hint} */${sql.slice(verb.end)}`;
}
