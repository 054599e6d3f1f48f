import { MidwatchError } from '@shared/errors';
import type { DialectName } from '@shared/model/fleet';
import { channelFromReplicaStatus } from '../../dialect/replica-status';
import { mariadbDialect } from '../../dialect/mariadb';
import { mysqlDialect } from '../../dialect/mysql';
import { flagOf, textOf } from '../../dialect/rows';
import { evidence } from '../divergence/evidence';
import { grownBy, mariadbErrant, mysqlErrant } from '../divergence/errant-set';
import { StepFailure, type StepCode, type StepContext } from '../operation-kind';
import { channelRuns, lock } from '../steps/common-code';
import { covers, positionOf, shortPosition } from '../steps/positions';
import { backupCode, copiedAt, shutDown } from './backup-code';
import { cloneCode } from './clone-code';
import { copyProgress } from './copy-progress';

const productOf = ({ step }: StepContext): DialectName => (step.params['product'] === 'mariadb' ? 'mariadb' : 'mysql');

/** What it holds and the primary does not, asked in this order: in the other, each new commit looks errant. */
async function errantNow(context: StepContext): Promise<string> {
  const stateOf = async (key: string): Promise<string> =>
    textOf((await context.send(key, {}, { session: 'fresh' }))[0], 'state').replaceAll('\n', '');
  const own = await stateOf('own');
  const held = await stateOf('held');
  return (productOf(context) === 'mariadb' ? mariadbErrant(own, held) : mysqlErrant(own, held)).text;
}

const close: StepCode = {
  run: async (context) => {
    await context.send('limit');
    await context.send('close');
  },
  verify: async (context) => {
    const [row] = await context.send('closed', {}, { session: 'fresh' });
    if (!flagOf(row, 'fenced')) throw new StepFailure('A new connection finds it writable');
    const planned = context.step.params['errant'] ?? '';
    let grown = grownBy(planned, await errantNow(context));
    if (grown !== '') {
      // A replica may be some milliseconds ahead of a source that waits for its acknowledgement.
      await context.clock.sleep(300);
      grown = grownBy(planned, await errantNow(context));
    }
    if (grown !== '')
      throw new StepFailure(`It wrote since the plan was made: ${shortPosition(grown)}. It stays closed: plan again`);
    return 'A new connection finds it read-only; nothing was written on it since the plan';
  },
  // Where the console died between the shutdown and the swap, the server is down because of this run. That its process is
  // gone is proven again by the step that shut it down, before anything is moved.
  look: (context) =>
    close.verify(context).catch((thrown: unknown) => {
      const isRefused =
        thrown instanceof StepFailure &&
        thrown.cause instanceof MidwatchError &&
        thrown.cause.code === 'connection-refused';
      if (isRefused && context.memory.find(shutDown) !== '')
        return 'It was closed, and this run has shut it down since';
      throw thrown;
    }),
};

const follow: StepCode = {
  run: async (context) => {
    await context.send('stop').catch(ignoreNoChannel);
    await context.send('forget').catch(ignoreNoChannel);
    if (productOf(context) === 'mariadb') await goOnFromCopy(context);
    await context.send('change', { password: context.memory.get('replication-password') });
    await context.send('start');
  },
  verify: (context) => channelRuns(context, true),
};

/** Where there is no channel there is nothing to forget; whatever else is wrong, CHANGE says too. */
function ignoreNoChannel(thrown: unknown): void {
  if (!(thrown instanceof StepFailure) || thrown.outcome === 'unknown') throw thrown;
}

/** Refused by the server once it has gone on from there: then it is there already. */
async function goOnFromCopy(context: StepContext): Promise<void> {
  const position = context.memory.get(copiedAt).replace(/^at /, '');
  const now = positionOf(await context.send('position'));
  if (!covers(now, position)) await context.send('go-on-from', { position });
}

/** Not one transaction in this time: something holds it up. */
const stuckMs = 300_000;

const catchUp: StepCode = {
  run: async (context) => {
    const dialect = productOf(context) === 'mariadb' ? mariadbDialect : mysqlDialect;
    const goal = positionOf(await context.send('goal'));
    const left = async (): Promise<{ readonly there: boolean; readonly count: number | null }> => {
      const now = positionOf(await context.send('position', {}, { session: 'second' }));
      return { there: covers(now, goal), count: dialect.transactionsBehind(now, goal) };
    };
    const first = await left();
    const tell = copyProgress(context, first.count, 'transactions');
    let [best, movedAtMs] = [first.count, context.clock.monotonicMs()];
    for (let at = first; !at.there; at = await left()) {
      await requireRunning(context);
      if (at.count !== null && (best === null || at.count < best))
        [best, movedAtMs] = [at.count, context.clock.monotonicMs()];
      if (context.clock.monotonicMs() - movedAtMs > stuckMs)
        throw new StepFailure(
          `${at.count ?? 'An unknown number of'} transactions are left, and none was applied for 5 min`,
        );
      tell(`catching up with ${context.plan.impact.primary}`, (first.count ?? 0) - (at.count ?? first.count ?? 0));
      await context.clock.sleep(200, context.signal);
    }
    context.memory.set('caught up with', goal);
  },
  verify: async (context) => {
    const goal = context.memory.get('caught up with');
    const now = positionOf(await context.send('position', {}, { session: 'fresh' }));
    if (!covers(now, goal)) throw new StepFailure(`It stands at ${shortPosition(now)}`);
    return goal === ''
      ? 'The primary never wrote: there is nothing to catch up with'
      : `It holds all of ${shortPosition(goal)}`;
  },
};

/** @throws StepFailure when waiting helps no more */
async function requireRunning(context: StepContext): Promise<void> {
  const [row] = await context.send('status', {}, { session: 'second' });
  if (!row) throw new StepFailure('It has no channel any more');
  const channel = channelFromReplicaStatus(row);
  if (channel.applierErrno > 0) throw new StepFailure(`Its applier stopped: ${channel.applierError}`);
  // 1236 and 13114: the source has purged what it needs. A source that is away for a moment comes back.
  if (channel.receiver === 'stopped' && channel.receiverErrno > 0)
    throw new StepFailure(`Its receiver stopped: ${channel.receiverError}`);
}

const prove: StepCode = {
  run: async () => undefined,
  verify: async (context) => {
    const { identity = '', follows } = context.step.params;
    const fresh = { session: 'fresh' } as const;
    const own = textOf((await context.send('identity', {}, fresh))[0], 'identity');
    if (identity !== '' && own !== identity) throw new StepFailure(`It is ${own} now, and was ${identity}`);
    if (!flagOf((await context.send('closed', {}, fresh))[0], 'fenced')) throw new StepFailure('It takes writes');
    const [row] = await context.send('status', {}, fresh);
    const channel = row && channelFromReplicaStatus(row);
    if (!channel || `${channel.sourceHost}:${channel.sourcePort}` !== follows)
      throw new StepFailure(`It does not follow ${follows}`);
    if (channel.receiver !== 'running' || channel.applier !== 'running')
      throw new StepFailure(`Receiver ${channel.receiver}, applier ${channel.applier}`);
    const errant = await errantNow(context);
    if (errant !== '') throw new StepFailure(`It holds ${shortPosition(errant)}, which the primary lacks`);
    if (!flagOf((await context.send('writable', {}, fresh))[0], 'writable'))
      throw new StepFailure(`${context.plan.impact.primary} takes no writes`);
    return `It is ${shortPosition(own)}, read-only, follows ${follows}, and holds nothing that ${context.plan.impact.primary} lacks`;
  },
};

/** Code by action name; one for each action of {@link fillSteps}. */
export const reprovisionStepCode: Readonly<Record<string, StepCode>> = {
  lock,
  close,
  evidence,
  ...cloneCode,
  ...backupCode,
  follow,
  'catch-up': catchUp,
  prove,
};
