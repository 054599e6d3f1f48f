import type { DialectName } from '@shared/model/fleet';
import { mariadbDialect } from '../../dialect/mariadb';
import { mysqlDialect } from '../../dialect/mysql';
import { channelFromReplicaStatus } from '../../dialect/replica-status';
import { numberOf } from '../../dialect/rows';
import type { ChannelSample } from '../../dialect/server-sample';
import { StepFailure, type StepCode, type StepContext } from '../operation-kind';
import { channelRuns, has, lock } from '../steps/common-code';
import { covers, positionOf, shortPosition } from '../steps/positions';
import { drainSeconds } from './steps-data';

/** What the replica held when it was drained; nothing may come after it until it follows its new source. */
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
    if (addressOf(channel) !== context.step.params['from'])
      throw new StepFailure(`It follows ${addressOf(channel)} now, not ${context.step.params['from']}`);
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
    await context.send('stop-receiving');
    const { receivedGtid } = await channelOf(context);
    const target = context.step.target;
    const healthy = async (): Promise<void> => {
      const { applier, applierError } = await channelOf(context);
      if (applier !== 'running') throw new StepFailure(`Its applier stopped: ${applierError}`);
    };
    const applied = await untilCovered(context, {
      key: 'applied',
      goal: receivedGtid,
      seconds: drainSeconds,
      text: `${target} applies what it has received`,
      healthy,
    });
    await untilCovered(context, {
      key: 'held',
      goal: applied,
      seconds: drainSeconds,
      text: `the new source gets what ${target} holds`,
    });
    context.memory.set(drained, applied);
  },
  verify: async (context) => {
    const channel = await channelOf(context);
    if (hasMoved(context, channel)) return movedWords(context);
    if (channel.receiver !== 'stopped') throw new StepFailure(`Its receiver is ${channel.receiver}`);
    const applied = await sourceHoldsAll(context, channel);
    return `Nothing left to apply; the new source holds ${shortPosition(applied)}`;
  },
  undo: async (context) => void (await context.send('start-receiving')),
};

const movedWords = ({ step }: StepContext): string => `Its channel leads to ${step.params['to']} already`;

/** Everything received is applied, and the new source holds all of it. @returns what the replica holds */
async function sourceHoldsAll(context: StepContext, channel: ChannelSample): Promise<string> {
  const applied = await position(context, 'applied');
  if (!covers(applied, channel.receivedGtid)) throw new StepFailure('It has received what it has not applied');
  const held = await position(context, 'held');
  if (!covers(held, applied))
    throw new StepFailure(
      `The new source lacks ${behind(context, held, applied) ?? 'an unknown number of'} transactions that it holds`,
    );
  return applied;
}

/** Nothing came since it was drained. */
async function stillDrained(context: StepContext, channel: ChannelSample): Promise<void> {
  if (channel.receiver !== 'stopped') throw new StepFailure('Somebody started its receiver again');
  const applied = await sourceHoldsAll(context, channel);
  if (!covers(context.memory.find(drained), applied)) throw new StepFailure('It has changed since it was drained');
}

const stop: StepCode = {
  guard: async (context) => {
    const channel = await channelOf(context);
    if (!hasMoved(context, channel)) await stillDrained(context, channel);
  },
  run: async (context) => {
    if (!hasMoved(context, await channelOf(context))) await context.send('stop');
  },
  verify: async (context) =>
    hasMoved(context, await channelOf(context)) ? movedWords(context) : channelRuns(context, false),
  undo: async (context) => {
    await context.send('start');
    // Where it did not run before, because its source is gone, it need not run now.
    if (context.step.params['ran'] === 'yes') await channelRuns(context, true);
  },
};

const change: StepCode = {
  guard: async (context) => {
    const channel = await channelOf(context);
    if (hasMoved(context, channel)) return;
    if (channel.applier !== 'stopped') throw new StepFailure('Somebody started its applier again');
    await stillDrained(context, channel);
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
    await context.send('undo-stop');
    await backHoldsAll(context);
    await context.send('undo-change');
  },
};

/** From the new source it may have got more than the old one has yet, which MariaDB then refuses to serve. */
async function backHoldsAll(context: StepContext): Promise<void> {
  if (!has(context, 'back-held')) return;
  try {
    const goal = await position(context, 'applied');
    await untilCovered(context, { key: 'back-held', goal, seconds: 8, text: 'the old source gets what it holds' });
  } catch (thrown) {
    // Turning back is right also then: it follows again as soon as the old source has caught up or answers.
    context.note(`Not waited for: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

const start: StepCode = {
  run: async (context) => void (await context.send('start')),
  verify: (context) => channelRuns(context, true),
  // What came from the new source is applied before its relay log goes.
  undo: async (context) => {
    await context.send('undo-stop-receiving');
    const channel = await channelOf(context);
    if (channel.applier === 'running' && channel.applierErrno === 0)
      await untilCovered(context, {
        key: 'applied',
        goal: channel.receivedGtid,
        seconds: 8,
        text: `${context.step.target} applies what it has received`,
      }).catch(() => undefined);
    await context.send('undo-stop');
  },
};

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
const arrivalMs = 40_000;

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
    const [row] = await context.send(key, { runId: context.runId }, { session: 'fresh' });
    if (numberOf(row, 'present') === 1) return;
    if (context.clock.monotonicMs() - startMs > arrivalMs)
      throw new StepFailure(`The row did not come to ${instance} within ${arrivalMs / 1000} s`);
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
