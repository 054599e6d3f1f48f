import { writeLiteral, writeNumber, writeString } from './corpus-literals';
import { otherTemplates, queryTemplates } from './corpus-templates';
import { SeededRandom } from './seeded-random';

/** A statement of the corpus, and the class that it was made of. */
export interface CorpusStatement {
  /** Template and names are the same for equal numbers. */
  readonly madeOf: number;
  readonly sql: string;
}

export interface CorpusSize {
  readonly seed: number;
  readonly statements: number;
  /** How many sets of names each template gets. */
  readonly variants: number;
}

const tables = [
  'orders',
  'order_lines',
  'customers',
  'ledger',
  'events2024',
  'db1.t2',
  '`Odd Name`',
  '`order`',
  'sessions_01',
  'a1',
  'größe',
  '`from`.`table`',
];
const columns = [
  'id',
  'customer_id',
  'status',
  'created_at',
  'total',
  'address1',
  'address2',
  '`key`',
  'c_1_2',
  'note',
  'e5',
  'x1f',
  'payload',
  '`Case`',
  'updated_at',
  'version',
];

interface Names {
  readonly template: string;
  /** Of `@t`, `@u`, `@a` … `@d`. */
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Statements as applications send them, in classes that are met again and again with other literals, lists, spacing,
 * letters and comments. The same size gives the same statements. Every statement is valid in MySQL 9.7.
 */
export function* generateCorpus({ seed, statements, variants }: CorpusSize): Generator<CorpusStatement> {
  const random = new SeededRandom(seed);
  const classes = [...queryTemplates, ...otherTemplates].flatMap((template) =>
    Array.from({ length: variants }, () => ({ template, values: pickNames(random) })),
  );
  for (let n = 0; n < statements; n += 1) {
    // Each class once at first, then some much more often than others.
    const madeOf = n < classes.length ? n : Math.floor(classes.length * random.next() ** 2);
    yield { madeOf, sql: writeStatement(classes[madeOf] as Names, random) };
  }
}

function pickNames(random: SeededRandom): Names['values'] {
  const left = [...columns];
  const take = (): string => left.splice(random.below(left.length), 1)[0] as string;
  const t = random.pick(tables);
  return {
    '@t': t,
    '@u': random.pick(tables.filter((one) => one !== t)),
    '@a': take(),
    '@b': take(),
    '@c': take(),
    '@d': take(),
  };
}

function writeStatement({ template, values }: Names, random: SeededRandom): string {
  const isUpper = random.below(3) > 0;
  // Of `db.t` a column is `t.c`, an index of `` `key` `` is `i_key`.
  const named = template
    .replace(
      /(\b[a-z]+_)@([abcd])\b/g,
      (_, head: string, letter: string) => head + bare(values[`@${letter}`] as string),
    )
    .replace(/@([tuabcd])\b/g, (gap) => values[gap] as string);
  const renamed = random.below(12) === 0 ? requote(named, random) : named;
  const cased = renamed.replace(/[A-Z_]{2,}(?![a-z])/g, (word) => (isUpper ? word : word.toLowerCase()));
  const filled = cased
    .replace('#union', () => ` UNION ALL ${named.slice(0, -'#union'.length)}`.repeat(random.below(4)))
    .replace(/#same\(([^|]*)\|([^)]*)\)/g, (_, left: string, right: string) => random.pick([left, right]))
    .replace(/#r\((\w+)\)/g, (_, kinds: string) => writeRows(kinds, random))
    .replace(/#(joined|limit1|limit|len|asc|ts|[nsvldi])\b/g, (_, gap: string) => writeGap(gap, random));
  return respace(filled, random);
}

/** The same statement with names in backticks, or in capitals. */
function requote(sql: string, random: SeededRandom): string {
  const inCapitals = random.below(2) === 0;
  return sql.replace(
    /(?<![\w@`#'.])(customer_id|created_at|address[12]|c_1_2|updated_at|order_lines)(?![\w`'(])/g,
    (name) => (inCapitals ? name.toUpperCase() : `\`${name}\``),
  );
}

const bare = (name: string): string => name.replace(/[`. ]/g, '');

function writeGap(gap: string, random: SeededRandom): string {
  switch (gap) {
    case 'n':
      return writeNumber(random);
    case 's':
      return writeString(random);
    case 'l':
      return Array.from({ length: random.below(5) + 1 }, () => writeLiteral(random)).join(random.pick([',', ', ']));
    case 'd':
      return `'2026-11-${String(random.below(28) + 1).padStart(2, '0')}'`;
    case 'ts':
      return `'2026-11-23 10:00:${String(random.below(60)).padStart(2, '0')}'`;
    case 'asc':
      return random.pick(['', 'ASC', 'asc']);
    case 'len':
      return String(random.below(255) + 1);
    case 'joined':
      return random.below(2) === 0 ? writeString(random) : `${writeString(random)} ${writeString(random)}`;
    case 'i':
      return String(random.below(1000));
    case 'e':
      return 'NOW()';
    case 'limit1':
      return `LIMIT ${random.below(100)}`;
    case 'limit':
      return random.pick([
        `LIMIT ${random.below(100)}`,
        `limit ${random.below(9)}, 10`,
        `LIMIT 5 OFFSET ${random.below(100)}`,
      ]);
    default:
      return writeLiteral(random);
  }
}

function writeRows(kinds: string, random: SeededRandom): string {
  const row = (): string =>
    `(${[...kinds].map((kind) => (kind === 'd' ? 'DEFAULT' : writeGap(kind, random))).join(random.pick([',', ', ']))})`;
  return Array.from({ length: random.pick([1, 1, 2, 7]) }, row).join(random.pick([',', ', ', ',\n']));
}

/** Other space between words, and comments, but not inside quotes. */
function respace(sql: string, random: SeededRandom): string {
  const style = random.below(4);
  if (style < 2) return sql;
  const gaps = style === 2 ? ['\n  ', '  ', '\t'] : [' ', ' /* trace 1f */ ', ' -- why\n', ' '];
  return sql.replace(/'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`|\/\*.*?\*\/| /g, (part) =>
    part === ' ' ? random.pick(gaps) : part,
  );
}
