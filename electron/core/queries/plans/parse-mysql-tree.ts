import type { AccessKind, PlanNodeKind } from '@shared/model/query-plan';
import type { DraftNode } from './plan-draft';

/**
 * Lines of MySQL's EXPLAIN FORMAT=TREE, the only form of EXPLAIN ANALYZE before 8.3:
 * `-> Words  (cost=1.5 rows=10) (actual time=0.1..0.2 rows=10 loops=1)`, deeper by four blanks.
 */
export function parseMysqlTree(text: string): readonly DraftNode[] {
  const roots: Open[] = [];
  const open: Open[] = [];
  for (const line of text.split('\n')) {
    const match = /^( *)-> (.*)$/.exec(line);
    if (!match) continue;
    const node: Open = { indent: match[1]?.length ?? 0, draft: readLine(match[2] ?? ''), children: [] };
    while ((open.at(-1)?.indent ?? -1) >= node.indent) open.pop();
    (open.at(-1)?.children ?? roots).push(node);
    open.push(node);
  }
  return roots.map(close);
}

interface Open {
  readonly indent: number;
  readonly draft: Omit<DraftNode, 'children'>;
  readonly children: Open[];
}

const close = (node: Open): DraftNode => ({ ...node.draft, children: node.children.map(close) });

/** Words, kind and access of what MySQL 8.0 to 9.7 print; the first that fits counts. */
const rules: readonly (readonly [RegExp, PlanNodeKind, string, AccessKind | null])[] = [
  [/^(?:Covering )?index skip scan/i, 'table', 'Index skip scan', 'skip-scan'],
  [/^(?:Covering )?index range scan|^Multi-range index lookup/i, 'table', 'Index range scan', 'range'],
  [/^Single-row (?:covering )?index lookup/i, 'table', 'Single-row index lookup', 'unique-lookup'],
  [/^(?:Covering )?index lookup/i, 'table', 'Index lookup', 'lookup'],
  [/^(?:Covering )?index scan/i, 'table', 'Index scan', 'index-scan'],
  [/^Full-text/i, 'table', 'Full-text search', 'fulltext'],
  [/^Table scan/i, 'table', 'Table scan', 'table-scan'],
  [/^Constant row/i, 'table', 'Constant row', 'constant'],
  [/^Nested loop (.*?) ?join|^Nested loop/i, 'join', 'Nested loop', null],
  [/hash (?:join|semijoin|antijoin)/i, 'join', 'Hash join', null],
  [/^Filter/i, 'filter', 'Filter', null],
  [/^Sort/i, 'sort', 'Sort', null],
  [/^Limit\/Offset|^Offset/i, 'limit', 'Limit with offset', null],
  [/^Limit/i, 'limit', 'Limit', null],
  [/^Group aggregate|^Group/i, 'group', 'Group', null],
  [/^Aggregate using temporary table/i, 'group', 'Group in a temporary table', null],
  [/^Aggregate/i, 'group', 'Aggregate', null],
  [/^Remove duplicate/i, 'group', 'Remove duplicates', null],
  [/^Window/i, 'window', 'Window', null],
  [/^Union materialize/i, 'materialize', 'Materialize union', null],
  [/^Materialize recursive/i, 'materialize', 'Materialize recursion', null],
  [/^Materialize CTE/i, 'materialize', 'Materialize CTE', null],
  [/^Materialize|^Temporary table/i, 'materialize', 'Materialize', null],
  [/^Stream/i, 'materialize', 'Stream results', null],
  [/^Append/i, 'union', 'Append', null],
  [/^Select #/i, 'subquery', 'Subquery', null],
  [/^Rows fetched before execution|^Zero/i, 'constant', 'Row read beforehand', null],
  [/^(?:Insert|Replace|Update|Delete)/i, 'write', 'Write', null],
];

function readLine(line: string): Omit<DraftNode, 'children'> {
  const words = line.replace(/ {2}\(cost=.*$| \(actual time=.*$| \(never executed\)$| {2}\(rows=.*$/, '');
  const rule = rules.find(([pattern]) => pattern.test(words));
  const [, kind, operation, access] = rule ?? [
    null,
    'other' as const,
    /^[A-Za-z ]*/.exec(words)?.[0].trim() ?? '',
    null,
  ];
  const place = /\bon (?:<[^>]+>|[\w$.]+)/i.exec(words)?.[0].slice(3) ?? /\bfrom ([\w$.]+)$/i.exec(words)?.[1] ?? null;
  const [schema, table] = kind === 'table' ? splitName(place) : [null, null];
  const actual = /\(actual time=([\d.e+-]+)\.\.([\d.e+-]+) rows=([\d.e+-]+) loops=(\d+)\)/.exec(line);
  const loops = actual ? Number(actual[4]) : /\(never executed\)$/.test(line) ? 0 : null;
  const lastRowMs = actual ? Number(actual[2]) : null;
  return {
    kind,
    operation,
    schema,
    table,
    access,
    index: kind === 'table' ? (/\busing (\S+?)(?=[\s(,]|$)/i.exec(words)?.[1] ?? null) : null,
    covering: kind === 'table' ? /covering/i.test(words) : null,
    condition: kind === 'filter' ? words.replace(/^Filter: /, '') : null,
    sortKeys: kind === 'sort' ? sortKeysOf(words) : [],
    estimatedRows: figure(/\brows=([\d.e+-]+)\)/.exec(line.replace(/\(actual.*$/, ''))?.[1]),
    estimatedCost: figure(/\(cost=(?:[\d.e+-]+\.\.)?([\d.e+-]+)/.exec(line)?.[1]),
    actualRows: figure(actual?.[3]),
    loops,
    firstRowMs: figure(actual?.[1]),
    lastRowMs,
    totalMs: lastRowMs === null ? null : lastRowMs * (loops ?? 1),
    dependent: /;\s*dependent/.test(words),
  };
}

const figure = (text: string | undefined): number | null => (text === undefined ? null : Number(text));

const splitName = (place: string | null): readonly [string | null, string | null] => {
  const dot = place === null || place.startsWith('<') ? -1 : place.indexOf('.');
  return place === null || dot < 0 ? [null, place] : [place.slice(0, dot), place.slice(dot + 1)];
};

const sortKeysOf = (words: string): readonly string[] =>
  words
    .replace(/^[^:]*: ?/, '')
    .replace(/, limit input to .*$/, '')
    .split(', ')
    .filter((one) => one !== '');
