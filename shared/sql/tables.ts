import { Keyword } from './keywords';
import { findCteNames, readName } from './table-names';
import { TokenKind } from './token-kind';
import { tokenize, type SqlToken } from './tokenize';
import { findVerb } from './verb';

/** Where one pair of parentheses, or the statement itself, stands. */
interface Level {
  /** SELECT, DELETE or SHOW stood here: FROM names tables. In `EXTRACT(YEAR FROM x)` and its like it does not. */
  hasStatement: boolean;
  /** A comma begins another table. */
  isList: boolean;
  /** The next name is a table. */
  isExpecting: boolean;
}

interface Walk {
  readonly sql: string;
  readonly tokens: readonly SqlToken[];
  readonly verb: string;
  readonly found: string[];
  level: Level;
  /** Words at `index - 1` and so on, in small letters; empty for what is no word. */
  readonly wordAt: (index: number) => string;
}

const skipped = new Set(
  'only if not exists ignore low_priority high_priority quick delayed concurrent local temporary lateral table into'.split(
    ' ',
  ),
);
const endsList = new Set(
  'where group having order limit set union except intersect window values value procedure returning lock'.split(' '),
);
const listedColumns = new Set(['columns', 'fields', 'index', 'indexes', 'keys']);
const takesTables = new Set(['drop', 'analyze', 'optimize', 'check', 'repair', 'checksum', 'rename', 'lock', 'flush']);

/**
 * The tables that a statement names, as it names them (`schema.table` or `table`, without backticks), each once, in order.
 * Left out: names that WITH defines, aliases, derived tables, table functions, DUAL. A view counts as a table. It reads
 * tokens, not grammar: for a statement that no server accepts it gives what looks like tables. Never throws.
 */
export function tablesOf(sql: string): string[] {
  const isCode = ({ kind }: SqlToken): boolean =>
    kind !== TokenKind.comment &&
    kind !== TokenKind.hint &&
    kind !== TokenKind.codeOpen &&
    kind !== TokenKind.codeClose;
  const tokens = tokenize(sql).filter(isCode);
  const wordAt = (index: number): string => {
    const token = tokens[index];
    if (token?.kind !== TokenKind.word || tokens[index - 1]?.kind === TokenKind.dot) return '';
    return sql.slice(token.start, token.end).toLowerCase();
  };
  const level = { hasStatement: false, isList: false, isExpecting: false };
  const walk: Walk = { sql, tokens, verb: findVerb(sql, tokens), found: [], level, wordAt };
  const levels: Level[] = [];
  for (let index = 0; index < tokens.length;) {
    const kind = tokens[index]?.kind;
    index += 1;
    if (kind === TokenKind.openParen) {
      levels.push(walk.level);
      const { isExpecting } = walk.level;
      walk.level.isExpecting = false;
      walk.level = { hasStatement: false, isList: isExpecting, isExpecting };
    } else if (kind === TokenKind.closeParen) walk.level = levels.pop() ?? walk.level;
    else if (kind === TokenKind.comma) walk.level.isExpecting = walk.level.isList;
    else if (kind === TokenKind.word || kind === TokenKind.quotedName || kind === TokenKind.digitWord) {
      index = readWord(walk, index - 1);
    } else if (kind !== TokenKind.dot) walk.level.isExpecting = false;
  }
  const ctes = findCteNames(sql, tokens);
  return [...new Set(walk.found)].filter((name) => !ctes.has(name.toLowerCase()));
}

/** Handles the word or name at `index`; returns the index of what comes next. */
function readWord(walk: Walk, index: number): number {
  const { level, tokens } = walk;
  const word = walk.wordAt(index);
  const isKeyword = tokens[index]?.keyword !== 0 && word !== '';
  if (level.isExpecting) {
    if (skipped.has(word) && tokens[index + 1]?.kind !== TokenKind.dot) return index + 1;
    const isSoftOrName = !isKeyword || readName(walk.sql, tokens, index)?.isQualified === true || isSoft(tokens[index]);
    level.isExpecting = false;
    if (isSoftOrName) return takeTable(walk, index);
  }
  readKeyword(walk, word, index);
  return index + 1;
}

const isSoft = (token: SqlToken | undefined): boolean => token?.keyword === Keyword.soft;

function takeTable(walk: Walk, index: number): number {
  const named = readName(walk.sql, walk.tokens, index);
  if (!named) return index + 1;
  const isFunction = walk.tokens[named.next]?.kind === TokenKind.openParen && walk.level.isList;
  if (!isFunction && named.name.toLowerCase() !== 'dual') walk.found.push(named.name);
  return named.next;
}

function expect(level: Level, isList: boolean): void {
  level.isExpecting = true;
  level.isList = isList;
}

function readKeyword(walk: Walk, word: string, index: number): void {
  const { level, verb, wordAt } = walk;
  const before = wordAt(index - 1);
  switch (word) {
    case 'select':
    case 'delete':
    case 'show':
      level.hasStatement = true;
      level.isList = false;
      return;
    case 'from':
      if (verb === 'show' ? listedColumns.has(before) : level.hasStatement) expect(level, true);
      return;
    case 'join':
    case 'references':
      level.isExpecting = before !== 'for'; // USE INDEX FOR JOIN
      return;
    case 'straight_join':
      level.isExpecting = level.isList;
      return;
    case 'update':
      if (before !== 'for' && before !== 'key' && before !== 'on' && before !== 'before' && before !== 'after') {
        expect(level, true);
      }
      return;
    case 'insert':
    case 'replace':
      if (walk.tokens[index + 1]?.kind !== TokenKind.openParen && before !== 'before' && before !== 'after') {
        expect(level, false);
      }
      return;
    case 'into':
      expect(level, false);
      return;
    case 'truncate':
      if (walk.tokens[index + 1]?.kind !== TokenKind.openParen) expect(level, false);
      return;
    case 'table':
    case 'tables':
      if (word === 'table' || verb === 'lock') expect(level, takesTables.has(verb));
      return;
    case 'using':
      // DELETE FROM aliases USING tables: what FROM named were targets.
      if (verb === 'delete' && walk.tokens[index + 1]?.kind !== TokenKind.openParen && level.hasStatement) {
        walk.found.length = 0;
        expect(level, true);
      }
      return;
    case 'on':
      if ((verb === 'create' || verb === 'drop') && !level.hasStatement && !level.isList) expect(level, false);
      return;
    case 'to':
      if (verb === 'rename') level.isExpecting = true;
      return;
    case 'like':
      if (verb === 'create' && !level.hasStatement) level.isExpecting = true;
      return;
    case 'describe':
    case 'desc':
      if (index === 0) expect(level, false);
      return;
    case 'for':
      if (wordAt(index + 1) === 'update' || wordAt(index + 1) === 'share') level.isList = false;
      return;
    default:
      if (endsList.has(word)) level.isList = false;
  }
}
