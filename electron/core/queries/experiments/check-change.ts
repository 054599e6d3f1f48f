import { MidwatchError } from '@shared/errors';
import type { Change, ChangeCheck, ChangeDecision } from '@shared/model/query-experiment';
import type { MysqlSession } from '../../ports/mysql-session';
import { numberOf } from '../../dialect/rows';
import { readTable, type TableFacts } from '../advice/read-table';
import { serverRefusal } from '../plans/explain-statement';
import { errnoOf, quotedName } from '../plans/read-only-session';
import { keepOutOfLog } from './keep-out-of-log';

const limit = { timeoutMs: 10_000 };

/**
 * Asks a server what it can say of a change without carrying it out. An index is also added to an empty private copy of the
 * table (a temporary one, which no other session sees and no log holds), which shows that its key is not too long and its
 * words are right; whether it is built online is only known on the table itself.
 */
export async function checkChange(session: MysqlSession, change: Change, decision: ChangeDecision): Promise<Change> {
  const facts = await readTable(session, decision.schema, decision.table);
  if (!facts) {
    const evidence = `${decision.schema}.${decision.table} is no table that this account sees`;
    return { ...change, checks: [{ code: 'table', status: 'fail', evidence }] };
  }
  const checks: ChangeCheck[] = [
    { code: 'table', status: 'pass', evidence: `${facts.table}: about ${facts.rows ?? '?'} rows` },
    engineCheck(facts),
  ];
  if (decision.kind === 'add-index')
    checks.push(...addChecks(facts, decision), await syntaxCheck(session, facts, decision));
  if (decision.kind === 'drop-index') checks.push(...(await dropChecks(session, facts, decision.index)));
  return { ...change, checks };
}

const engineCheck = (facts: TableFacts): ChangeCheck =>
  facts.engine === 'InnoDB'
    ? { code: 'engine', status: 'pass', evidence: 'InnoDB builds and drops indexes online' }
    : {
        code: 'engine',
        status: 'fail',
        evidence: `${facts.engine} does not build indexes online: the table would be locked`,
      };

function addChecks(
  facts: TableFacts,
  decision: Extract<ChangeDecision, { kind: 'add-index' }>,
): readonly ChangeCheck[] {
  const names = decision.columns.map((one) => one.name);
  const missing = names.filter((name) => !facts.columns.some((one) => one.name === name));
  const taken = facts.indexes.some((one) => one.name.toLowerCase() === decision.index.toLowerCase());
  const same = facts.indexes.find((one) => !one.hasPrefix && names.every((name, at) => one.columns[at] === name));
  return [
    {
      code: 'columns',
      status: missing.length === 0 ? 'pass' : 'fail',
      evidence: missing.length === 0 ? `${names.join(', ')} are there` : `${missing.join(', ')} are not there`,
    },
    {
      code: 'name-free',
      status: taken ? 'fail' : 'pass',
      evidence: taken ? `There is an index ${decision.index} already` : `${decision.index} is free`,
    },
    {
      code: 'not-redundant',
      status: same ? 'fail' : 'pass',
      evidence: same ? `${same.name} begins with the same columns` : 'No index begins with these columns',
    },
  ];
}

async function syntaxCheck(
  session: MysqlSession,
  facts: TableFacts,
  decision: Extract<ChangeDecision, { kind: 'add-index' }>,
): Promise<ChangeCheck> {
  const copy = `${quotedName(facts.schema)}.${quotedName('midwatch_try_syntax')}`;
  const parts = decision.columns.map((one) => `${quotedName(one.name)}${one.descending ? ' DESC' : ''}`).join(', ');
  const run = (sql: string): Promise<unknown> => session.query(sql, limit);
  const logged = await keepOutOfLog(session, 'temporary-tables');
  if (logged) return { code: 'syntax', status: 'unknown', evidence: logged.reason };
  try {
    await run(`CREATE TEMPORARY TABLE ${copy} LIKE ${quotedName(facts.schema)}.${quotedName(facts.table)}`);
  } catch (error) {
    if (errnoOf(error) === null || !(error instanceof MidwatchError)) throw error;
    return {
      code: 'syntax',
      status: 'unknown',
      evidence: `No private copy to try it on: ${serverRefusal(error).reason}`,
    };
  }
  try {
    await run(`ALTER TABLE ${copy} ADD INDEX ${quotedName(decision.index)} (${parts})`);
    return { code: 'syntax', status: 'pass', evidence: 'The server added it to an empty private copy of the table' };
  } catch (error) {
    if (errnoOf(error) === null || !(error instanceof MidwatchError)) throw error;
    return { code: 'syntax', status: 'fail', evidence: serverRefusal(error).reason };
  } finally {
    if (!session.closed) await run(`DROP TEMPORARY TABLE ${copy}`);
  }
}

async function dropChecks(session: MysqlSession, facts: TableFacts, name: string): Promise<readonly ChangeCheck[]> {
  const index = facts.indexes.find((one) => one.name === name);
  if (!index) return [{ code: 'index', status: 'fail', evidence: `There is no index ${name}` }];
  const first = index.columns[0] ?? '';
  const [row] = await session.query(
    `SELECT COUNT(*) AS n FROM information_schema.key_column_usage
     WHERE ordinal_position = 1 AND referenced_table_name IS NOT NULL
       AND ((table_schema = ? AND table_name = ? AND column_name = ?)
         OR (referenced_table_schema = ? AND referenced_table_name = ? AND referenced_column_name = ?))`,
    { ...limit, values: [facts.schema, facts.table, first, facts.schema, facts.table, first] },
  );
  const needed = (numberOf(row, 'n') ?? 0) > 0;
  return [
    {
      code: 'index',
      status: index.unique ? 'fail' : 'pass',
      evidence: index.unique
        ? `${name} is unique: it keeps duplicates out, whoever reads by it`
        : `${name} is there and not unique`,
    },
    {
      code: 'foreign-key',
      status: needed ? 'unknown' : 'pass',
      evidence: needed
        ? `A foreign key begins with ${first}: the server refuses unless another index serves it`
        : `No foreign key begins with ${first}`,
    },
  ];
}
