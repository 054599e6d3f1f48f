import { hostView } from '../failover/viewpoints';
import { flagOf } from '../../dialect/rows';
import type { CommandOutcome, PipeOutcome } from '../../ports/remote-host';
import { StepFailure, type StepCode, type StepContext } from '../operation-kind';
import { has } from '../steps/common-code';
import { untilAnswers } from './bring-up';
import { personMs } from './clone-steps';
import { copyProgress, sizeWords } from './copy-progress';
import { backupLogin } from './host-commands';

/** Under which a run remembers the donor's end mark, and the position of the copy ("at …", because it may be empty). */
const endMark = 'end mark of the copy';
export const copiedAt = 'position of the copy';

/** Under which a run remembers that it shut the recipient down: whoever looks afterwards finds nobody there, and knows why. */
export const shutDown = 'shut down by this run';

/** Nothing flows while the donor waits for its backup lock; longer than this and nobody is there any more. */
const stallMs = 120_000;

const copy: StepCode = {
  run: async (context) => {
    const { params, target } = context.step;
    const total = Number(params['bytes']) || null;
    const tell = copyProgress(context, total);
    const beganMs = context.clock.monotonicMs();
    context.memory.set(endMark, '');
    const outcome = await context.pipe('backup', 'receive', {
      timeoutMs: context.step.timeoutMs,
      stallMs,
      input: login(context),
      onBytes: (bytes) => tell(`copying files from ${params['donor']}`, bytes),
    });
    requireWhole(outcome, params['donor'] ?? '', target);
    const seconds = Math.max(0.1, (context.clock.monotonicMs() - beganMs) / 1000);
    context.memory.set(endMark, 'completed OK!');
    context.note(
      `${sizeWords(outcome.bytes)} copied in ${seconds.toFixed(1)} s, ${(outcome.bytes / 1e6 / seconds).toFixed(0)} MB/s`,
      { bytes: outcome.bytes, seconds },
    );
  },
  verify: async (context) => {
    if (context.memory.find(endMark) === '') throw new StepFailure('The donor’s end mark never came');
    const { kind, gtid, bytes } = copyState(await context.command('copied', {}, { timeoutMs: 30_000 }));
    if (kind === '' || gtid === null) throw new StepFailure('The copy does not name its position: it is not whole');
    context.memory.set(copiedAt, `at ${gtid}`);
    return `${sizeWords(bytes)}, whole, at ${gtid || 'the beginning: nothing was ever written'}`;
  },
  undo: async (context) => {
    const outcome = await context.command('discard', {}, { timeoutMs: 50_000 });
    if (outcome.exitCode !== 0) throw new StepFailure(lastWords(outcome.stderr));
  },
};

function login(context: StepContext): string {
  const { params } = context.step;
  try {
    return backupLogin({
      user: params['user'] ?? '',
      password: context.memory.get('account-password'),
      socket: params['socket'] ?? '',
    });
  } catch (thrown) {
    throw new StepFailure(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** Both ends and the mark: a reader ends with 0 also when its writer died. @throws StepFailure naming who failed first */
export function requireWhole({ from, to }: PipeOutcome, donor: string, recipient: string): void {
  if (to.exitCode !== 0)
    throw new StepFailure(
      `The host of ${recipient} could not take the copy (${ended(to.exitCode)}): ${lastWords(to.stderr)}`,
    );
  if (from.exitCode !== 0)
    throw new StepFailure(
      `mariadb-backup on the host of ${donor} failed (${ended(from.exitCode)}): ${lastWords(from.stderr)}`,
    );
  if (!/completed OK!\s*$/.test(from.stderr))
    throw new StepFailure(`mariadb-backup on the host of ${donor} did not say that it completed`);
}

const ended = (exitCode: number | null): string => (exitCode === null ? 'ended by a signal' : `exit code ${exitCode}`);

/** The lines that say what is wrong, else the last ones. */
function lastWords(stderr: string): string {
  const lines = stderr.trim().split('\n');
  const telling = lines.filter((line) => /error|fail|denied|no space|cannot|can't|not found/i.test(line));
  return (telling.length > 0 ? telling : lines).slice(-2).join(' ').slice(-400) || 'it said nothing';
}

/** What a copy says of itself. `kind` '' and `gtid` null: it does not. */
export function copyState({ stdout }: CommandOutcome): {
  readonly kind: string;
  readonly gtid: string | null;
  readonly bytes: number;
} {
  const kind = /^backup_type = (\S+)/m.exec(stdout)?.[1] ?? '';
  // File, byte, GTIDs; these are empty where nothing was ever written.
  const info = /^info=(\S+)[ \t]+\d+[ \t]*(\S*)/m.exec(stdout);
  return { kind, gtid: info ? (info[2] ?? '') : null, bytes: Number(/^bytes=(\d+)/m.exec(stdout)?.[1] ?? 0) };
}

const prepareCopy: StepCode = {
  run: async (context) => {
    const outcome = await context.command(
      'prepare',
      {},
      { timeoutMs: context.step.timeoutMs, maxBytes: 8 * 1024 * 1024 },
    );
    if (outcome.exitCode !== 0 || !outcome.stderr.includes('completed OK!'))
      throw new StepFailure(
        `The copy could not be prepared (${ended(outcome.exitCode)}): ${lastWords(outcome.stderr)}`,
      );
  },
  verify: async (context) => {
    const { kind } = copyState(await context.command('prepared', {}, { timeoutMs: 30_000 }));
    if (kind !== 'log-applied') throw new StepFailure(`The copy says ${kind || 'nothing'} of itself, not log-applied`);
    return 'The copy says that its log is applied';
  },
};

async function requireGone(context: StepContext): Promise<string> {
  const view = hostView(context.step.target, await context.command('process', {}, { timeoutMs: 8000 }));
  if (view.saw !== 'gone') throw new StepFailure(view.evidence);
  return view.evidence;
}

const stopServer: StepCode = {
  run: async (context) => {
    context.memory.set(shutDown, 'yes');
    const outcome = await context.command('stop', {}, { timeoutMs: 140_000 });
    if (outcome.exitCode !== 0) throw new StepFailure(`It did not shut down: ${lastWords(outcome.stderr)}`);
  },
  verify: requireGone,
  undo: async (context) => {
    if (has(context, 'start')) {
      const outcome = await context.command('start', {}, { timeoutMs: 90_000 });
      if (outcome.exitCode !== 0) throw new StepFailure(`Its host could not start it: ${lastWords(outcome.stderr)}`);
    }
    await untilAnswers(context, { key: 'answers', limitMs: 60_000, isDown: false });
    context.memory.set(shutDown, '');
  },
};

interface Folders {
  readonly there: ReadonlySet<string>;
  readonly keptBytes: number;
}

async function foldersOf(context: StepContext): Promise<Folders> {
  const outcome = await context.command('folders', {}, { timeoutMs: 30_000 });
  const lines = outcome.stdout.trim().split('\n');
  if (lines.pop() !== 'end') throw new StepFailure(`Its host could not look: ${lastWords(outcome.stderr)}`);
  const kept = lines.find((line) => line.startsWith('kept='));
  return { there: new Set(lines), keptBytes: Number(kept?.slice(5) ?? 0) };
}

const swap: StepCode = {
  run: async (context) => {
    const outcome = await context.command('swap', {}, { timeoutMs: 50_000 });
    if (!outcome.stdout.includes('swapped')) throw new StepFailure(`Not moved: ${lastWords(outcome.stderr)}`);
  },
  verify: async (context) => {
    const { there, keptBytes } = await foldersOf(context);
    if (!there.has('data') || !there.has('copied') || there.has('fresh'))
      throw new StepFailure('The copy does not lie in the place of the data');
    if (!there.has('aside')) return 'The copy lies in its place; there were no old data';
    const { aside = '', sudo } = context.step.params;
    context.note(
      `The old data of ${context.step.target} are kept in ${aside}, ${sizeWords(keptBytes)}. When the new ones have proven themselves: ${sudo ? 'sudo ' : ''}rm -rf -- '${aside}'`,
      { left: true },
    );
    return `The copy lies in its place, the old data (${sizeWords(keptBytes)}) in ${aside}`;
  },
  notPassed: async (context) => {
    const { there } = await foldersOf(context);
    if (there.has('aside')) return `The old data still lie in ${context.step.params['aside']}`;
    if (there.has('data') && !there.has('copied')) return 'Nothing was moved';
    throw new StepFailure(`The old data do not lie in ${context.step.params['aside']} any more`);
  },
  undo: async (context) => {
    const stopped = await context.command('stop', {}, { timeoutMs: 140_000 });
    if (stopped.exitCode !== 0) throw new StepFailure(`It did not shut down: ${lastWords(stopped.stderr)}`);
    const outcome = await context.command('return', {}, { timeoutMs: 30_000 });
    if (!outcome.stdout.includes('returned')) throw new StepFailure(`Not moved back: ${lastWords(outcome.stderr)}`);
  },
};

const startServer: StepCode = {
  run: async (context) => {
    const isDown = await requireGone(context).then(
      () => true,
      () => false,
    );
    await untilAnswers(context, { key: 'closed', limitMs: personMs, isDown });
    await context.send('close');
    context.memory.set(shutDown, '');
  },
  verify: async (context) => {
    const [row] = await context.send('closed', {}, { session: 'fresh' });
    if (!flagOf(row, 'fenced')) throw new StepFailure('A new connection finds it writable');
    return 'A new connection finds it read-only';
  },
};

/** Code of the actions of {@link backupSteps}. */
export const backupCode: Readonly<Record<string, StepCode>> = {
  copy,
  'prepare-copy': prepareCopy,
  'stop-server': stopServer,
  swap,
  'start-server': startServer,
};
