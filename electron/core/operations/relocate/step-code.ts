import type { DialectName } from '@shared/model/fleet';
import { mariadbDialect } from '../../dialect/mariadb';
import { mysqlDialect } from '../../dialect/mysql';
import { channelFromReplicaStatus } from '../../dialect/replica-status';
import { numberOf } from '../../dialect/rows';
import type { ChannelSample } from '../../dialect/server-sample';
import { StepFailure, type StepCode, type StepContext } from '../operation-kind';
import { channelRuns, has, lock } from '../steps/common-code';
import { covers, positionOf, shortPosition, union } from '../steps/positions';
import { drainSeconds, stopSeconds } from './steps-data';

/** What the replica had received when it was drained. */
const drained = 'drained';

const behindOf: Readonly<Record<DialectName, (behind: string, ahead: string) => number | null>> = {
  mysql: mysqlDialect.transactionsBehind,
  mariadb: mariadbDialect.transactionsBehind,
};

/** Transactions that `behind` lacks; null is not known. */
const behind = ({ step }: StepContext, has: string, wanted: string): number | null =>
  behindOf[step.params['product'] === 'mariadb' ? 'mariadb' : 'mysql'](has, wanted);

async function channelOf(context: StepContext, key = 'status'): Promise<ChannelSample> {
  const [row] = await context.send(key);
  if (!row) throw new StepFailure(`${context.step.target} has no channel any more`);
  return channelFromReplicaStatus(row);
}

const addressOf = (channel: ChannelSample): string => `${channel.sourceHost}:${channel.sourcePort}`;

/** True once the channel leads to the new source: what lies before the change is behind us, also for a run carried on. */
const hasMoved = (context: StepContext, channel: ChannelSample): boolean =>
  addressOf(channel) === context.step.params['to'];

const position = async (context: StepContext, key: string): Promise<string> => positionOf(await context.send(key));

/** Asks until `goal` is covered, tells how far it is, and gives up after `seconds`. @returns the position that covers it */
async function untilCovered(
  context: StepContext,
  wait: {
    readonly key: string;
    readonly goal: string;
    readonly seconds: number;
    readonly text: string;
    /** Ends the wait early. @throws StepFailure */
    readonly healthy?: () => Promise<void>;
  },
): Promise<string> {
  const startMs = context.clock.monotonicMs();
  const total = behind(context, await position(context, wait.key), wait.goal);
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, 250)) {
    const now = await position(context, wait.key);
    if (covers(now, wait.goal)) return now;
    const left = behind(context, now, wait.goal);
    const passedMs = context.clock.monotonicMs() - startMs;
    const done = total === null || left === null ? 0 : Math.max(0, total - left);
    const perSecond = passedMs < 1000 || done === 0 ? null : (done * 1000) / passedMs;
    context.advance({
      text: wait.text,
      done,
      total,
      unit: 'transactions',
      perSecond,
      secondsLeft: perSecond === null || left === null ? null : left / perSecond,
    });
    if (passedMs > wait.seconds * 1000)
      throw new StepFailure(
        `${wait.text}: not done after ${wait.seconds} s, ${left ?? 'an unknown number of'} transactions are left`,
      );
    await wait.healthy?.();
    await context.clock.sleep(pauseMs, context.signal);
  }
}

const drain: StepCode = {
  guard: async (context) => {
    const channel = await channelOf(context);
    if (hasMoved(context, channel)) return;
    requireOldSource(context, channel);
    if (channel.applier !== 'running')
      throw new StepFailure(`Its applier is stopped ${channel.applierError}: what it received would be lost`);
    // One that was already told to stop receiving is counted no more.
    if (!has(context, 'ackers') || channel.receiver !== 'running') return;
    const [row] = await context.send('ackers');
    const wanted = Number(context.step.params['acksWanted'] ?? 0);
    const left = (numberOf(row, 'clients') ?? 0) - 1;
    if (left < wanted) throw new StepFailure(`Its source waits for ${wanted} ackers, ${left} would be left`);
  },
  run: async (context) => {
    if (hasMoved(context, await channelOf(context))) return;
    if (has(context, 'stop-receiving')) await context.send('stop-receiving');
    const { receivedGtid } = await channelOf(context);
    const target = context.step.target;
    const applied = await untilCovered(context, {
      key: 'applied',
      goal: receivedGtid,
      seconds: drainSeconds,
      text: `${target} applies what it has received`,
      healthy: async () => {
        const { applier, applierError } = await channelOf(context);
        if (applier !== 'running') throw new StepFailure(`Its applier stopped: ${applierError}`);
      },
    });
    const goal = union(applied, receivedGtid);
    context.memory.set(drained, goal);
    await newSourceHolds(context, goal);
  },
  verify: async (context) => {
    const channel = await channelOf(context);
    if (hasMoved(context, channel)) return movedWords(context);
    if (has(context, 'stop-receiving') && channel.receiver !== 'stopped')
      throw new StepFailure(`Its receiver is ${channel.receiver}`);
    const goal = context.memory.find(drained);
    if (goal === '') throw new StepFailure('What it had received is not known any more');
    if (!covers(await position(context, 'applied'), goal))
      throw new StepFailure('It has not applied what it had received');
    await requireHeld(context, goal);
    return `Nothing left to apply; the new source holds ${shortPosition(goal)}`;
  },
  undo: async (context) => {
    if (has(context, 'start-receiving')) await context.send('start-receiving');
  },
};

const movedWords = ({ step }: StepContext): string => `Its channel leads to ${step.params['to']} already`;

function requireOldSource({ step }: StepContext, channel: ChannelSample): void {
  if (addressOf(channel) !== step.params['from'])
    throw new StepFailure(`It follows ${addressOf(channel)} now, not ${step.params['from']}`);
}

const newSourceHolds = async (context: StepContext, goal: string): Promise<string> =>
  untilCovered(context, {
    key: 'held',
    goal,
    seconds: drainSeconds,
    text: `the new source gets what ${context.step.target} holds`,
  });

async function requireHeld(context: StepContext, goal: string): Promise<void> {
  const held = await position(context, 'held');
  if (!covers(held, goal))
    throw new StepFailure(
      `The new source lacks ${behind(context, held, goal) ?? 'an unknown number of'} transactions that it holds`,
    );
}

/** Applied, or received and to be given again: the new source must hold both. */
const everything = async (context: StepContext, channel: ChannelSample): Promise<string> =>
  union(await position(context, 'applied'), channel.receivedGtid);

const stop: StepCode = {
  guard: async (context) => {
    const channel = await channelOf(context);
    if (!hasMoved(context, channel)) requireOldSource(context, channel);
  },
  run: async (context) => {
    if (hasMoved(context, await channelOf(context))) return;
    await context.send('stop', {}, { timeoutMs: stopSeconds * 1000 });
    // What came between the drain and the stop: the new source gets it too, and only then is the old one left.
    await untilHeldAfterStop(context);
  },
  verify: async (context) => {
    const channel = await channelOf(context);
    if (hasMoved(context, channel)) return movedWords(context);
    const seen = await channelRuns(context, false);
    const goal = await everything(context, channel);
    await requireHeld(context, goal);
    return `${seen}; the new source holds ${shortPosition(goal)}`;
  },
  undo: async (context) => {
    await context.send('start');
    // Where it did not run before, because its source is gone, it need not run now.
    if (context.step.params['ran'] === 'yes') await channelRuns(context, true);
  },
};

/** Longest wait for what came in the last moment, seconds. */
const lastMomentSeconds = 20;

async function untilHeldAfterStop(context: StepContext): Promise<void> {
  await untilCovered(context, {
    key: 'held',
    goal: await everything(context, await channelOf(context)),
    seconds: lastMomentSeconds,
    text: `the new source gets what ${context.step.target} holds`,
  });
}

const change: StepCode = {
  guard: async (context) => {
    const channel = await channelOf(context);
    if (hasMoved(context, channel)) return;
    requireOldSource(context, channel);
    if (channel.receiver !== 'stopped' || channel.applier !== 'stopped')
      throw new StepFailure('Somebody started its replication again');
    await requireHeld(context, await everything(context, channel));
    if (!has(context, 'source-status')) return;
    const source = await channelOf(context, 'source-status');
    if (addressOf(source) !== context.step.params['sourceFollows'])
      throw new StepFailure(
        `The new source follows ${addressOf(source)} now, not ${context.step.params['sourceFollows']}`,
      );
  },
  run: async (context) => {
    if (!hasMoved(context, await channelOf(context))) await context.send('change');
  },
  verify: async (context) => {
    const channel = await channelOf(context);
    if (!hasMoved(context, channel)) throw new StepFailure(`Its channel leads to ${addressOf(channel)}`);
    return `Its channel leads to ${addressOf(channel)}`;
  },
  undo: async (context) => {
    await context.send('undo-stop', {}, { timeoutMs: stopSeconds * 1000 });
    if (!hasMoved(context, await channelOf(context))) return;
    await backHoldsAll(context);
    await context.send('undo-change');
  },
};

/** From the new source it may have got more than the old one has yet, which MariaDB then refuses to serve. */
async function backHoldsAll(context: StepContext): Promise<void> {
  if (!has(context, 'back-held')) return;
  try {
    const goal = await everything(context, await channelOf(context));
    await untilCovered(context, { key: 'back-held', goal, seconds: 8, text: 'the old source gets what it holds' });
  } catch (thrown) {
    // Turning back is right also then: it follows again as soon as the old source has caught up or answers.
    context.note(`Not waited for: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

const start: StepCode = {
  run: async (context) => void (await context.send('start')),
  verify: (context) => channelRuns(context, true),
  undo: async (context) => {
    if (has(context, 'undo-stop-receiving')) await applyReceived(context);
    await context.send('undo-stop', {}, { timeoutMs: stopSeconds * 1000 });
  },
};

/** What came from the new source is applied before MariaDB throws its relay log away. */
async function applyReceived(context: StepContext): Promise<void> {
  await context.send('undo-stop-receiving');
  const channel = await channelOf(context);
  if (channel.applier === 'running' && channel.applierErrno === 0)
    await untilCovered(context, {
      key: 'applied',
      goal: channel.receivedGtid,
      seconds: 8,
      text: `${context.step.target} applies what it has received`,
    }).catch(() => undefined);
}

const marker: StepCode = {
  run: async (context) => {
    for (const statement of context.step.statements)
      if (statement.key.startsWith('create.')) await context.send(statement.key);
    await context.send(
      'insert',
      { runId: context.runId, candidate: context.plan.impact.primary },
      { session: 'fresh' },
    );
  },
  verify: async (context) => {
    const [row] = await context.send('present', { runId: context.runId }, { session: 'fresh' });
    if (numberOf(row, 'present') !== 1) throw new StepFailure('The row cannot be read back');
    return `${context.step.target} committed it after the move`;
  },
};

/** Longest way of a row from the primary through every source, ms. */
const arrivalMs = 120_000;

const prove: StepCode = {
  run: async () => undefined,
  verify: async (context) => {
    const keys = context.step.statements.filter((one) => one.key.startsWith('marker'));
    await Promise.all(keys.map(async ({ key, instance }) => rowArrives(context, key, instance)));
    await channelRuns(context, true);
    const { plan, step } = context;
    const below = keys.length - 1;
    return `${plan.impact.candidate} follows ${step.params['follows']}, and what ${plan.impact.primary} committed after the move is there${below === 0 ? '' : `, and on ${below} below it`}`;
  },
};

async function rowArrives(context: StepContext, key: string, instance: string): Promise<void> {
  const startMs = context.clock.monotonicMs();
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, 300)) {
    let seen = 'its table came without it';
    try {
      const [row] = await context.send(key, { runId: context.runId }, { session: 'fresh' });
      if (numberOf(row, 'present') === 1) return;
    } catch (thrown) {
      // The first row brings its table with it: until then there is none to read.
      if (context.signal.aborted || !(thrown instanceof StepFailure)) throw thrown;
      seen = thrown.message;
    }
    if (context.clock.monotonicMs() - startMs > arrivalMs)
      throw new StepFailure(`The row did not come to ${instance} within ${arrivalMs / 1000} s: ${seen}`);
    await context.clock.sleep(pauseMs, context.signal);
  }
}

/** Code by action name; one for each action of the relocation's steps. */
export const relocateStepCode: Readonly<Record<string, StepCode>> = {
  lock,
  drain,
  stop,
  change,
  start,
  marker,
  prove,
};
