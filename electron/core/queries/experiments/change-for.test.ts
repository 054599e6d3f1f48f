import { expect, it } from 'vitest';
import { changeFor } from './change-for';
import { sentenceOf } from './run-rewrite';

const place = { schema: 'app', table: 'odd`name' };

it('an index is added online, with its way back, and names are quoted', () => {
  const decision = {
    kind: 'add-index' as const,
    ...place,
    index: 'by_a',
    columns: [
      { name: 'a', descending: false },
      { name: 'b', descending: true },
    ],
  };
  const change = changeFor(decision, 'mysql');
  expect(change.statements).toEqual([
    'ALTER TABLE `app`.`odd``name` ADD INDEX `by_a` (`a`, `b` DESC), ALGORITHM=INPLACE, LOCK=NONE',
  ]);
  expect(change.undo).toEqual(['ALTER TABLE `app`.`odd``name` DROP INDEX `by_a`, ALGORITHM=INPLACE, LOCK=NONE']);
  expect(change.replication).toContain('lag grows');
});

it.each([
  ['mysql', 'INVISIBLE', 'VISIBLE'],
  ['mariadb', 'IGNORED', 'NOT IGNORED'],
] as const)(
  'an index is hidden on %s before it goes, and its definition is kept for the way back',
  (dialect, hidden, shown) => {
    const change = changeFor({ kind: 'drop-index', ...place, index: 'i' }, dialect, 'CREATE INDEX i ON t (a)');
    expect(change.statements[0]).toBe(`ALTER TABLE \`app\`.\`odd\`\`name\` ALTER INDEX \`i\` ${hidden}`);
    expect(change.undo).toEqual([
      `ALTER TABLE \`app\`.\`odd\`\`name\` ALTER INDEX \`i\` ${shown}`,
      'CREATE INDEX i ON t (a)',
    ]);
  },
);

it('statistics are taken on each server by itself', () => {
  const change = changeFor({ kind: 'analyze-table', ...place, histogram: 'a' }, 'mysql');
  expect(change.statements[0]).toContain('NO_WRITE_TO_BINLOG');
  expect(change.undo[0]).toContain('DROP HISTOGRAM ON `a`');
});

it.each([
  [12, 0, 0, 'equal on 12 of 12 parameter sets'],
  [10, 2, 0, 'differs on 2 of 12 parameter sets'],
  [10, 0, 2, 'equal on 10 of 12 parameter sets, not decided on 2'],
  [0, 0, 1, 'not decided on 1 of 1 parameter set'],
  [0, 1, 1, 'differs on 1 of 2 parameter sets, not decided on 1'],
])('the verdict never says more than was seen: %i, %i, %i', (equal, differs, undecided, sentence) => {
  expect(sentenceOf(equal, differs, undecided)).toBe(sentence);
});
