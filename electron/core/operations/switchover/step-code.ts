import { flagOf, numberOf, textOf } from '../../dialect/rows';
import { StepFailure, type StepCode, type StepContext } from '../operation-kind';
import {
  channelRuns,
  clean,
  has,
  lock,
  marker,
  open,
  prove,
  repoint,
  repointEarly,
  semiSync,
  stopReceiver,
  traffic,
} from '../steps/common-code';
import { followsNow, frozen, positionOf, samePosition, shortPosition as short, waitFor } from '../steps/positions';
import { directTrafficCode } from '../traffic/direct-code';

/** Longest that the fence may hold writers up, ms; the server's own limit is 2 s, this is the watchdog behind it. */
const fenceWatchdogMs = 2600;

const prepare: StepCode = {
  ofThisProcess: true,
  run: async (context) => {
    // When a run is carried on, the old primary may be fenced already: then the schema is there and nothing can be written.
    if (!context.resumed) for (const statement of context.step.statements) await context.send(statement.key);
    await context.startProbe({ waitForFirst: !context.resumed });
  },
  verify: async (context) =>
    context.resumed ? 'The probe writer is at work' : 'The probe writer got its first row acknowledged',
};

const preSync: StepCode = {
  run: async (context) => {
    const beganMs = context.clock.monotonicMs();
    const deadlineMs = beganMs + context.step.timeoutMs - 2000;
    for (let round = 1; ; round += 1) {
      const position = positionOf(await context.send('position'));
      const startedMs = context.clock.monotonicMs();
      const reached = await waitFor(context, 'wait', position, 10);
      const tookMs = context.clock.monotonicMs() - startedMs;
      // Under heavy load no round may ever be short: what is asked for relaxes by 10 ms each second, and the gap with it.
      const wantedMs = 100 + (context.clock.monotonicMs() - beganMs) / 100;
      if (reached && tookMs < wantedMs) {
        context.memory.set(
          'rounds',
          `${round === 1 ? '1 round' : `${round} rounds`}, the last ${Math.round(tookMs)} ms`,
        );
        return;
      }
      if (context.signal.aborted || context.clock.monotonicMs() > deadlineMs) {
        throw new StepFailure(
          `Not near enough after ${round} rounds: the primary writes faster than the candidate applies. Nothing was changed`,
        );
      }
    }
  },
  verify: async (context) => context.memory.get('rounds'),
  look: async (context) => context.memory.find('rounds') || 'Nothing that stays',
};

const fence: StepCode = {
  run: async (context) => {
    const target = context.step.statements[0]?.instanceId ?? '';
    await context.send('limit');
    if (has(context, 'hold')) await context.leavePrimary();
    const over = new AbortController();
    // Behind the server's own limit stands a watchdog, and a cancel ends the wait at once: while SET waits, every writer waits.
    const interrupt = (): void => void (over.signal.aborted || context.interrupt(target).catch(() => undefined));
    const watchdog = setTimeout(interrupt, fenceWatchdogMs);
    context.signal.addEventListener('abort', interrupt);
    const watching = watchBlockers(context, over.signal);
    try {
      await context.send('fence', {}, { timeoutMs: 5000 });
      if (has(context, 'hold')) await endPrivileged(context);
    } catch (thrown) {
      over.abort();
      const blockers = await watching;
      if (thrown instanceof StepFailure && blockers !== '')
        throw new StepFailure(`${thrown.message}. Held up by ${blockers}`, thrown.outcome, thrown);
      throw thrown;
    } finally {
      // Not waited for when the fence stands: each ms here is one in which nobody can write.
      over.abort();
      clearTimeout(watchdog);
      context.signal.removeEventListener('abort', interrupt);
      context.showBlockers([]);
    }
  },
  verify: async (context) => {
    const [row] = await context.send('proof', {}, { session: 'second' });
    if (!flagOf(row, 'fenced')) throw new StepFailure('Another connection finds the primary still writable');
    return 'Another connection finds it read-only';
  },
  undo: async (context) => {
    for (const statement of context.step.statements) if (statement.phase === 'undo') await context.send(statement.key);
    const [row] = await context.send('proof', {}, { session: 'fresh' });
    if (flagOf(row, 'fenced')) throw new StepFailure('The primary is still read-only');
  },
};

/** Shows who holds the fence up, until it stands; returns the last seen in words. */
async function watchBlockers(context: StepContext, over: AbortSignal): Promise<string> {
  if (!has(context, 'blockers')) return '';
  let words = '';
  await context.clock.sleep(250, over).catch(() => undefined);
  while (!over.aborted) {
    try {
      const rows = await context.send('blockers', {}, { session: 'fresh', timeoutMs: 1500 });
      const blockers = rows.map((row) => ({
        sessionId: numberOf(row, 'id') ?? 0,
        user: textOf(row, 'user'),
        seconds: numberOf(row, 'seconds') ?? 0,
        statement: textOf(row, 'statement'),
      }));
      if (!over.aborted) context.showBlockers(blockers);
      words = blockers
        .map((one) => `session ${one.sessionId} of ${one.user}: ${one.statement.slice(0, 80) || 'idle, holds a lock'}`)
        .join('; ');
    } catch {
      // Not seeing who blocks does not stop the fence or its end.
    }
    await context.clock.sleep(200, over).catch(() => undefined);
  }
  return words;
}

/** MariaDB: under a global read lock no one commits; those whom read_only would not stop are ended, then the lock goes. */
export async function endPrivileged(context: StepContext): Promise<void> {
  await context.send('hold', {}, { timeoutMs: 4000 });
  for (let round = 0; round < 5; round += 1) {
    const sessions = await context.send('privileged');
    if (sessions.length === 0) break;
    for (const row of sessions)
      await context.send('end-session', { session: numberOf(row, 'id') ?? 0 }).catch(() => undefined);
    await context.clock.sleep(100);
    if (round < 4) continue;
    const left = await context.send('privileged');
    if (left.length > 0)
      throw new StepFailure(
        `Sessions that read_only does not stop come again after each of 5 rounds: ${[...new Set(left.map((row) => textOf(row, 'user')))].join(', ')}`,
      );
  }
  await context.send('release');
}

const freeze: StepCode = {
  run: async (context) => {
    if ((await context.send('prepared')).length > 0)
      throw new StepFailure('A prepared XA transaction appeared: its commit would pass the fence');
    const [row] = await context.send('fenced');
    if (!flagOf(row, 'fenced')) throw new StepFailure('The fence is gone');
    context.memory.set(frozen, positionOf(await context.send('position')));
  },
  verify: async (context) => {
    const again = positionOf(await context.send('position', {}, { session: 'second' }));
    if (!samePosition(context.memory.get(frozen), again))
      throw new StepFailure(
        `Someone wrote through the fence: ${short(context.memory.get(frozen))} became ${short(again)}`,
      );
    return `Frozen at ${short(again)}`;
  },
};

const catchUp: StepCode = {
  run: async (context) => {
    if (!(await waitFor(context, 'wait', context.memory.get(frozen), 5)))
      throw new StepFailure('The candidate did not reach the frozen position within 5 s');
  },
  verify: async (context) => {
    const there = positionOf(await context.send('position'));
    if (!samePosition(context.memory.get(frozen), there))
      throw new StepFailure(`The candidate stands at ${short(there)}, frozen is ${short(context.memory.get(frozen))}`);
    return 'Its position equals the frozen one: 0 transactions missing';
  },
};

const reverse: StepCode = {
  run: async (context) => {
    if (has(context, 'semi-sync')) await context.send('semi-sync');
    await context.send('stop');
    if (has(context, 'own-position')) await context.send('own-position', { position: context.memory.get(frozen) });
    await context.send('change', { password: context.memory.get('replication-password') });
    await context.send('start');
  },
  verify: async (context) => {
    const seen = await channelRuns(context, true);
    const there = positionOf(await context.send('position'));
    if (!samePosition(context.memory.get(frozen), there))
      throw new StepFailure(
        `The frozen position moved while the way back was built: ${short(context.memory.get(frozen))} became ${short(there)}`,
      );
    context.memory.set(followsNow(context.step.target), 'yes');
    return `${seen}; frozen position unchanged`;
  },
  undo: async (context) => {
    await context.send('undo-stop').catch(() => undefined);
    await context.send('undo-forget');
  },
};

/** Code by action name; one for each action of {@link switchoverSteps}. */
export const switchoverStepCode: Readonly<Record<string, StepCode>> = {
  lock,
  prepare,
  'pre-sync': preSync,
  fence,
  freeze,
  'catch-up': catchUp,
  'stop-receiver': stopReceiver,
  reverse,
  'repoint-early': repointEarly,
  'semi-sync': semiSync,
  open,
  marker,
  traffic,
  ...directTrafficCode,
  repoint,
  clean,
  prove,
};
