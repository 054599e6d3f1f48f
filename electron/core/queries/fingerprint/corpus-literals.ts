import type { SeededRandom } from './seeded-random';

/** A number in any way of writing that both servers read. */
export function writeNumber(random: SeededRandom): string {
  const n = random.below(1_000_000);
  switch (random.below(8)) {
    case 0:
      return `${n}.${random.below(100)}`;
    case 1:
      return `.${n}`;
    case 2:
      return `${n}e${random.below(9)}`;
    case 3:
      return `0x${n.toString(16)}`;
    case 4:
      return `0b${random.below(64).toString(2)}`;
    default:
      return String(n);
  }
}

const words = [
  'paid',
  'größer',
  '表',
  'x',
  '😀',
  'a b',
  '',
  '%like_',
  '-- no',
  '/* no */',
  '# no',
  'select 1',
  '?',
  ';',
  '`',
];

/** A string in any way of writing, with all that tempts a reader to end it too soon. */
export function writeString(random: SeededRandom): string {
  const body = Array.from({ length: random.below(3) + 1 }, () => random.pick(words)).join(random.pick([' ', ',', '.']));
  switch (random.below(8)) {
    case 0:
      return `"${body} it's"`;
    case 1:
      return `'${body}''s'`;
    case 2:
      return `'${body}\\\\'`;
    case 3:
      return `'${body}it\\'s'`;
    case 4:
      return `'${body}"'`;
    case 5:
      return `"${body}""q"`;
    default:
      return `'${body}'`;
  }
}

/** Any literal; null, truth values and negative numbers too. */
export function writeLiteral(random: SeededRandom): string {
  switch (random.below(30)) {
    case 0:
    case 1:
      return 'NULL';
    case 2:
    case 3:
      return `-${writeNumber(random)}`;
    case 4:
      return `N'${random.pick(['a', "it''s", ''])}'`;
    case 5:
      return `x'${random.below(256).toString(16).padStart(2, '0')}'`;
    case 6:
      return `b'${random.below(8).toString(2)}'`;
    case 7:
      return random.pick(['TRUE', 'false']);
    case 8:
      return `_utf8mb4'${random.pick(['a', '表'])}'`;
    default:
      return random.below(2) === 0 ? writeNumber(random) : writeString(random);
  }
}
