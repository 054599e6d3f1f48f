import { describe, expect, it } from 'vitest';
import type { QueryPlan } from '@shared/model/query-plan';
import type { ReviewItem } from '@shared/model/query-review';
import { sampleCapture, sampleClass, sampleReview } from '../../testing/sample-capture';
import { untouched } from '../review/review-acts';
import { exportText, forExport, type ReviewTextFormat } from './export-review';

const id = '00000000000000aa';
/** Stands in every place that may hold a value of a statement. */
const secret = 'S3CR3T-4929';

const plan: QueryPlan = {
  dialect: 'mysql',
  version: '9.7.4',
  takenAtMs: 1,
  format: 'json-v2',
  nodes: [
    {
      id: 0,
      parentId: null,
      depth: 0,
      kind: 'filter',
      operation: 'Filter',
      schema: 'app',
      table: 'card',
      alias: null,
      access: null,
      index: null,
      indexColumns: [],
      covering: null,
      condition: `(card.number = '${secret}')`,
      sortKeys: [`(number = '${secret}') DESC`],
      usedColumns: ['number'],
      estimatedRows: 1,
      estimatedFilteredPercent: 10,
      estimatedCost: 1,
      actualRows: 1,
      actualFilteredPercent: null,
      loops: 1,
      firstRowMs: 1,
      lastRowMs: 1,
      ownMs: 1,
      pages: null,
      offBy: 1,
      dependent: false,
    },
  ],
  analyzed: true,
  worstNodeId: 0,
  structure: 'abcd',
  raw: `{"condition":"${secret}"}`,
  tree: `-> Filter: '${secret}'`,
  notes: [{ code: 1292, text: `Truncated incorrect DOUBLE value: '${secret}'` }],
};

const item: ReviewItem = {
  ...untouched(id),
  state: 'decided',
  decision: {
    kind: 'rewrite',
    change: `SELECT 1 FROM card WHERE number = '${secret}'`,
    undo: '',
    reason: 'Equal on 12 of 12 parameter sets',
    ticket: '',
    by: 'dba',
    atMs: 1,
    prediction: null,
    replacedBy: null,
  },
  planAtCapture: plan,
  planNow: plan,
  indexExperiments: [
    {
      atMs: 1,
      by: 'dba',
      instance: 'db-2',
      change: {
        dialect: 'mysql',
        statements: ['ALTER TABLE `app`.`card` ADD INDEX `idx_number` (`number`)'],
        undo: [],
        undoSentence: '',
        replication: '',
        locking: '',
        checks: [],
      },
      trial: {
        method: 'copy',
        estimate: true,
        index: 'midwatch_try_1',
        before: plan,
        after: plan,
        comparison: { kind: 'changed', lines: [{ side: 'then', depth: 0, text: `Filter number = '${secret}'` }] },
        used: true,
        copied: null,
        buildMs: null,
        sizeBytes: null,
        removed: null,
        notes: [],
      },
    },
  ],
  rewriteExperiments: [
    {
      atMs: 1,
      by: 'dba',
      instance: 'db-2',
      rewrite: `SELECT 1 FROM card WHERE number IN ('${secret}', :p1)`,
      fingerprint: 'select ? from card where number in (?+)',
      classId: id,
      result: {
        dialect: 'mysql',
        version: '9.7.4',
        takenAtMs: 1,
        sets: [
          {
            label: 'slowest',
            verdict: {
              kind: 'differs',
              difference: {
                kind: 'rows',
                sentence: `Row 1 is '${secret}' in the original`,
                atRow: 0,
                original: [secret],
                rewrite: [`${secret}-2`],
              },
              notes: [`Float ${secret}`],
            },
          },
          { label: 'median', verdict: { kind: 'undecided', reason: `Duplicate entry '${secret}'`, notes: [secret] } },
          {
            label: 'p95',
            verdict: { kind: 'equal', rows: 1, comparedAs: 'ordered', otherNames: false, notes: [secret] },
          },
        ],
        equal: 0,
        differs: 1,
        undecided: 0,
        sentence: 'differs on 1 of 1 parameter sets',
        measured: null,
        notes: [`Sample left out: near '${secret}'`],
      },
    },
  ],
};

const capture = sampleCapture([
  sampleClass(id, [1, 2, 3], {
    fingerprint: 'select ? from card where number = ?',
    samples: [
      {
        reason: 'slowest',
        sql: `SELECT 1 /* mail ${secret} */ FROM card WHERE number = '${secret}'`,
        truncated: false,
        schema: 'app',
        atMs: 1,
        seconds: 3,
        rowsExamined: 1,
        plan: `1\tSIMPLE\tcard\tref\t${secret}`,
        atByte: 1_024,
      },
    ],
  }),
]);
const review = sampleReview({ items: { [id]: item } });
const making = { atMs: 1, version: '0.0.0' };
const formats: readonly ReviewTextFormat[] = ['html', 'markdown', 'json', 'pt-tables'];

describe('what leaves this computer', () => {
  it.each(formats)('as %s holds no value of a statement, from no place', (format) => {
    const out = forExport(review, capture, false);
    const text = exportText(out.review, out.capture, format, making);
    expect(text).not.toContain(secret);
    expect(text).toContain('number');
  });

  it('as a review file neither: the whole of it', () => {
    expect(JSON.stringify(forExport(review, capture, false))).not.toContain(secret);
  });

  it('keeps what is no value: DDL, operations, figures', () => {
    const text = JSON.stringify(forExport(review, capture, false));
    for (const kept of ['ADD INDEX `idx_number`', 'Filter', 'differs on 1 of 1 parameter sets', 'Equal on 12 of 12'])
      expect(text).toContain(kept);
  });

  it('holds them when a person asked for them', () => {
    const out = forExport(review, capture, true);
    expect(exportText(out.review, out.capture, 'json', making)).toContain(secret);
  });

  it.each(['html', 'markdown'] as const)('as %s says where in its log a sample stands', (format) => {
    const [one] = capture.classes;
    const sample = one?.samples[0];
    if (one === undefined || sample === undefined) throw new Error('no sample');
    const found = { ...one, samples: [{ ...sample, atMs: 0, atByte: 1_234_567 }] };
    const text = exportText(review, { ...capture, classes: [found] }, format, making);
    expect(text).toMatch(/Sample: [\w-]+( \w+)?, .*, 1970-01-01 00:00:00 UTC, at byte 1,234,567 of its log/);
  });

  it('says in the page which of the two it is', () => {
    const page = (literals: boolean): string => {
      const out = forExport(review, capture, literals);
      return exportText(out.review, out.capture, 'html', making);
    };
    expect(page(false)).toContain('without the values of statements');
    expect(page(true)).toContain('with the values of statements');
  });
});

describe('the page', () => {
  it('lets no text of a server or a person become markup', () => {
    const evil = '</code><script>alert(1)</script>';
    const hostile = sampleReview({
      title: evil,
      items: { [id]: { ...untouched(id), state: 'accepted', notes: [{ atMs: 1, by: evil, text: evil }] } },
    });
    const one = sampleClass(id, [1], {
      fingerprint: evil,
      tables: [evil],
      users: [{ name: evil, calls: 1, seconds: 1 }],
    });
    expect(exportText(hostile, sampleCapture([one]), 'html', making)).not.toContain('<script');
  });

  it('does not let a statement leave its fence in Markdown', () => {
    const text = exportText(
      sampleReview(),
      sampleCapture([sampleClass(id, [1], { fingerprint: 'select ```\n# heading' })]),
      'markdown',
      making,
    );
    expect(text).toContain('````sql\nselect ```\n# heading\n````');
  });
});

describe('pt-query-digest’s tables', () => {
  it('take quotes, backslashes and line breaks whole', () => {
    const text = exportText(
      sampleReview(),
      sampleCapture([sampleClass(id, [1], { fingerprint: "select 'a\\' -- x\n" })]),
      'pt-tables',
      making,
    );
    const hex = Buffer.from("select 'a\\' -- x\n").toString('hex');
    expect(text).toContain(`_utf8mb4 0x${hex}`);
  });

  it('call reviewed what was decided, done or accepted', () => {
    const text = exportText(review, capture, 'pt-tables', making);
    expect(text).toContain("'dba', '1970-01-01 00:00:00'");
  });
});
