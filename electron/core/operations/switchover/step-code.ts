import { isMysqlGtidSubset, parseMysqlGtidSet } from '@shared/gtid/mysql-gtid-set';
import { parseMariadbPosition, sameMariadbPosition } from '@shared/gtid/mariadb-gtid';
import { channelFromReplicaStatus } from '../../dialect/replica-status';
import { flagOf, numberOf, textOf } from '../../dialect/rows';
import type { SqlRow } from '../../ports/mysql-session';
import { StepFailure, type StepCode, type StepContext } from '../operation-kind';

const frozen = 'frozen';
const markerPosition = 'marker';

/** Longest that the fence may hold writers up, ms; the server's own limit is 2 s, this is the watchdog behind it. */
const fenceWatchdogMs = 2600;

const positionOf = (rows: readonly SqlRow[]): string => textOf(rows[0], 'position').replaceAll('\n', '');

const has = (context: StepContext, key: string): boolean => context.step.statements.some((one) => one.key === key);

const samePosition = (left: string, right: string): boolean =>
  /^\d+-\d+-\d+/.test(left)
    ? sameMariadbPosition(parseMariadbPosition(left), parseMariadbPosition(right))
    : isMysqlGtidSubset(parseMysqlGtidSet(left), parseMysqlGtidSet(right)) &&
      isMysqlGtidSubset(parseMysqlGtidSet(right), parseMysqlGtidSet(left));

const short = (position: string): string =>
  position.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (uuid) => `${uuid.slice(0, 8)}…`);

/** Waits on the server for a position, at most `seconds`; a cancel ends the wait at once, because writers may be waiting too. */
async function waitFor(context: StepContext, key: string, position: string, seconds: number): Promise<boolean> {
  const waitingOn = context.step.statements.find((one) => one.key === key)?.instanceId ?? '';
  const interrupt = (): void => void context.interrupt(waitingOn).catch(() => undefined);
  context.signal.addEventListener('abort', interrupt);
  try {
    const [row] = await context.send(key, { position, seconds }, { timeoutMs: seconds * 1000 + 3000 });
    return numberOf(row, 'outcome') === 0;
  } finally {
    context.signal.removeEventListener('abort', interrupt);
  }
}

const lock: StepCode = {
  run: async () => undefined,
  verify: (context) => context.lock(),
};

const prepare: StepCode = {
  run: async (context) => {
    for (const statement of context.step.statements) await context.send(statement.key);
    await context.startProbe();
  },
  verify: async () => 'The probe writer got its first row acknowledged',
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
    const [row] = await context.send('proof', {}, { session: 'fresh' });
    if (!flagOf(row, 'fenced')) throw new StepFailure('A new connection finds the primary still writable');
    return 'A new connection finds it read-only';
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
async function endPrivileged(context: StepContext): Promise<void> {
  await context.send('hold', {}, { timeoutMs: 4000 });
  for (let round = 0; round < 5; round += 1) {
    const sessions = await context.send('privileged');
    if (sessions.length === 0) break;
    for (const row of sessions)
      await context.send('end-session', { session: numberOf(row, 'id') ?? 0 }).catch(() => undefined);
    await context.clock.sleep(100);
    if (round === 4 && (await context.send('privileged')).length > 0)
      throw new StepFailure('Sessions that read_only does not stop are still there after 5 rounds');
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
    const again = positionOf(await context.send('position', {}, { session: 'fresh' }));
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

/** Receiver errors: access denied, connection refused, unknown host, connection lost at the greeting. */
const hopeless = new Set([1045, 2003, 2005, 2013]);

async function channelRuns(context: StepContext, want: boolean): Promise<string> {
  let seen = '';
  for (let tries = 0; tries < 100; tries += 1) {
    const [row] = await context.send('status');
    if (!row) seen = 'no channel';
    else {
      const channel = channelFromReplicaStatus(row);
      seen = `receiver ${channel.receiver}, applier ${channel.applier}${channel.receiverError ? `: ${channel.receiverError}` : ''}${channel.applierError ? `: ${channel.applierError}` : ''}`;
      if (
        want
          ? channel.receiver === 'running' && channel.applier === 'running'
          : channel.receiver === 'stopped' && channel.applier === 'stopped'
      )
        return seen;
      // A wrong password, a source that is gone or a duplicate key does not heal by waiting, and writers wait meanwhile.
      if (want && (hopeless.has(channel.receiverErrno) || channel.applierErrno > 0)) break;
    }
    if (context.signal.aborted) break;
    await context.clock.sleep(30);
  }
  throw new StepFailure(`Seen: ${seen}`);
}

const stopReceiver: StepCode = {
  run: async (context) => void (await context.send('stop')),
  verify: (context) => channelRuns(context, false),
  undo: async (context) => void (await context.send('start')),
};

const reverse: StepCode = {
  run: async (context) => {
    if (has(context, 'semi-sync')) await context.send('semi-sync');
    await context.send('stop');
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
    return `${seen}; frozen position unchanged`;
  },
  undo: async (context) => {
    await context.send('undo-stop').catch(() => undefined);
    await context.send('undo-forget');
  },
};

const semiSync: StepCode = {
  run: async (context) => void (await context.send('enable')),
  verify: async () => 'Enabled',
  undo: async (context) => void (await context.send('disable')),
};

const open: StepCode = {
  guard: async (context) => {
    const [row] = await context.send('fenced');
    if (!flagOf(row, 'fenced')) throw new StepFailure('The old primary is no longer fenced');
    const there = positionOf(await context.send('position'));
    if (!samePosition(context.memory.get(frozen), there))
      throw new StepFailure('The candidate has moved from the frozen position');
  },
  run: async (context) => {
    for (const statement of context.step.statements) if (statement.phase === 'run') await context.send(statement.key);
  },
  verify: async (context) => {
    const [row] = await context.send('writable', {}, { session: 'fresh' });
    if (!flagOf(row, 'writable')) throw new StepFailure('A new connection finds the candidate read-only');
    return 'A new connection finds it writable';
  },
};

const marker: StepCode = {
  run: async (context) =>
    void (await context.send(
      'insert',
      { runId: context.runId, candidate: context.plan.impact.candidate },
      { session: 'fresh' },
    )),
  verify: async (context) => {
    const [row] = await context.send('present', { runId: context.runId }, { session: 'fresh' });
    if (numberOf(row, 'present') !== 1) throw new StepFailure('The marker cannot be read back');
    context.memory.set(markerPosition, positionOf(await context.send('position')));
    return 'A new connection wrote the marker and another read it';
  },
};

const repoint: StepCode = {
  run: async (context) => {
    if (!(await waitFor(context, 'drain', context.memory.get(frozen), 10)))
      throw new StepFailure('It has not applied everything of the old primary: left behind');
    await context.send('stop');
    await context.send('change');
    await context.send('start');
  },
  verify: async (context) => {
    await channelRuns(context, true);
    if (!(await waitFor(context, 'wait', context.memory.get(markerPosition), 10)))
      throw new StepFailure('The marker did not arrive within 10 s');
    return 'Follows the new primary, the marker has arrived';
  },
};

const clean: StepCode = {
  run: async (context) => {
    await context.send('forget');
    if (has(context, 'semi-sync-off')) await context.send('semi-sync-off');
  },
  verify: async (context) => {
    const rows = await context.send('status', {}, { session: 'fresh' }).catch(() => []);
    if (rows.length > 0 && textOf(rows[0], 'Source_Host') + textOf(rows[0], 'Master_Host') !== '')
      throw new StepFailure('A channel is still there');
    return 'No channel is left';
  },
};

const prove: StepCode = {
  run: async () => undefined,
  verify: async (context) => {
    const probe = await context.finishProbe();
    const writable: string[] = [];
    for (const statement of context.step.statements.filter((one) => one.key.startsWith('writable.'))) {
      const [row] = await context.send(statement.key, {}, { session: 'fresh' });
      if (flagOf(row, 'writable')) writable.push(statement.instance);
    }
    if (writable.length !== 1 || writable[0] !== context.plan.impact.candidate)
      throw new StepFailure(`Writable: ${writable.join(', ') || 'none'}`);
    for (let tries = 0; ; tries += 1) {
      const [row] = await context.send('marker', { runId: context.runId }, { session: 'fresh' });
      if (numberOf(row, 'present') === 1) break;
      if (tries > 60) throw new StepFailure('The marker did not come back to the old primary');
      await context.clock.sleep(100);
    }
    if (probe.missing === null) throw new StepFailure('The probe’s rows could not be read back');
    if (probe.missing > 0)
      throw new StepFailure(
        `${probe.missing} of ${probe.acknowledged} acknowledged probe rows are missing on the new primary`,
      );
    return `Only ${writable[0]} is writable; ${probe.acknowledged} of ${probe.acknowledged} acknowledged probe rows are there; write gap ${probe.writeGapMs ?? '–'} ms`;
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
  'semi-sync': semiSync,
  open,
  marker,
  repoint,
  clean,
  prove,
};
