import { toAppError } from '@shared/errors';
import { countMysqlGtidSet, parseMysqlGtidSet } from '@shared/gtid/mysql-gtid-set';
import { mariadbDialect } from '../../dialect/mariadb';
import { mysqlDialect } from '../../dialect/mysql';
import { channelFromReplicaStatus } from '../../dialect/replica-status';
import { flagOf, numberOf } from '../../dialect/rows';
import { evidence } from '../divergence/evidence';
import { grownBy, mariadbErrant, mysqlErrant, type Errant } from '../divergence/errant-set';
import { StepFailure, type StepCode, type StepContext } from '../operation-kind';
import { channelRuns, has, lock } from '../steps/common-code';
import { covers, frozen, positionOf, samePosition, shortPosition as short, waitFor } from '../steps/positions';
import { endPrivileged } from '../switchover/step-code';

/** Nothing arrives for as long: the wait is given up, ms. */
const stalledMs = 120_000;
/** A position that the wait is for. */
const goal = 'goal';

const errantOf = ({ step: { params } }: StepContext, held: string, reference: string): Errant =>
  params['dialect'] === 'mariadb' ? mariadbErrant(held, reference) : mysqlErrant(held, reference);

const keysOf = (context: StepContext, prefix: string): readonly string[] =>
  context.step.statements.filter((one) => one.key.startsWith(prefix)).map((one) => one.key);

/** Behind commits that wait for an acknowledgement, or a lock, the fence waits too: whoever holds it up is ended. */
async function fenceByForce(context: StepContext): Promise<void> {
  context.note('Held up for 2 s: the sessions in its way are ended');
  for (const row of has(context, 'waiting') ? await context.send('waiting') : [])
    await context.send('end-waiting', { session: numberOf(row, 'id') ?? 0 }).catch(() => undefined);
  for (const key of keysOf(context, 'force.')) await context.send(key);
  await context.send('fence', {}, { timeoutMs: 8000 });
}

const isOffline = async (context: StepContext): Promise<boolean> =>
  has(context, 'offline') && flagOf((await context.send('offline', {}, { session: 'second' }))[0], 'offline');

const fence: StepCode = {
  run: async (context) => {
    await context.send('limit');
    try {
      try {
        await context.send('fence', {}, { timeoutMs: 8000 });
      } catch (thrown) {
        const heldUp = thrown instanceof StepFailure && toAppError(thrown.cause).code === 'lock-wait-timeout';
        if (!heldUp) throw thrown;
        await fenceByForce(context);
      }
      if (has(context, 'hold')) await endPrivileged(context);
    } finally {
      // Also what a console that died in between left behind.
      if (await isOffline(context)) for (const key of keysOf(context, 'after.')) await context.send(key);
    }
  },
  verify: async (context) => {
    const [row] = await context.send('proof', {}, { session: 'fresh' });
    if (!flagOf(row, 'fenced')) throw new StepFailure('Another connection finds it still writable');
    if (await isOffline(context)) throw new StepFailure('It is still offline for everybody');
    return 'Another connection finds it read-only';
  },
};

/** Set when it was written down; a console may die between the intent and the deed. */
const inQuarantine = 'in quarantine';

function keepInQuarantine(context: StepContext, on: boolean): void {
  context.quarantine(context.step.statements[0]?.instanceId ?? '', on);
  context.memory.set(inQuarantine, on ? 'yes' : 'no');
}

const quarantine: StepCode = {
  run: async (context) => keepInQuarantine(context, true),
  verify: async (context) => {
    if (context.memory.find(inQuarantine) === '') throw new StepFailure('It was not written down yet');
    return 'Written down: it is fenced at first sight, before anything else';
  },
};

const freeze: StepCode = {
  run: async (context) => {
    if (has(context, 'stop')) await context.send('stop', {}, { timeoutMs: 30_000 });
    if ((await context.send('prepared')).length > 0)
      throw new StepFailure('A prepared XA transaction is there: its commit would pass the fence. Finish it first');
    const [row] = await context.send('fenced');
    if (!flagOf(row, 'fenced')) throw new StepFailure('The fence is gone');
    const there = positionOf(await context.send('position', {}, { session: 'fresh' }));
    context.memory.set(frozen, there);
    const planned = context.step.params['position'] ?? '';
    if (!samePosition(planned, there))
      context.note(`It moved between the plan and the fence: ${short(planned)} became ${short(there)}`, {
        moved: true,
      });
  },
  verify: async (context) => {
    const again = positionOf(await context.send('position', {}, { session: 'fresh' }));
    if (!samePosition(context.memory.get(frozen), again))
      throw new StepFailure(
        `Someone wrote through the fence: ${short(context.memory.get(frozen))} became ${short(again)}`,
      );
    return `Stands still at ${short(again)}`;
  },
  undo: async (context) => {
    if (has(context, 'start')) await context.send('start');
  },
  // Later steps move it on, by replication: then it does not stand there any more, and need not.
  look: async (context) => {
    const there = positionOf(await context.send('position', {}, { session: 'fresh' }));
    if (!covers(there, context.memory.get(frozen))) throw new StepFailure('It stands before the frozen position');
    return `It holds what it held at the fence: ${short(context.memory.get(frozen))}`;
  },
};

/** What is errant now; a replica may be some ms ahead of its source, so that what is new is asked twice. */
async function errantNow(context: StepContext): Promise<{ readonly errant: Errant; readonly grown: string }> {
  const held = positionOf(await context.send('held', {}, { session: 'fresh' }));
  const planned = context.step.params['errant'] ?? '';
  const compare = async (): Promise<{ readonly errant: Errant; readonly grown: string }> => {
    const errant = errantOf(context, held, positionOf(await context.send('reference', {}, { session: 'fresh' })));
    return { errant, grown: grownBy(planned, errant.text) };
  };
  const first = await compare();
  if (first.grown === '') return first;
  if (has(context, 'ahead')) await waitFor(context, 'ahead', held, 2);
  else await context.clock.sleep(300);
  return compare();
}

const compare: StepCode = {
  run: async () => undefined,
  verify: async (context) => {
    const { errant, grown } = await errantNow(context);
    if (grown !== '')
      throw new StepFailure(
        `It took writes that the plan did not see: ${short(grown)}. It is closed now and takes no more: plan again, and they are shown`,
      );
    return errant.text === ''
      ? `Nothing of its own: 0 transactions only on ${context.plan.impact.candidate}`
      : `${errant.count?.toLocaleString('en') ?? 'An unknown number of'} transactions of its own, as the plan saw: ${short(errant.text)}`;
  },
};

const settings: StepCode = {
  run: async (context) => {
    for (const key of ['semi-sync-off', 'semi-sync']) if (has(context, key)) await context.send(key);
  },
  verify: async (context) => {
    const [row] = await context.send('enabled', {}, { session: 'fresh' });
    if (flagOf(row, 'enabled')) throw new StepFailure('It would still wait for acknowledgements');
    return 'It waits for nobody';
  },
};

/** Each transaction of a MySQL GTID set by its own name. */
export function namesOf(set: string): readonly string[] {
  return [...parseMysqlGtidSet(set)].flatMap(([source, intervals]) =>
    intervals.flatMap(([from, to]) =>
      Array.from({ length: Number(to - from) + 1 }, (_, index) => `${source}:${from + BigInt(index)}`),
    ),
  );
}

/** @throws StepFailure when the primary names one of them already */
async function noneInjected(context: StepContext): Promise<string> {
  const wanted = context.step.params['errant'] ?? '';
  const there = positionOf(await context.send('position', {}, { session: 'fresh' }));
  const left = mysqlErrant(wanted, there).count ?? 0;
  const all = Number(countMysqlGtidSet(parseMysqlGtidSet(wanted)));
  if (left < all) throw new StepFailure(`${all - left} of ${all} names are there already, and cannot be taken back`);
  return 'None of the names is there yet';
}

const inject: StepCode = {
  guard: async (context) => {
    const [row] = await context.send('writable');
    if (!flagOf(row, 'writable')) throw new StepFailure('The primary takes no writes');
  },
  run: async (context) =>
    context.replay(
      'inject',
      namesOf(context.step.params['errant'] ?? '').flatMap((name) => [
        `SET GTID_NEXT = '${name}'`,
        'BEGIN',
        'COMMIT',
        "SET GTID_NEXT = 'AUTOMATIC'",
      ]),
    ),
  verify: async (context) => {
    const wanted = context.step.params['errant'] ?? '';
    const there = positionOf(await context.send('position', {}, { session: 'fresh' }));
    const { text } = mysqlErrant(wanted, there);
    if (text !== '') throw new StepFailure(`The primary does not name ${short(text)} yet`);
    return `${namesOf(wanted).length} names are there, with nothing in them`;
  },
  notPassed: noneInjected,
  undo: async (context) => void (await noneInjected(context)),
};

const follow: StepCode = {
  guard: async (context) => {
    const [row] = await context.send('fenced');
    if (!flagOf(row, 'fenced')) throw new StepFailure('The fence is gone: it may have taken writes');
  },
  run: async (context) => {
    await context.send('stop', {}, { timeoutMs: 30_000 });
    if (has(context, 'own-position')) await context.send('own-position', { position: context.memory.get(frozen) });
    await context.send('change', { password: context.memory.get('replication-password') });
    await context.send('start');
  },
  verify: async (context) => channelRuns(context, true),
  undo: async (context) => {
    try {
      await context.send('undo-stop').catch(() => undefined);
      if (has(context, 'undo-forget')) await context.send('undo-forget');
    } finally {
      // Anew: whoever saw it following a moment ago must not take that for its state now.
      keepInQuarantine(context, true);
    }
  },
};

const behind = (context: StepContext, here: string, there: string): number | null =>
  (context.step.params['dialect'] === 'mariadb' ? mariadbDialect : mysqlDialect).transactionsBehind(here, there);

/** Errors that no waiting mends stop the wait. @throws StepFailure with what replication says */
async function requireChannel(context: StepContext): Promise<void> {
  const [row] = await context.send('status');
  const channel = row && channelFromReplicaStatus(row);
  if (!channel) throw new StepFailure('It follows nobody any more');
  if (channel.applier !== 'running') throw new StepFailure(`Its applier stopped: ${channel.applierError}`);
  if (channel.receiver === 'stopped') throw new StepFailure(`Its receiver stopped: ${channel.receiverError}`);
}

const catchUp: StepCode = {
  run: async (context) => {
    const there = positionOf(await context.send('goal'));
    context.memory.set(goal, there);
    const { clock, signal } = context;
    let total: number | null = null;
    let last = { atMs: clock.monotonicMs(), left: Infinity };
    for (;;) {
      if (await waitFor(context, 'wait', there, 1)) return;
      if (signal.aborted) throw new StepFailure('It did not catch up in the time that it had');
      const left = behind(context, positionOf(await context.send('here')), there);
      if (left === null) continue;
      total ??= left;
      const nowMs = clock.monotonicMs();
      const perSecond = Number.isFinite(last.left) ? ((last.left - left) * 1000) / (nowMs - last.atMs) : null;
      context.advance({
        text: `applying what ${context.plan.impact.primary} wrote meanwhile`,
        done: total - left,
        total,
        unit: 'transactions',
        perSecond,
        secondsLeft: perSecond !== null && perSecond > 0 ? left / perSecond : null,
      });
      if (left < last.left) last = { atMs: nowMs, left };
      await requireChannel(context);
      if (nowMs - last.atMs > stalledMs)
        throw new StepFailure(
          `Nothing arrived for ${stalledMs / 1000} s, ${left.toLocaleString('en')} transactions are missing`,
        );
    }
  },
  verify: async (context) => {
    if (!(await waitFor(context, 'wait', context.memory.get(goal), 2)))
      throw new StepFailure('It has not applied everything yet');
    return `It has applied everything up to ${short(context.memory.get(goal))}`;
  },
};

const prove: StepCode = {
  run: async () => undefined,
  verify: async (context) => {
    const { candidate, primary } = context.plan.impact;
    const [fenced] = await context.send('fenced', {}, { session: 'fresh' });
    if (!flagOf(fenced, 'fenced')) throw new StepFailure(`A new connection finds ${candidate} writable`);
    const [open] = await context.send('writable', {}, { session: 'fresh' });
    if (!flagOf(open, 'writable')) throw new StepFailure(`A new connection finds ${primary} read-only`);
    const seen = await channelRuns(context, true);
    const { grown } = await errantNow(context);
    if (grown !== '') throw new StepFailure(`It holds what ${primary} lacks: ${short(grown)}`);
    return `${candidate} is read-only, follows ${primary} (${seen}), and holds nothing that ${primary} lacks`;
  },
};

const proveClosed: StepCode = {
  run: async () => undefined,
  verify: async (context) => {
    const { candidate, primary } = context.plan.impact;
    const [fenced] = await context.send('fenced', {}, { session: 'fresh' });
    if (!flagOf(fenced, 'fenced')) throw new StepFailure(`A new connection finds ${candidate} writable`);
    const there = positionOf(await context.send('position', {}, { session: 'fresh' }));
    if (!samePosition(context.memory.get(frozen), there))
      throw new StepFailure(`It moved: ${short(context.memory.get(frozen))} became ${short(there)}`);
    const [open] = await context.send('writable', {}, { session: 'fresh' });
    if (!flagOf(open, 'writable')) throw new StepFailure(`A new connection finds ${primary} read-only`);
    return `${candidate} is read-only and stands at ${short(there)}; ${primary} takes writes`;
  },
};

const lift: StepCode = {
  run: async (context) => keepInQuarantine(context, false),
  verify: async (context) => {
    if (context.memory.find(inQuarantine) !== 'no') throw new StepFailure('It is still in quarantine');
    return 'Lifted: it is an ordinary replica';
  },
  undo: async (context) => keepInQuarantine(context, true),
};

/** Code by action name; one for each action of {@link rejoinSteps}. */
export const rejoinStepCode: Readonly<Record<string, StepCode>> = {
  lock,
  fence,
  quarantine,
  freeze,
  compare,
  evidence,
  settings,
  inject,
  follow,
  'catch-up': catchUp,
  prove,
  'prove-closed': proveClosed,
  lift,
};
