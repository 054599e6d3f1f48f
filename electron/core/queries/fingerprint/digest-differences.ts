/** A way in which our classes differ from the server's on purpose: what each text must become to be compared. */
export interface Difference {
  readonly name: string;
  readonly reason: string;
  /** So many classes of either side are at most torn apart without it, in the corpus of the test. */
  readonly atMost: number;
  /** Of the server's digest text. */
  readonly server?: (text: string) => string;
  /** Of our fingerprint. */
  readonly ours?: (text: string) => string;
}

const synonyms: readonly (readonly [RegExp, string])[] = [
  [/<>/g, '!='],
  [/\bsubstr\(/g, 'substring('],
  [/\bregexp\b/g, 'rlike'],
];

/** In this order. Each must be met in the corpus, or it is out of date. */
export const differences: readonly Difference[] = [
  {
    name: 'character sets of literals',
    reason: 'The introducer belongs to the literal.',
    atMost: 300,
    server: (text) => reduceLists(text.replaceAll('(_charset) ', '')),
  },
  {
    name: 'truth values',
    reason: 'TRUE and FALSE are literals, but in IS TRUE.',
    atMost: 300,
    server: (text) => reduceLists(text.replace(/(?<!\bIS |\bIS NOT )\b(?:TRUE|FALSE)\b/g, '?')),
  },
  {
    name: 'strings side by side',
    reason: 'They are one string.',
    atMost: 10,
    server: (text) => text.replace(/\? (?:\? ?)+/g, (match) => (match.endsWith(' ') ? '? ' : '?')),
  },
  {
    name: 'number of rows',
    reason: 'How many rows a statement brings is no other statement.',
    atMost: 50,
    server: (text) =>
      text
        .replaceAll(' /* , ... */', '')
        .replace(/(ROW \(\.\.\.\))(?: , ROW \(\.\.\.\))+/g, '$1')
        .replace(/\bVALUES \(\?\)/g, 'VALUES (...)'),
  },
  {
    name: 'rows with expressions',
    reason: 'As the number of rows; the server counts them.',
    atMost: 20,
    server: (text) => text.replace(/( VALUES )(\( .*? (?:\) |DEFAULT )\))(?: , \2)+/g, '$1$2'),
  },
  {
    name: 'forms of LIMIT',
    reason: 'With or without an offset it is one statement, as for pt-query-digest.',
    atMost: 50,
    server: (text) => text.replace(/ LIMIT \?(?:, \.\.\.| OFFSET \?)/g, ' LIMIT ?'),
  },
  { name: 'ASC', reason: 'It says what is so without it.', atMost: 20, server: (text) => text.replace(/ ASC\b/g, '') },
  {
    name: 'repeated parts of a union',
    reason: 'As the number of rows; two parts stay two.',
    atMost: 10,
    server: (text) => text.replace(/( UNION ALL SELECT .*?)\1+$/, '$1'),
  },
  {
    name: 'names of user variables',
    reason: 'They tell statements apart; the server redacts them.',
    atMost: 10,
    ours: (text) => text.replace(/(?<!@)@[\w$.]+/g, '@?'),
  },
  {
    name: 'a sign after WHERE',
    reason: 'It belongs to the number there as anywhere; the server takes it for an operator.',
    atMost: 10,
    server: (text) => text.replace(/\bWHERE [-+] \?/g, 'WHERE ?'),
  },
  {
    name: 'USE',
    reason: 'As for pt-query-digest: the schema stands beside each class anyway.',
    atMost: 5,
    server: (text) => text.replace(/^USE .*/, 'USE ?'),
  },
  {
    name: 'capitals in names',
    reason: 'As for pt-query-digest; on most servers tables differ by them, but nobody names two so.',
    atMost: 300,
    server: (text) => text.toLowerCase(),
    ours: (text) => text.toLowerCase(),
  },
  {
    name: 'backticks',
    reason: 'Names stay as they were written; an application writes them one way.',
    atMost: 300,
    ours: (text) => text.replace(/`([\w$\u0080-\uffff]+)`/g, '$1'),
    server: (text) => text.replace(/`([\w$\u0080-\uffff]+)`/g, '$1'),
  },
  {
    name: 'synonyms',
    reason: 'Only a grammar knows that SUBSTR is SUBSTRING; the words of the statement are shown.',
    atMost: 10,
    ours: (text) => synonyms.reduce((made, [from, to]) => made.replace(from, to), text),
  },
];

/** For MariaDB 10.11, before the others. */
export const mariadbDifferences: readonly Difference[] = [
  {
    name: 'hints',
    reason: 'To MariaDB 10.11 they are comments. A log does not say which server wrote it, so they stay.',
    atMost: 30,
    ours: (text) => text.replace(/\/\*\+ .*? \*\/ /g, ''),
  },
  {
    name: 'hexadecimal strings',
    reason: "MariaDB's digest names x'1F' unknown.",
    atMost: 300,
    server: (text) => reduceLists(text.replaceAll('(unknown)', '?')),
  },
  {
    name: 'signs',
    reason: 'MariaDB counts no sign to the number.',
    atMost: 300,
    server: (text) =>
      reduceLists(
        text.replace(/(?<=(?:[-=<>(,+*/%]|\b(?:AND|OR|WHERE|BETWEEN|THEN|SELECT|LIKE|XOR|WHEN)) )[-+] \?/g, '?'),
      ),
  },
];

/** What the server would have made of a list, had it seen nothing but literals. */
function reduceLists(text: string): string {
  let made = text;
  for (let last = ''; made !== last;) {
    last = made;
    made = made.replace(/\?(?:, \.\.\.)? , \?(?:, \.\.\.)?/g, '?, ...');
  }
  return made
    .replaceAll('( ?, ... )', '(...)')
    .replaceAll('( ? )', '(?)')
    .replace(/\bIN \(\?\)/g, 'IN (...)')
    .replace(/\(\.\.\.\)(?: \/\* , \.\.\. \*\/)?(?: , \(\.\.\.\)(?: \/\* , \.\.\. \*\/)?)+/g, '(...) /* , ... */')
    .replace(/ LIMIT \(\.\.\.\)/g, ' LIMIT ?, ...');
}
