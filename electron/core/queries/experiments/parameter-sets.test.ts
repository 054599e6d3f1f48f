import { expect, it } from 'vitest';
import type { StatementSample } from '@shared/model/query-capture';
import { parameterSetsOf } from './parameter-sets';

const sample = (sql: string, truncated = false): StatementSample => ({
  reason: 'p95',
  sql,
  truncated,
  schema: 'app',
  atMs: null,
  seconds: 1,
  rowsExamined: null,
  plan: null,
  atByte: null,
});

const template = "SELECT id FROM t WHERE status = 'new' AND total > -5 LIMIT 10";

it('literals that are written alike stand for each other', () => {
  const samples = [sample("SELECT id FROM t WHERE status = 'it''s' AND total > 7 LIMIT 10"), sample(template)];
  const outcome = parameterSetsOf(samples, template, "SELECT id FROM t WHERE total > -5 AND status = 'new' LIMIT 10");
  expect(outcome).toMatchObject({
    kind: 'sets',
    sets: [
      { original: template, rewrite: "SELECT id FROM t WHERE total > -5 AND status = 'new' LIMIT 10" },
      { rewrite: "SELECT id FROM t WHERE total > 7 AND status = 'it''s' LIMIT 10" },
    ],
    unused: [],
  });
});

it('places by position leave every other literal as it is', () => {
  const samples = [sample("SELECT id FROM t WHERE status = 'old' AND total > 10 LIMIT 10")];
  const outcome = parameterSetsOf(samples, template, 'SELECT id FROM t WHERE status = :p1 AND total > :p2 LIMIT 10');
  expect(outcome.kind === 'sets' && outcome.sets.map((one) => one.rewrite)).toEqual([
    "SELECT id FROM t WHERE status = 'new' AND total > -5 LIMIT 10",
    "SELECT id FROM t WHERE status = 'old' AND total > 10 LIMIT 10",
  ]);
});

it('a guess is refused, and the places are asked for', () => {
  const alike = 'SELECT id FROM t WHERE a = 1 AND b = 1';
  const samples = [sample('SELECT id FROM t WHERE a = 1 AND b = 2')];
  expect(parameterSetsOf(samples, alike, 'SELECT id FROM t WHERE b = 1 AND a = 1')).toMatchObject({ kind: 'refused' });
  expect(parameterSetsOf(samples, 'SELECT id FROM t WHERE a = 1 AND b = 2', 'SELECT 1 FROM t')).toMatchObject({
    kind: 'sets',
  });
  const more = parameterSetsOf(
    [sample('SELECT id FROM t WHERE a = 3')],
    'SELECT id FROM t WHERE a = 1',
    'SELECT id FROM t WHERE a = 1 AND EXISTS (SELECT 1)',
  );
  expect(more).toMatchObject({ kind: 'refused' });
  expect(parameterSetsOf([], template, 'SELECT :p4')).toMatchObject({ kind: 'refused' });
});

it('samples that are cut, or have another shape, are left out and named', () => {
  const list = 'SELECT id FROM t WHERE a IN (1, 2)';
  const outcome = parameterSetsOf(
    [
      sample('SELECT id FROM t WHERE a IN (1, 2, 3)'),
      sample('SELECT id FROM t WHERE a IN (1', true),
      sample('select ID from t where a in (4,5)'),
    ],
    list,
    'SELECT id FROM t WHERE a = :p1 UNION ALL SELECT id FROM t WHERE a = :p2',
  );
  expect(outcome).toMatchObject({
    kind: 'sets',
    sets: [{}, { rewrite: 'SELECT id FROM t WHERE a = 4 UNION ALL SELECT id FROM t WHERE a = 5' }],
  });
  expect(outcome.kind === 'sets' && outcome.unused).toHaveLength(2);
});
