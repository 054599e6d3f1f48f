import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprint } from '@shared/sql/fingerprint';
import { openTemporaryLab } from '../../../../e2e/fleet';
import { generateCorpus } from './corpus';
import { findSplits, type Compared } from './digest-comparison';
import { differences, mariadbDifferences } from './digest-differences';

const lab = openTemporaryLab();
afterAll(() => lab.close());

/** MariaDB has no STATEMENT_DIGEST_TEXT: statements run, on tables that are not there, and the history is read. */
const askedAtOnce = 100;
const historySql = `SELECT SQL_TEXT AS text, DIGEST_TEXT AS digest FROM performance_schema.events_statements_history_long
  WHERE THREAD_ID = (SELECT THREAD_ID FROM performance_schema.threads WHERE PROCESSLIST_ID = CONNECTION_ID())
  ORDER BY EVENT_ID`;
const readsOrWrites = /^(?:select|insert|replace|update|delete|with|\()/i;
const parseError = 1064;

const compared: Compared[] = [];
let unreadable = 0;

async function ask(connection: Connection, statements: readonly string[]): Promise<void> {
  await connection.query('TRUNCATE performance_schema.events_statements_history_long');
  const asked = new Set<string>();
  for (const sql of statements) {
    const code = await connection.query(sql).then(
      () => 0,
      (error: { errno?: number }) => error.errno ?? 0,
    );
    if (code === parseError) unreadable += 1;
    else asked.add(sql);
  }
  const [rows] = await connection.query<RowDataPacket[]>(historySql);
  for (const row of rows) {
    const sql = String(row['text']);
    if (asked.has(sql)) compared.push({ sql, ours: fingerprint(sql), server: String(row['digest']).trimEnd() });
  }
}

beforeAll(async () => {
  const fleet = await lab.up('shop');
  const { host, port } = fleet.primary;
  const connection = await createConnection({ host, port, user: 'admin', password: 'admin', charset: 'utf8mb4' });
  await connection.query('CREATE DATABASE IF NOT EXISTS nothing_here');
  await connection.query('USE nothing_here');
  await connection.query(
    "UPDATE performance_schema.setup_consumers SET ENABLED = 'YES' WHERE NAME LIKE 'events_statements%'",
  );
  const corpus = [...generateCorpus({ seed: 2026, statements: 6_000, variants: 6 })]
    .map(({ sql }) => sql)
    .filter((sql) => readsOrWrites.test(sql));
  for (let at = 0; at < corpus.length; at += askedAtOnce) await ask(connection, corpus.slice(at, at + askedAtOnce));
  await connection.end();
});

describe('fingerprint and the digest of MariaDB 10.11', () => {
  it('puts two statements into one class exactly when the server does, but for the differences that are named', () => {
    expect(compared.length).toBeGreaterThan(4000);
    expect(unreadable).toBeLessThan(400); // what only MySQL reads
    expect(findSplits(compared, [...mariadbDifferences, ...differences])).toEqual([]);
  });

  it.each(mariadbDifferences.map((rule) => [rule.name, rule] as const))('still differs in: %s', (_name, rule) => {
    const others = mariadbDifferences.filter((one) => one !== rule);
    const torn = findSplits(compared, [...others, ...differences]).length;
    expect(torn).toBeGreaterThan(0);
    expect(torn).toBeLessThanOrEqual(rule.atMost);
  });
});
