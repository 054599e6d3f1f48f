import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { classIdOf } from '@shared/sql/class-id';
import { fingerprint } from '@shared/sql/fingerprint';
import { openTemporaryLab } from '../../../../e2e/fleet';
import { generateCorpus } from './corpus';
import { findSplits, withoutDifferences, type Compared } from './digest-comparison';
import { differences } from './digest-differences';

const lab = openTemporaryLab();
afterAll(() => lab.close());

interface Asked extends Compared {
  readonly madeOf: number;
  readonly digest: string;
}

const askedAtOnce = 500;
const askSql = `SELECT STATEMENT_DIGEST_TEXT(j.s) AS text, STATEMENT_DIGEST(j.s) AS digest
  FROM JSON_TABLE(?, '$[*]' COLUMNS (n FOR ORDINALITY, s LONGTEXT PATH '$')) AS j ORDER BY j.n`;

const compared: Asked[] = [];

beforeAll(async () => {
  const fleet = await lab.up('shards:1');
  const { host, port } = fleet.primary;
  const connection = await createConnection({ host, port, user: 'admin', password: 'admin', database: 'app' });
  const corpus = [...generateCorpus({ seed: 2026, statements: 24_000, variants: 6 })];
  for (let at = 0; at < corpus.length; at += askedAtOnce) {
    const part = corpus.slice(at, at + askedAtOnce);
    const [rows] = await connection.query<RowDataPacket[]>(askSql, [JSON.stringify(part.map(({ sql }) => sql))]);
    rows.forEach((row, index) => {
      const { sql, madeOf } = part[index] as (typeof part)[number];
      compared.push({
        sql,
        madeOf,
        ours: fingerprint(sql),
        server: String(row['text']),
        digest: String(row['digest']),
      });
    });
  }
  await connection.end();
});

describe('fingerprint and the digest of MySQL 9.7', () => {
  it('has a corpus that is worth it', () => {
    expect(compared.length).toBeGreaterThanOrEqual(20_000);
    expect(new Set(compared.map(({ madeOf }) => madeOf)).size).toBeGreaterThanOrEqual(400);
    // max_digest_length: what is cut would make classes equal that are not.
    expect(compared.filter(({ server }) => server.endsWith('...') && !/\?, \.\.\.$/.test(server))).toEqual([]);
    expect(new Set(compared.map(({ digest }) => digest)).size).toBe(new Set(compared.map(({ server }) => server)).size);
  });

  it('puts two statements into one class exactly when the server does, but for the differences that are named', () => {
    expect(findSplits(compared, differences)).toEqual([]);
  });

  it.each(differences.map((rule) => [rule.name, rule] as const))('still differs in: %s', (_name, rule) => {
    const torn = findSplits(
      compared,
      differences.filter((one) => one !== rule),
    ).length;
    expect(torn).toBeGreaterThan(0);
    expect(torn).toBeLessThanOrEqual(rule.atMost);
  });

  it('does not owe that to differences which make too much equal', () => {
    expect(
      new Set(compared.map(({ server }) => withoutDifferences(server, 'server', differences))).size,
    ).toBeGreaterThan(500);
  });

  it('gives every class an id of its own', () => {
    const classes = new Set(compared.map(({ ours }) => ours));
    expect(new Set([...classes].map(classIdOf)).size).toBe(classes.size);
  });
});
