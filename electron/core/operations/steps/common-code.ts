import { toAppError } from '@shared/errors';
import type { PlannedStatement } from '@shared/model/plan';
import { channelFromReplicaStatus } from '../../dialect/replica-status';
import { flagOf, numberOf, textOf } from '../../dialect/rows';
import { StepFailure, type StepCode, type StepContext } from '../operation-kind';
import {
  covers,
  followsNow,
  frozen,
  markerPosition,
  positionOf,
  samePosition,
  shortPosition,
  union,
  waitFor,
} from './positions';

export const has = (context: StepContext, key: string): boolean =>
  context.step.statements.some((one) => one.key === key);

export const lock: StepCode = {
  ofThisProcess: true,
  run: async () => undefined,
  verify: (context) => context.lock(),
};

/** Receiver errors: access denied, connection refused, unknown host, connection lost at the greeting. */
const hopeless = new Set([1045, 2003, 2005, 2013]);

/** Waits, at most 3 s, until receiver and applier both run (or both are stopped). @throws StepFailure with what was seen */
export async function channelRuns(context: StepContext, want: boolean, key = 'status'): Promise<string> {
  let seen = '';
  const deadlineMs = context.clock.monotonicMs() + 3000;
  // Short at first: writers wait for this, and a receiver connects within some ms.
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 1.5, 40)) {
    const [row] = await context.send(key);
    if (!row) seen = 'no channel';
    else {
      const channel = channelFromReplicaStatus(row);
      seen = `receiver ${channel.receiver}, applier ${channel.applier}${channel.receiverError ? `: ${channel.receiverError}` : ''}${channel.applierError ? `: ${channel.applierError}` : ''}`;
      const follows = context.step.params['follows'] ?? '';
      const source = `${channel.sourceHost}:${channel.sourcePort}`;
      if (want && follows !== '' && source !== follows) {
        seen = `follows ${source}, not ${follows}`;
        break;
      }
      if (
        want
          ? channel.receiver === 'running' && channel.applier === 'running'
          : channel.receiver === 'stopped' && channel.applier === 'stopped'
      )
        return seen;
      // A wrong password, a source that is gone or a duplicate key does not heal by waiting, and writers wait meanwhile.
      if (want && (hopeless.has(channel.receiverErrno) || channel.applierErrno > 0)) break;
    }
    if (context.signal.aborted || context.clock.monotonicMs() > deadlineMs) break;
    await context.clock.sleep(pauseMs);
  }
  throw new StepFailure(`Seen: ${seen}`);
}

export const stopReceiver: StepCode = {
  // After a failover MySQL may wait a minute here for the rest of a transaction: the step's own limit counts.
  run: async (context) => void (await context.send('stop', {}, { timeoutMs: context.step.timeoutMs })),
  verify: (context) => channelRuns(context, false),
  undo: async (context) => {
    if (has(context, 'start')) await context.send('start');
  },
};

export const semiSync: StepCode = {
  run: async (context) => void (await context.send('enable')),
  verify: async (context) => {
    const [row] = await context.send('enabled');
    if (!flagOf(row, 'enabled')) throw new StepFailure('Semi-sync is still off');
    return 'Enabled';
  },
  undo: async (context) => void (await context.send('disable')),
};

/** Where the candidate stands, through a new connection, and whether it takes writes. */
async function standing(
  context: StepContext,
): Promise<{ readonly untouched: boolean; readonly writable: boolean; readonly position: string }> {
  const [row] = await context.send('writable', {}, { session: 'fresh' });
  const position = positionOf(await context.send('position', {}, { session: 'fresh' }));
  return { untouched: samePosition(context.memory.get(frozen), position), writable: flagOf(row, 'writable'), position };
}

export const open: StepCode = {
  guard: async (context) => {
    const [fencedRows, positionRows] = await Promise.all([
      has(context, 'fenced') ? context.send('fenced') : null,
      context.send('position'),
    ]);
    if (fencedRows && !flagOf(fencedRows[0], 'fenced')) throw new StepFailure('The old primary is no longer fenced');
    if (!samePosition(context.memory.get(frozen), positionOf(positionRows)))
      throw new StepFailure('The candidate has moved from the frozen position');
  },
  run: async (context) => {
    for (const statement of context.step.statements) if (statement.phase === 'run') await context.send(statement.key);
    context.note('Open for writes', { opened: true });
  },
  verify: async (context) => {
    const [row] = await context.send('writable', {}, { session: 'fresh' });
    if (!flagOf(row, 'writable')) throw new StepFailure('A new connection finds the candidate read-only');
    return 'A new connection finds it writable';
  },
  notPassed: async (context) => {
    const { untouched, writable, position } = await standing(context);
    if (!untouched)
      throw new StepFailure(
        `${context.step.target} holds writes of its own: it stands at ${shortPosition(position)}, frozen was ${shortPosition(context.memory.get(frozen))}`,
      );
    return writable
      ? `${context.step.target} is open, and nothing was written on it yet`
      : `${context.step.target} is still read-only at the frozen position`;
  },
  // Closed first, then looked at: a write that came in between is found, and then nobody turns back.
  undo: async (context) => {
    await context.send('close-limit');
    await context.send('close');
    const { untouched, position } = await standing(context);
    if (untouched) return;
    for (const statement of context.step.statements) if (statement.phase === 'run') await context.send(statement.key);
    throw new StepFailure(
      `${context.step.target} was written to meanwhile (${shortPosition(position)}) and is open again: only forward`,
    );
  },
};

export const marker: StepCode = {
  run: async (context) => {
    for (const statement of context.step.statements)
      if (statement.key.startsWith('create.')) await context.send(statement.key);
    await context.send(
      'insert',
      { runId: context.runId, candidate: context.plan.impact.candidate },
      { session: 'fresh' },
    );
  },
  verify: async (context) => {
    const [row] = await context.send('present', { runId: context.runId }, { session: 'fresh' });
    if (numberOf(row, 'present') !== 1) throw new StepFailure('The marker cannot be read back');
    context.memory.set(markerPosition, positionOf(await context.send('position')));
    return 'A new connection wrote the marker and another read it';
  },
};

/** Asks through the application's endpoint until it leads to the new primary, at most 5 s. @throws StepFailure */
export async function leadsThere(context: StepContext): Promise<string> {
  const { serverId, endpoint } = context.step.params;
  let seen = '';
  for (const limitMs = context.clock.monotonicMs() + 5000; ;) {
    try {
      const [row] = await context.send('through', {}, { session: 'endpoint', timeoutMs: 2000 });
      if (textOf(row, 'server') === serverId && !flagOf(row, 'closed'))
        return `A new connection through ${endpoint} reaches the new primary, writable`;
      seen = `it leads to server ${textOf(row, 'server')}, ${flagOf(row, 'closed') ? 'read-only' : 'writable'}`;
    } catch (thrown) {
      seen = thrown instanceof Error ? thrown.message : String(thrown);
    }
    if (context.signal.aborted || context.clock.monotonicMs() > limitMs) break;
    await context.clock.sleep(50);
  }
  throw new StepFailure(`Applications do not reach the new primary through ${endpoint}: ${seen}`);
}

export const traffic: StepCode = {
  run: async (context) => context.memory.set('hook said', (await context.hook('repoint')) || 'nothing'),
  verify: async (context) =>
    has(context, 'through')
      ? leadsThere(context)
      : `The hook said: ${context.memory.get('hook said')}. Not proven: no application endpoint is known`,
};

const follow = async (context: StepContext): Promise<void> => {
  await context.send('stop');
  await context.send('change');
  await context.send('start');
};

/** Nothing that a replica received may be thrown away with its relay log. @throws StepFailure */
async function drainFirst(context: StepContext): Promise<void> {
  const [row] = await context.send('status');
  const channel = row && channelFromReplicaStatus(row);
  // Stopped by an error or by a person: to start it is not ours to decide.
  const byUs = context.resumed && channel?.receiver === 'stopped' && channel.applierErrno === 0;
  if (channel?.applier !== 'running' && !byUs) throw new StepFailure('Its applier is stopped: left behind');
  if (!channel) throw new StepFailure('It has no channel any more: left behind');
  // What the new primary holds comes again from there; only what it lacks must be applied first.
  if (covers(context.memory.get(frozen), channel.receivedGtid)) return;
  if (!(await waitFor(context, 'drain', union(context.memory.get(frozen), channel.receivedGtid), 10)))
    throw new StepFailure('It has not applied everything of the old primary: left behind');
}

export const repoint: StepCode = {
  guard: drainFirst,
  run: follow,
  verify: async (context) => {
    await channelRuns(context, true);
    if (!(await waitFor(context, 'wait', context.memory.get(markerPosition), 10)))
      throw new StepFailure('The marker did not arrive within 10 s');
    context.memory.set(followsNow(context.step.target), 'yes');
    return 'Follows the new primary, the marker has arrived';
  },
};

export const repointEarly: StepCode = {
  guard: drainFirst,
  run: follow,
  verify: async (context) => {
    const seen = await channelRuns(context, true);
    context.memory.set(followsNow(context.step.target), 'yes');
    return seen;
  },
  undo: async (context) => {
    if (!has(context, 'undo-change')) return;
    await context.send('undo-stop');
    await context.send('undo-change');
    await context.send('undo-start');
  },
};

export const clean: StepCode = {
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

export const prove: StepCode = {
  run: async () => undefined,
  verify: async (context) => {
    const probe = await context.finishProbe();
    const writable: string[] = [];
    const silent: string[] = [];
    for (const statement of context.step.statements.filter((one) => one.key.startsWith('writable.'))) {
      try {
        const [row] = await context.send(statement.key, {}, { session: 'fresh' });
        if (flagOf(row, 'writable')) writable.push(statement.instance);
      } catch {
        silent.push(statement.instance);
      }
    }
    if (has(context, 'lost')) {
      const [row] = await context.send('lost', {}, { session: 'fresh', timeoutMs: 2500 }).catch(() => []);
      if (row && flagOf(row, 'writable'))
        throw new StepFailure(`${context.plan.impact.primary} is back and takes writes: fence it before anything else`);
    }
    if (writable.length !== 1 || writable[0] !== context.plan.impact.candidate)
      throw new StepFailure(`Writable: ${writable.join(', ') || 'none'}`);
    await Promise.all(
      context.step.statements
        .filter((one) => one.key.startsWith('marker.') && context.memory.find(followsNow(one.instance)) !== '')
        .map((one) => markerArrives(context, one)),
    );
    const late = await keptWithoutMarker(context);
    if (has(context, 'through')) await leadsThere(context);
    if (probe.missing === null && probe.acknowledged > 0)
      throw new StepFailure('The probe’s rows could not be read back');
    if (probe.missing !== null && probe.missing > 0)
      throw new StepFailure(
        `${probe.missing} of ${probe.acknowledged} acknowledged probe rows are missing on the new primary`,
      );
    const gap = probe.writeGapMs === null ? '' : `; write gap ${probe.writeGapMs} ms`;
    return `Only ${writable[0]} is writable; ${probe.acknowledged} of ${probe.acknowledged} acknowledged probe rows are there${gap}${silent.length === 0 ? '' : `; no answer from ${silent.join(', ')}`}${late === '' ? '' : `; the marker has not come to ${late}: look whether it follows`}`;
  },
  // The probe of a process that ended cannot be asked any more.
  look: async (context) => {
    for (const statement of context.step.statements.filter((one) => one.key.startsWith('writable.'))) {
      const [row] = await context.send(statement.key, {}, { session: 'fresh' });
      const wanted = statement.instance === context.plan.impact.candidate;
      if (flagOf(row, 'writable') !== wanted)
        throw new StepFailure(`${statement.instance} is ${wanted ? 'read-only' : 'writable'}`);
    }
    return `Only ${context.plan.impact.candidate} is writable`;
  },
};

/** Errors of an instance that does not answer; any other is an answer, and no proof. */
const silent = new Set<string>(['connection-refused', 'connection-timeout', 'connection-lost', 'host-unreachable']);

/** Names of those that stayed below an intermediate and have not got the marker; '' is none. */
async function keptWithoutMarker(context: StepContext): Promise<string> {
  const kept = context.step.statements.filter((one) => one.key.startsWith('kept.'));
  const late = await Promise.all(
    kept.map(async (one) =>
      markerArrives(context, one).then(
        () => [],
        () => [one.instance],
      ),
    ),
  );
  return late.flat().join(', ');
}

async function markerArrives(context: StepContext, { key, instance }: PlannedStatement): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    let refused: unknown = null;
    const row = await context.send(key, { runId: context.runId }, { session: 'fresh' }).then(
      (rows) => rows[0] ?? {},
      (thrown: unknown) => {
        if (silent.has(thrown instanceof StepFailure ? toAppError(thrown.cause).code : '')) return null;
        // The table itself may still be on its way.
        refused = thrown;
        return {};
      },
    );
    // One that died meanwhile is named as silent above; it takes nothing from what was proven.
    if (row === null || numberOf(row, 'present') === 1) return;
    if (tries > 60) throw refused ?? new StepFailure(`The marker did not come to ${instance}`);
    await context.clock.sleep(100);
  }
}
