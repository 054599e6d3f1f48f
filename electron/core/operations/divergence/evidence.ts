import type { DialectName } from '@shared/model/fleet';
import type { Step } from '@shared/model/plan';
import { textOf } from '../../dialect/rows';
import { StepFailure, type StepCode, type StepContext } from '../operation-kind';
import { statements, step, type Party } from '../steps/step-data';
import { readLoggedText } from './binary-log-text';
import type { DivergenceReading } from './divergence-of';
import { missingFrom, type Errant } from './errant-set';
import { keepErrant, loggedEvent, logsSql } from './log-reach';
import { printErrantCommand } from './reader-commands';

/** Longest text that one file of evidence takes, bytes. */
const longestBytes = 128 * 1024 * 1024;
const eventsAtOnce = 2000;
/** Name under which a run remembers what it saved. */
const savedAs = 'evidence';

/**
 * The step that saves an instance's errant transactions before anything of it is thrown away; null when there are none, or
 * when they cannot be saved (`way.by` is `none`): then nothing may be thrown away. Its code is {@link evidence}.
 */
export function evidenceStep(
  instance: Pick<Party, 'id' | 'name'>,
  dialect: DialectName,
  { errant, way }: DivergenceReading,
): Step | null {
  if (errant.text === '' || way === null || way.by === 'none') return null;
  const count = errant.count === null ? 'all' : errant.count.toLocaleString('en');
  return step('evidence', {
    title: `Save ${count} transactions that only ${instance.name} holds`,
    target: instance.name,
    statements:
      way.by === 'ssh'
        ? statements(
            ['decoded', 'run', instance, printErrantCommand(way.logs, 'decoded'), 'ssh'],
            ['replayable', 'run', instance, printErrantCommand(way.logs, 'replayable'), 'ssh'],
          )
        : statements(
            ['logs', 'guard', instance, logsSql],
            ['events', 'guard', instance, `SHOW BINLOG EVENTS IN :log FROM :position LIMIT ${eventsAtOnce}`],
          ),
    guard: 'It is fenced and stands still: nothing is added while they are read',
    verify:
      way.by === 'ssh'
        ? 'Both files, decoded and replayable, hold every one of them'
        : 'The list of events names every one of them; their rows are not decoded',
    ifUnknown: 'Nothing was changed: it is read again',
    timeoutMs: 300_000,
    plannedMs: 800,
    params: {
      errant: errant.text,
      transactions: errant.count === null ? '' : String(errant.count),
      dialect,
      firstLog: way.by === 'sql' ? way.firstLog : '',
    },
  });
}

const wanted = ({ step: { params } }: StepContext): Errant => ({
  text: params['errant'] ?? '',
  count: params['transactions'] ? Number(params['transactions']) : null,
});

const isBySsh = (context: StepContext): boolean => context.step.statements.some((one) => one.by === 'ssh');

/** @throws StepFailure when one of the errant transactions is not among them */
function requireAll(context: StepContext, gtids: readonly string[], what: string): void {
  const missing = missingFrom(wanted(context), gtids);
  if (missing !== '') throw new StepFailure(`${what} lacks ${missing}: nothing is thrown away`);
}

async function printed(context: StepContext, key: string): Promise<string> {
  const outcome = await context.command(key, {}, { timeoutMs: 120_000, maxBytes: longestBytes });
  if (outcome.truncated)
    throw new StepFailure(
      `They are longer than ${longestBytes / 1024 / 1024} MB: save them by hand, as the step shows`,
    );
  if (outcome.exitCode !== 0)
    throw new StepFailure(`The host could not read the logs: ${outcome.stderr.trim().slice(0, 300)}`);
  return outcome.stdout;
}

async function saveText(context: StepContext): Promise<string> {
  const { target } = context.step;
  const decoded = await printed(context, 'decoded');
  const { gtids, changesInAll } = readLoggedText(decoded, 0);
  requireAll(context, gtids, 'What the host decoded');
  const replayable = await printed(context, 'replayable');
  requireAll(context, readLoggedText(replayable, 0).gtids, 'What could be replayed');
  const path = await context.saveEvidence(`${target}-errant-decoded.sql`, decoded);
  await context.saveEvidence(`${target}-errant-replayable.sql`, replayable);
  return `${gtids.length.toLocaleString('en')} transactions, ${changesInAll.toLocaleString('en')} rows, decoded and replayable: ${path}`;
}

async function saveEvents(context: StepContext): Promise<string> {
  const { target, params } = context.step;
  const dialect: DialectName = params['dialect'] === 'mariadb' ? 'mariadb' : 'mysql';
  const names = (await context.send('logs')).map((row) => textOf(row, 'Log_name'));
  const lines: string[] = [];
  const gtids: string[] = [];
  for (const log of names.slice(Math.max(0, names.indexOf(params['firstLog'] ?? '')))) {
    let inside = false;
    for (let position = 4; ;) {
      if (context.signal.aborted) throw new StepFailure('Cancelled while the binary logs were read');
      const events = (await context.send('events', { log, position }, { timeoutMs: 30_000 })).map(loggedEvent);
      const found = keepErrant(events, params['errant'] ?? '', dialect, inside);
      lines.push(...found.kept);
      gtids.push(...found.gtids);
      inside = found.inside;
      const last = events.at(-1)?.end ?? 0;
      if (events.length < eventsAtOnce || last <= position) break;
      position = last;
    }
  }
  requireAll(context, gtids, 'What SQL told');
  const path = await context.saveEvidence(`${target}-errant-events.txt`, `${lines.join('\n')}\n`);
  return `${gtids.length.toLocaleString('en')} transactions by their events, rows not decoded: ${path}`;
}

/** Code of the action `evidence`. Refuses to go on when one of the errant transactions is not in what was saved. */
export const evidence: StepCode = {
  run: async (context) => {
    context.memory.set(savedAs, isBySsh(context) ? await saveText(context) : await saveEvents(context));
  },
  verify: async (context) => {
    const saved = context.memory.find(savedAs);
    if (saved === '') throw new StepFailure('Nothing was saved yet');
    return `Saved ${saved}`;
  },
};
