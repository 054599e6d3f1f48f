import { MidwatchError } from '@shared/errors';
import { flagOf, numberOf, textOf } from '../../dialect/rows';
import { StepFailure, type StepCode, type StepContext } from '../operation-kind';
import { channelRuns } from '../steps/common-code';
import { untilAnswers } from './bring-up';
import { personMs } from './clone-steps';
import { copyProgress } from './copy-progress';

/** Under which a run remembers when the newest CLONE before its own began. */
const earlierClone = 'earlier CLONE';
const progressEveryMs = 400;
/**
 * CLONE itself notices a donor that died only after minutes (seen on 9.7.4): no byte for this long and no answer either, and
 * it is ended. One that refuses has no server any more, and a server that starts anew knows nothing of this CLONE; one that
 * is silent may come back.
 */
const deadDonorMs = { refuses: 8000, silent: 30_000 } as const;
/** No byte for this long, whoever answers: something holds it up. */
const stuckMs = 600_000;
/** "Restart server failed": the data are there, the server has shut itself down, and nobody starts it (MySQL 9.7 manual, "Cloning Remote Data"). */
const noSupervisor = 3707;

interface CloneStatus {
  readonly state: string;
  readonly begun: string;
  readonly error: string;
  /** Not the one that this run found when it began. */
  readonly isOurs: boolean;
}

async function statusOf(context: StepContext): Promise<CloneStatus | null> {
  const [row] = await context.send('status', {}, { session: 'fresh', timeoutMs: 5000 });
  return readStatus(context, row);
}

/** Of a run that is carried on: the server may be on its way up with the copy of the console that died. */
async function statusWhenBack(context: StepContext): Promise<CloneStatus | null> {
  const [row] = await untilAnswers(context, { key: 'status', limitMs: personMs, isDown: false });
  return readStatus(context, row);
}

function readStatus(context: StepContext, row: Parameters<typeof textOf>[0]): CloneStatus | null {
  if (!row) return null;
  const errno = numberOf(row, 'errno') ?? 0;
  const begun = textOf(row, 'begun');
  return {
    state: textOf(row, 'state'),
    begun,
    error: errno === 0 ? '' : `${errno} ${textOf(row, 'error')}`,
    isOurs: begun !== context.memory.find(earlierClone),
  };
}

/** Stage by stage, until `ended` says so. Bytes are those of the files; the rest is small. */
async function showProgress(context: StepContext, ended: () => boolean): Promise<void> {
  const total = Number(context.step.params['bytes']) || null;
  const tell = copyProgress(context, total);
  let [moved, movedAtMs] = [-1, context.clock.monotonicMs()];
  while (!ended() && !context.signal.aborted) {
    const rows = await context.send('progress', {}, { session: 'second', timeoutMs: 3000 }).catch(() => []);
    const at = rows.findLast((row) => textOf(row, 'state') === 'In Progress') ?? rows.at(-1);
    const bytes = rows.reduce((sum, row) => sum + (numberOf(row, 'data') ?? 0), 0);
    if (at && !ended()) tell(`CLONE: ${textOf(at, 'stage').toLowerCase()}`, bytes);
    const nowMs = context.clock.monotonicMs();
    if (bytes !== moved || rows.length === 0) [moved, movedAtMs] = [bytes, nowMs];
    const copies = textOf(at, 'stage').endsWith('COPY') && textOf(at, 'state') === 'In Progress';
    if (copies && (await isDead(context, nowMs - movedAtMs))) {
      context.note('No byte comes any more, and the donor does not answer: CLONE is ended');
      await context.interrupt(recipientOf(context)).catch(() => undefined);
      movedAtMs = nowMs;
    }
    await context.clock.sleep(progressEveryMs, context.signal).catch(() => undefined);
  }
}

const recipientOf = ({ step }: StepContext): string =>
  step.statements.find((one) => one.key === 'clone')?.instanceId ?? '';

/** Whether nothing can come any more, after so long without a byte. */
async function isDead(context: StepContext, idleMs: number): Promise<boolean> {
  if (idleMs <= deadDonorMs.refuses) return false;
  if (idleMs > stuckMs) return true;
  const state = await donorState(context);
  return state !== 'answers' && idleMs > deadDonorMs[state];
}

const donorState = (context: StepContext): Promise<'answers' | 'refuses' | 'silent'> =>
  context.send('donor', {}, { session: 'fresh', timeoutMs: 4000 }).then(
    () => 'answers',
    (thrown: unknown) =>
      thrown instanceof StepFailure &&
      thrown.cause instanceof MidwatchError &&
      thrown.cause.code === 'connection-refused'
        ? 'refuses'
        : 'silent',
  );

/** Sends CLONE and shows how far it is. @returns true when the server is known to be down afterwards. @throws StepFailure */
async function copyAnew(context: StepContext): Promise<boolean> {
  await context.send('lift');
  await context.send('donors');
  const interrupt = (): void => void context.interrupt(recipientOf(context)).catch(() => undefined);
  context.signal.addEventListener('abort', interrupt);
  let over = false;
  const began = context.clock.monotonicMs();
  const showing = showProgress(context, () => over);
  try {
    const password = context.memory.get('account-password');
    await context.send('clone', { password }, { timeoutMs: context.step.timeoutMs });
    return false;
  } catch (thrown) {
    if (!(thrown instanceof StepFailure)) throw thrown;
    if (errnoOf(thrown) === noSupervisor) return true;
    // The restart breaks the connection: what CLONE came to is asked of the server.
    if (thrown.outcome === 'unknown' && !context.signal.aborted) return false;
    throw thrown;
  } finally {
    over = true;
    context.signal.removeEventListener('abort', interrupt);
    await showing;
    context.note(`CLONE ended after ${((context.clock.monotonicMs() - began) / 1000).toFixed(1)} s`);
  }
}

function errnoOf(failure: StepFailure): number {
  return failure.cause instanceof MidwatchError ? Number(failure.cause.details['errno'] ?? 0) : 0;
}

/** Until CLONE has ended and the server is back. @throws StepFailure with what CLONE says of its failure */
async function untilCopied(context: StepContext, isDown: boolean): Promise<void> {
  // A server that is just shutting down takes connections and never greets: asked at once, it would be waited for in vain.
  if (!isDown) await context.clock.sleep(1500, context.signal);
  for (let down = isDown; ; down = false) {
    const [row] = await untilAnswers(context, { key: 'status', limitMs: personMs, isDown: down });
    const status = readStatus(context, row);
    if (!status?.isOurs) throw new StepFailure('CLONE never began: the server knows nothing of it');
    if (status.state === 'Completed') return;
    if (status.state === 'Failed') throw new StepFailure(`CLONE failed: ${status.error}`);
    // It goes on without the connection that sent it.
    let over = false;
    const showing = showProgress(context, () => over);
    await context.clock.sleep(2000, context.signal);
    over = true;
    await showing;
  }
}

/** Closed on every way out; a server that does not answer starts closed, because that is persisted. */
const seal = async (context: StepContext): Promise<void> =>
  void (await context.send('reseal', {}, { session: 'fresh', timeoutMs: 5000 }).catch(() => undefined));

const clone: StepCode = {
  guard: async (context) => {
    if (context.memory.find(earlierClone) !== '') return;
    const [row] = await context.send('status');
    context.memory.set(earlierClone, row ? textOf(row, 'begun') : 'none');
  },
  run: async (context) => {
    const before = context.resumed ? await statusWhenBack(context) : await statusOf(context);
    if (before?.isOurs && before.state === 'Completed') return;
    const goesOn = before?.isOurs === true && before.state === 'In Progress';
    try {
      await untilCopied(context, goesOn ? false : await copyAnew(context));
    } catch (thrown) {
      await seal(context);
      throw thrown;
    }
  },
  verify: async (context) => {
    const status = await statusOf(context);
    if (!status?.isOurs) throw new StepFailure('CLONE never began');
    if (status.state !== 'Completed')
      throw new StepFailure(`CLONE is ${status.state.toLowerCase()}${status.error ? `: ${status.error}` : ''}`);
    const [row] = await context.send('sealed', {}, { session: 'fresh' });
    if (!flagOf(row, 'sealed')) throw new StepFailure('It came back without super_read_only');
    return `CLONE completed, begun ${status.begun} UTC; the server came back closed`;
  },
  notPassed: async (context) => {
    const status = await statusOf(context);
    if (!status?.isOurs) return 'CLONE never began';
    if (status.state !== 'Failed')
      throw new StepFailure(`CLONE is ${status.state.toLowerCase()}: its own data are gone, or will be`);
    const rows = await context.send('progress', {}, { session: 'fresh' });
    // The table keeps the stages of an earlier CLONE until the next one drops data.
    const dropped = rows.some((row) => textOf(row, 'begun') >= status.begun);
    if (dropped)
      throw new StepFailure(
        `CLONE failed (${status.error}) after it began to drop: ${context.step.target} holds no data, and stays closed. Mend the cause and carry on, or plan again`,
      );
    return `CLONE failed before it dropped anything (${status.error})`;
  },
  undo: async (context) => {
    await clone.notPassed?.(context);
    await context.send('reseal', {}, { session: 'fresh' });
  },
};

const plugin: StepCode = {
  run: async (context) => {
    const [row] = await context.send('active');
    if (numberOf(row, 'active') === 1) return;
    await context.send('lift');
    try {
      await context.send('install');
    } finally {
      await context.send('seal');
    }
  },
  verify: async (context) => {
    const [row] = await context.send('active', {}, { session: 'fresh' });
    if (numberOf(row, 'active') !== 1) throw new StepFailure('The plugin is not active');
    return 'The plugin is active';
  },
};

const detach: StepCode = {
  run: async (context) => void (await context.send('stop')),
  verify: (context) => channelRuns(context, false),
  undo: async (context) => void (await context.send('start')),
};

/** Code of the actions of {@link cloneSteps}. */
export const cloneCode: Readonly<Record<string, StepCode>> = { detach, plugin, clone };
