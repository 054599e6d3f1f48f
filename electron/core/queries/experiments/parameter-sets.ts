import type { ParameterSet, ParameterSetsOutcome, UnusedSample } from '@shared/model/query-experiment';
import type { StatementSample } from '@shared/model/query-capture';
import { readStatement } from '../plans/guard-statement';
import { isSymbol, tokensOf, wordOf, type QuoteRules, type Token, usualQuotes } from '../plans/statement-tokens';

/** Twelve distinct sets: a verdict on more is no surer, and each costs two runs. */
const mostSets = 12;

/**
 * Parameter sets from samples of one class, for a rewrite of `template` (the sample that the person rewrote).
 *
 * Literals of a sample are numbered by position from 1. In the rewrite `:p3` stands for the third, and once one such place
 * is there, every other literal of the rewrite stays as it is. Without any, a literal of the rewrite that is written exactly
 * like one of the template stands for it. Where that is a guess (several of the template are alike, or the rewrite has it
 * more often) and the samples differ there, it is refused: the person must say `:pN`.
 * A sample whose statement has another shape (more values in an IN list) cannot be matched by position and is left out, said.
 */
export function parameterSetsOf(
  samples: readonly StatementSample[],
  template: string,
  rewrite: string,
  quotes: QuoteRules = usualQuotes,
): ParameterSetsOutcome {
  const original = readStatement(template, { quotes });
  if (original.kind === 'refused') return { kind: 'refused', reason: `Original: ${original.refusal.reason}` };
  const shape = shapeOf(original.statement.tokens);
  const unused: UnusedSample[] = [];
  const rows: { label: string; sql: string; values: readonly string[] }[] = [];
  const seen = new Set<string>();
  const candidates = [{ sql: template, truncated: false, reason: 'the one rewritten' }, ...samples];
  for (const [at, sample] of candidates.entries()) {
    const label = at === 0 ? sample.reason : `${sample.reason}, sample ${at}`;
    const reading = readStatement(sample.sql, { truncated: sample.truncated, quotes });
    if (reading.kind === 'refused') {
      unused.push({ label, reason: reading.refusal.reason });
      continue;
    }
    if (shapeOf(reading.statement.tokens) !== shape) {
      unused.push({
        label,
        reason: 'Its statement has another shape, such as a longer IN list: literals do not match by position',
      });
      continue;
    }
    const values = literalsOf(reading.statement.tokens);
    const key = values.join('\0');
    if (seen.has(key) || rows.length === mostSets) continue;
    seen.add(key);
    rows.push({ label, sql: reading.statement.sql, values });
  }
  const bound = bindRewrite(
    rewrite,
    rows.map((row) => row.values),
    quotes,
  );
  if ('reason' in bound) return { kind: 'refused', reason: bound.reason };
  const sets: ParameterSet[] = rows.map((row, at) => ({
    label: row.label,
    original: row.sql,
    rewrite: bound.texts[at] ?? '',
  }));
  return { kind: 'sets', sets, unused };
}

interface Literal {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Literals in their order. A sign belongs to a number where no value stands before it. */
function literalPlaces(tokens: readonly Token[]): readonly Literal[] {
  return tokens.flatMap((token, at): Literal[] => {
    if (token.kind !== 'number' && token.kind !== 'string') return [];
    const sign = tokens[at - 1];
    const before = tokens[at - 2];
    const signed =
      token.kind === 'number' &&
      isSymbol(sign, '-') &&
      (before === undefined || (before.kind === 'symbol' && before.text !== ')') || valueFollows.has(wordOf(before)));
    return signed && sign?.end === token.start
      ? [{ text: `-${token.text}`, start: sign.start, end: token.end }]
      : [{ text: token.text, start: token.start, end: token.end }];
  });
}

const valueFollows = new Set([
  'select',
  'where',
  'and',
  'or',
  'not',
  'in',
  'between',
  'like',
  'then',
  'else',
  'when',
  'limit',
  'offset',
]);

const literalsOf = (tokens: readonly Token[]): readonly string[] => literalPlaces(tokens).map((one) => one.text);

/** The statement without its literals and without case and layout. */
function shapeOf(tokens: readonly Token[]): string {
  const places = literalPlaces(tokens);
  const starts = new Map(places.map((one) => [one.start, one]));
  const parts: string[] = [];
  let skipTo = 0;
  for (const token of tokens) {
    if (token.start < skipTo) continue;
    const literal = starts.get(token.start);
    if (literal) skipTo = literal.end;
    parts.push(literal ? '?' : token.kind === 'name' ? token.text : token.text.toLowerCase());
  }
  return parts.join(' ');
}

function bindRewrite(
  rewrite: string,
  rows: readonly (readonly string[])[],
  quotes: QuoteRules,
): { readonly texts: readonly string[] } | { readonly reason: string } {
  const tokens = tokensOf(rewrite, quotes);
  const template = rows[0] ?? [];
  const places: { readonly start: number; readonly end: number; readonly position: number }[] = [];
  for (const token of tokens) {
    if (token.kind !== 'placeholder') continue;
    const position = Number(/^:p(\d+)$/i.exec(token.text)?.[1] ?? NaN);
    if (!(position >= 1 && position <= template.length)) {
      return { reason: `${token.text} in the rewrite names no literal: the original has :p1 to :p${template.length}` };
    }
    places.push({ start: token.start, end: token.end, position: position - 1 });
  }
  const literals = places.length > 0 ? [] : literalPlaces(tokens);
  for (const literal of literals) {
    const positions = template.flatMap((value, at) => (value === literal.text ? [at] : []));
    const [first] = positions;
    if (first === undefined) continue;
    const times = literals.filter((one) => one.text === literal.text).length;
    const isGuess = positions.length > 1 || times > 1;
    if (isGuess && rows.some((row) => positions.some((position) => row[position] !== template[first]))) {
      const names = positions.map((position) => `:p${position + 1}`).join(' or ');
      return {
        reason: `${literal.text} may stand for ${names} and differs in other samples: write the places as :p1, :p2 …`,
      };
    }
    places.push({ start: literal.start, end: literal.end, position: first });
  }
  places.sort((left, right) => left.start - right.start);
  return {
    texts: rows.map((row) => {
      let text = '';
      let at = 0;
      for (const place of places) {
        text += rewrite.slice(at, place.start) + (row[place.position] ?? '');
        at = place.end;
      }
      return text + rewrite.slice(at);
    }),
  };
}
