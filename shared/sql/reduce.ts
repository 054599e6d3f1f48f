import { Keyword } from './keywords';
import type { SqlCursor } from './sql-cursor';
import { TokenKind } from './token-kind';
import { ReducedKind, type TokenStack } from './token-stack';

/** Deeper than this, repeated rows with expressions and repeated unions stay as they are. */
const trackedDepth = 64;

// For each depth of parentheses, places on the stack; -1: none.
const parenAt = new Int32Array(trackedDepth);
const rowAt = new Int32Array(trackedDepth);
const rowEnd = new Int32Array(trackedDepth);
const unionAt = new Int32Array(trackedDepth);
const lastUnionAt = new Int32Array(trackedDepth);
let depth = 0;

function enter(): void {
  if (depth < trackedDepth) {
    parenAt[depth] = -1;
    rowAt[depth] = -1;
    unionAt[depth] = -1;
    lastUnionAt[depth] = -1;
  }
}

/**
 * Reads every token of `cursor` onto `stack` and reduces as it goes, so that statements which differ in literals and in
 * the length of their lists end alike. Every rule looks only at what lies on top of the stack.
 */
export function reduceTokens(sql: string, cursor: SqlCursor, stack: TokenStack): void {
  depth = 0;
  enter();
  let isAfterWord = false;
  while (cursor.next()) {
    const canHint = isAfterWord;
    isAfterWord = cursor.kind === TokenKind.word;
    switch (cursor.kind) {
      case TokenKind.word:
        pushWord(sql, cursor, stack);
        break;
      case TokenKind.comma:
      case TokenKind.dot:
      case TokenKind.operator:
      case TokenKind.variable:
      case TokenKind.arrow:
      case TokenKind.sign:
      case TokenKind.at:
        stack.push(cursor.kind, Keyword.none, cursor.start, cursor.end);
        break;
      case TokenKind.string:
      case TokenKind.number:
      case TokenKind.placeholder:
        pushValue(stack, ReducedKind.value);
        break;
      case TokenKind.valueList:
        pushValue(stack, ReducedKind.list);
        break;
      case TokenKind.quotedName:
        if (isUse(stack)) pushValue(stack, ReducedKind.value);
        else stack.push(cursor.kind, Keyword.none, cursor.start, cursor.end);
        break;
      case TokenKind.digitWord:
        if (isNamePlace(stack)) stack.push(TokenKind.word, Keyword.none, cursor.start, cursor.end);
        else pushValue(stack, ReducedKind.value);
        break;
      case TokenKind.openParen:
        openParen(cursor, stack);
        break;
      case TokenKind.closeParen:
        closeParen(sql, cursor, stack);
        break;
      case TokenKind.semicolon:
        endUnion(sql, stack);
        stack.push(TokenKind.semicolon, Keyword.none, cursor.start, cursor.end);
        break;
      case TokenKind.hint:
        // Elsewhere the server takes it for a comment, also where a comment stands before it (tried on MySQL 9.7.4).
        if (canHint && isHintPlace(stack.keywordAt(0))) stack.push(cursor.kind, Keyword.none, cursor.start, cursor.end);
        break;
      default: // comments, and the frames of executable ones
    }
  }
  endUnion(sql, stack);
  while (stack.kindAt(0) === TokenKind.semicolon) stack.size -= 1;
}

/** One literal, or the rest of a statement that cannot be believed. Signs before it and equals beside it fall into it. */
export function pushValue(stack: TokenStack, kind: number): void {
  while (
    stack.keywordAt(0) === Keyword.introducer ||
    (stack.kindAt(0) === TokenKind.sign && !isOperand(stack.kindAt(1), stack.keywordAt(1)))
  ) {
    stack.size -= 1;
  }
  const top = stack.kindAt(0);
  if (top === ReducedKind.value || top === ReducedKind.list) return; // 'a' 'b' is one string
  const below = stack.kindAt(1);
  if (top === TokenKind.comma && (below === ReducedKind.value || below === ReducedKind.list)) {
    stack.size -= 1;
    if (stack.keywordAt(1) !== Keyword.limit) stack.kinds[stack.size - 1] = ReducedKind.list;
    return;
  }
  if (stack.keywordAt(0) === Keyword.limit) kind = ReducedKind.value;
  if (stack.keywordAt(0) === Keyword.offset && below === ReducedKind.value && stack.keywordAt(2) === Keyword.limit) {
    stack.size -= 1;
    return;
  }
  stack.push(kind, Keyword.none, 0, 0);
}

/** True for what a binary operator may follow. */
function isOperand(kind: number, keyword: number): boolean {
  switch (kind) {
    case TokenKind.word:
      return (
        keyword === Keyword.none ||
        keyword === Keyword.soft ||
        keyword === Keyword.value ||
        (keyword >= Keyword.null && keyword <= Keyword.false)
      );
    case TokenKind.quotedName:
    case TokenKind.variable:
    case TokenKind.closeParen:
    case ReducedKind.value:
    case ReducedKind.list:
    case ReducedKind.row:
      return true;
    default:
      return false;
  }
}

const isHintPlace = (keyword: number): boolean =>
  keyword === Keyword.select || (keyword >= Keyword.insert && keyword <= Keyword.delete);

/** FROM, JOIN, INTO, TABLE, UPDATE: what begins with a digit after them is a name. */
export const beginsName = (keyword: number): boolean =>
  keyword === Keyword.update || (keyword >= Keyword.from && keyword <= Keyword.table);

/** Where a word that begins with a digit can only be a name. */
function isNamePlace(stack: TokenStack): boolean {
  const keyword = stack.keywordAt(0);
  if (beginsName(keyword)) return true;
  const below = stack.kindAt(1);
  return stack.kindAt(0) === TokenKind.dot && (below === TokenKind.word || below === TokenKind.quotedName);
}

const isUse = (stack: TokenStack): boolean =>
  stack.keywordAt(0) === Keyword.use && (stack.size === 1 || stack.kindAt(1) === TokenKind.semicolon);

function pushWord(sql: string, cursor: SqlCursor, stack: TokenStack): void {
  const { keyword } = cursor;
  if (keyword === Keyword.none || keyword === Keyword.soft) {
    if (isUse(stack)) pushValue(stack, ReducedKind.value);
    else stack.push(TokenKind.word, keyword, cursor.start, cursor.end);
    return;
  }
  switch (keyword) {
    case Keyword.asc:
      return;
    case Keyword.null:
    case Keyword.true:
    case Keyword.false:
      if (isValuePlace(stack, keyword)) return pushValue(stack, ReducedKind.value);
      break;
    case Keyword.union:
      endUnion(sql, stack, true);
      if (depth < trackedDepth) unionAt[depth] = stack.size;
      break;
    case Keyword.order:
    case Keyword.limit:
    case Keyword.for:
    case Keyword.into:
    case Keyword.except:
    case Keyword.intersect:
      endUnion(sql, stack);
      break;
    default:
  }
  stack.push(TokenKind.word, keyword, cursor.start, cursor.end);
}

/** NULL, TRUE and FALSE are literals but in IS NULL, IS NOT TRUE, `INT NULL`, SET NULL. NOT TRUE is an expression. */
function isValuePlace(stack: TokenStack, keyword: number): boolean {
  const before = stack.keywordAt(0);
  if (before === Keyword.is) return false;
  if (before === Keyword.not) return keyword !== Keyword.null && stack.keywordAt(1) !== Keyword.is;
  if (before === Keyword.set && keyword === Keyword.null) return false;
  return !isOperand(stack.kindAt(0), before);
}

/**
 * Ends the part of a UNION that was read last at this depth, and drops it if it reads as the one before. `goesOn`: another
 * part follows.
 */
function endUnion(sql: string, stack: TokenStack, goesOn = false): void {
  if (depth >= trackedDepth) return;
  const at = unionAt[depth] as number;
  if (at < 0) return;
  const last = lastUnionAt[depth] as number;
  const length = stack.size - at;
  if (last >= 0 && at - last === length && stack.isSameRange(sql, last, at, length)) stack.size = at;
  else lastUnionAt[depth] = at;
  if (goesOn) return;
  unionAt[depth] = -1;
  lastUnionAt[depth] = -1;
}

function openParen(cursor: SqlCursor, stack: TokenStack): void {
  const at = stack.size;
  stack.push(TokenKind.openParen, Keyword.none, cursor.start, cursor.end);
  if (depth < trackedDepth) {
    const before = stack.keywordAt(1);
    const begins = before === Keyword.values || before === Keyword.value;
    const goesOn = rowAt[depth] !== -1 && rowEnd[depth] === at - 1 && stack.kindAt(1) === TokenKind.comma;
    if (begins) rowAt[depth] = rowEnd[depth] = at;
    else if (!goesOn) rowAt[depth] = -1;
    parenAt[depth] = begins || goesOn ? at : -1;
  }
  depth += 1;
  enter();
}

function closeParen(sql: string, cursor: SqlCursor, stack: TokenStack): void {
  endUnion(sql, stack);
  if (depth > 0) depth -= 1;
  const inner = stack.kindAt(0);
  if (stack.keywordAt(0) === Keyword.introducer && stack.kindAt(1) === TokenKind.openParen) {
    stack.size -= 2; // `(_charset) ?` of a server's digest
    return;
  }
  if (stack.kindAt(1) === TokenKind.openParen && (inner === ReducedKind.list || inner === ReducedKind.value)) {
    if (inner === ReducedKind.list || isListPlace(stack)) return reduceToRow(stack);
  }
  stack.push(TokenKind.closeParen, Keyword.none, cursor.start, cursor.end);
  const openedAt = depth < trackedDepth ? (parenAt[depth] as number) : -1;
  if (openedAt < 0) return;
  parenAt[depth] = -1; // a stray parenthesis must not end the row a second time
  dropRepeatedRow(sql, stack, openedAt);
}

/** Where also a single literal in parentheses is a list. The literal lies on top, its parenthesis under it. */
function isListPlace(stack: TokenStack): boolean {
  const before = stack.keywordAt(2);
  if (before === Keyword.in || before === Keyword.values || before === Keyword.value || before === Keyword.row)
    return true;
  return stack.kindAt(2) === TokenKind.comma && stack.kindAt(3) === ReducedKind.row;
}

/** `( list` on top becomes a row; `row , row` and `ROW row , ROW row` become one. */
function reduceToRow(stack: TokenStack): void {
  stack.size -= 1;
  stack.kinds[stack.size - 1] = ReducedKind.row;
  if (stack.kindAt(1) === TokenKind.comma && stack.kindAt(2) === ReducedKind.row) stack.size -= 2;
  else if (
    stack.keywordAt(1) === Keyword.row &&
    stack.kindAt(2) === TokenKind.comma &&
    stack.kindAt(3) === ReducedKind.row &&
    stack.keywordAt(4) === Keyword.row
  ) {
    stack.size -= 3;
  }
  if (depth >= trackedDepth) return;
  rowEnd[depth] = stack.size;
  if (rowAt[depth] !== -1) rowAt[depth] = stack.size - 1;
}

/** A row of VALUES with expressions in it is dropped if it reads as the row before. */
function dropRepeatedRow(sql: string, stack: TokenStack, at: number): void {
  const last = rowAt[depth] as number;
  const length = stack.size - at;
  if (last >= 0 && last < at && at - 1 - last === length && stack.isSameRange(sql, last, at, length)) {
    stack.size = at - 1;
  } else {
    rowAt[depth] = at;
  }
  rowEnd[depth] = stack.size;
}
