import type { CrashOutcome } from './crash-matrix';
import { notInjectable, type FaultOutcome } from './fault-matrix';

/** The crash matrix as Markdown, a row for each case. */
export const crashTable = (all: readonly CrashOutcome[]): string =>
  table(
    ['cluster', 'kind', 'step', 'killed', 'settled by', 'run ended', 'invariants'],
    all.map((one) => [one.scenario, one.kind, one.action, one.at, one.chosen, one.state, invariants(one.broken)]),
  );

/** What this machine cannot inject, as Markdown. */
export const notInjectableTable = (): string =>
  table(
    ['no.', 'fault', 'why not here'],
    notInjectable.map((one) => [String(one.number), one.name, one.why]),
  );

/** The fault matrix as Markdown, a row for each case. */
export const faultTable = (all: readonly FaultOutcome[]): string =>
  table(
    ['no.', 'cluster', 'kind', 'fault', 'expected', 'outcome', 'seen'],
    all.map((one) => [
      String(one.number),
      one.scenario,
      one.kind,
      one.name,
      one.expected,
      one.verdict === 'broken' ? '**broken**' : one.verdict,
      one.broken.length === 0 ? one.seen : `${invariants(one.broken)}. ${one.seen}`,
    ]),
  );

const invariants = (broken: CrashOutcome['broken']): string =>
  broken.length === 0 ? 'all hold' : broken.map((each) => `${each.invariant}: ${each.what}`).join('; ');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')).join(' | ')} |`)
    .join('\n')
    .concat('\n');
