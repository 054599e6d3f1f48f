import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { commentTagsOf } from './comment-tags';
import { fingerprint } from './fingerprint';
import { ptFingerprint } from './pt-fingerprint';
import { redact } from './redact';
import { tablesOf } from './tables';
import { verbOf } from './verb';

const marker = 'zqx';

/** Every literal holds the marker; `…` stands for what a literal is made of. */
const statements = [
  "SELECT a, `b` FROM `t` WHERE c = '…' AND d IN ('…', \"…\") ORDER BY e ASC LIMIT 5",
  "INSERT INTO t (a, b) VALUES (1, '…'), (2, '…') ON DUPLICATE KEY UPDATE b = VALUES(b), c = '…'",
  "UPDATE t SET a = _utf8mb4'…', b = N'…' WHERE c LIKE '%…%' ESCAPE '!' -- c\n AND d = 1",
  "SELECT /*+ SET_VAR(x = '…') */ /* c */ a->>'$.…' FROM t WHERE b = \"…\" UNION ALL SELECT '…' # c",
  'CALL p(\'…\', 1, "…")',
  "/*!80000 SELECT */ '…' AS x, @v := '…' FROM t JOIN u ON t.a = u.`b` WHERE x = '…' GROUP BY 1",
];
const contents = [
  marker,
  ` ${marker} `,
  `${marker}\\'${marker}`,
  `${marker}''${marker}`,
  `it\\'s ${marker}`,
  `${marker}\\\\`,
  `, ${marker}, `,
];
const filled = statements.flatMap((sql) => contents.map((content) => sql.replaceAll('…', content)));

function expectNoLeak(sql: string): void {
  for (const made of [fingerprint(sql), redact(sql)]) {
    if (made.toLowerCase().includes(marker))
      throw new Error(`leaks: ${JSON.stringify(sql)}\ngives ${JSON.stringify(made)}`);
  }
}

function expectSane(sql: string): void {
  const once = fingerprint(sql);
  if (fingerprint(once) !== once) {
    throw new Error(
      `${JSON.stringify(sql)}\ngives ${JSON.stringify(once)}\nand then ${JSON.stringify(fingerprint(once))}`,
    );
  }
  redact(sql);
  tablesOf(sql);
  verbOf(sql);
  commentTagsOf(sql);
  ptFingerprint(sql);
}

describe('no literal leaks', () => {
  it('of comments', () => {
    for (const sql of [
      'select a /* zqx */ from t',
      'select a -- zqx',
      'select 1 # zqx\nfrom t',
      '/* zqx',
      'select b /*+ zqx',
    ]) {
      for (let at = 0; at <= sql.length; at += 1) expectNoLeak(sql.slice(0, at));
    }
  });

  it('of a whole statement', () => {
    for (const sql of filled) expectNoLeak(sql);
  });

  it('of a statement that was cut at any place', () => {
    for (const sql of filled) for (let at = 0; at < sql.length; at += 1) expectNoLeak(sql.slice(0, at));
  });

  it('of a statement with one character gone, doubled, or put in', () => {
    const strays = ["'", '"', '`', '\\', '/*', '*/', '-- ', '#', '\n', '$', '(', ';', '\u0000', 'é', '/*!', '/*+', '@'];
    for (const sql of filled) {
      for (let at = 0; at < sql.length; at += 1) {
        expectNoLeak(sql.slice(0, at) + sql.slice(at + 1));
        expectNoLeak(sql.slice(0, at + 1) + sql.slice(at));
        for (const stray of strays) expectNoLeak(sql.slice(0, at) + stray + sql.slice(at));
      }
    }
  });

  it('under NO_BACKSLASH_ESCAPES', () => {
    for (const content of [`C:\\${marker}\\`, `${marker}\\`, '\\', `\\${marker} \\`]) {
      for (const sql of statements) expectNoLeak(sql.replaceAll('…', content));
    }
  });
});

const pieces = fc.constantFrom(
  ..."'|\"|`|\\|/*|*/|/*!80000 |/*+ |-- |#|\n| | | |a|1|.|$|$$|@|@@|?|?+|+|-|->>|(|)|,|, |;|select |insert |values|values |row|in |union |union all |null |is |not |é|\u0000|''|0x|e5|_utf8|_utf8 |N|asc|limit |offset |use |*|/|:=|...|true|set |5a|from |`a`".split(
    '|',
  ),
);

describe('whatever the text is', () => {
  it('throws nothing, and a fingerprint is its own fingerprint', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 25 }), (parts) => expectSane(parts.join(''))),
      { seed: 2, numRuns: 20_000 },
    );
  });

  it('also bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => expectSane(Buffer.from(bytes).toString('latin1'))),
      { seed: 3, numRuns: 2000 },
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), expectSane), { seed: 4, numRuns: 2000 });
  });
});

describe('time is linear', () => {
  const original = Object.getOwnPropertyDescriptor(String.prototype, 'charCodeAt') as PropertyDescriptor;
  afterEach(() => Object.defineProperty(String.prototype, 'charCodeAt', original));

  /** Characters looked at. */
  function countSteps(work: () => void): number {
    let steps = 0;
    const charCodeAt = original.value as (this: string, at: number) => number;
    Object.defineProperty(String.prototype, 'charCodeAt', {
      ...original,
      value: function (this: string, at: number): number {
        steps += 1;
        return charCodeAt.call(this, at);
      },
    });
    work();
    Object.defineProperty(String.prototype, 'charCodeAt', original);
    return steps;
  }

  it.each([
    ["'", "'"],
    ['', "\\'"],
    ["'", "\\'"],
    ['', '`'],
    ['', '/*'],
    ['', '/*!1 '],
    ['select ', '/*+ a '],
    ['', '$a$b'],
    ['', '('],
    ['values ', '(1,a),'],
    ['values ', '(values (a),'],
    ['select 1', ' union select a'],
    ['', '(select 1 union '],
    ['', '-- '],
    ['', '1e'],
    ['', '@'],
    ['in (', '1,'],
    ['', '- '],
    ['', '"\''],
  ])('%j and then %j many times', (head, part) => {
    const length = 200_000;
    const sql = head + part.repeat(length / part.length);
    expect(countSteps(() => fingerprint(sql))).toBeLessThan(20 * sql.length);
  });

  it('reads a string of 5 MB without an end as one literal', () => {
    const sql = `select '${'x'.repeat(5_000_000)}`;
    expect(fingerprint(sql)).toBe('select ?');
    expect(countSteps(() => fingerprint(sql))).toBeLessThan(3 * sql.length);
  });
});
