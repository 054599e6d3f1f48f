import { channelFromReplicaStatus } from '../../dialect/replica-status';
import { flagOf } from '../../dialect/rows';
import type { ChannelSample } from '../../dialect/server-sample';
import { StepFailure, type StepCode, type StepContext } from '../operation-kind';
import {
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
import { fencedBy } from '../steps/fenced-by';
import { covers, frozen, positionOf, shortPosition, union, waitFor, without } from '../steps/positions';
import { directTrafficCode, fenceAtProxies } from '../traffic/direct-code';
import { discardPartial } from './partial';
import { salvage } from './salvage';
import { hostView } from './viewpoints';

/** @throws StepFailure when it does not hold. What the host itself says, where it can be asked. */
async function processGone(context: StepContext): Promise<string> {
  const view = hostView(context.plan.impact.primary, await context.command('state', {}, { timeoutMs: 8000 }));
  if (view.saw !== 'gone') throw new StepFailure(view.evidence);
  return view.evidence;
}

/** @throws StepFailure when it answers */
async function answersNobody(context: StepContext): Promise<string> {
  try {
    const [row] = await context.send('alive', {}, { session: 'fresh', timeoutMs: 2500 });
    if (row && flagOf(row, 'closed')) return 'It answers, and is read-only';
  } catch {
    return 'It does not answer';
  }
  throw new StepFailure('It answers and takes writes: not fenced');
}

const rungs: readonly { readonly code: string; readonly climb: (context: StepContext) => Promise<string> }[] = [
  ...(['ssh-stop', 'ssh-kill'] as const).map((code) => ({
    code,
    climb: async (context: StepContext): Promise<string> => {
      const outcome = await context.command(code, {}, { timeoutMs: 40_000 });
      if (outcome.exitCode !== 0)
        throw new StepFailure(
          `exit code ${outcome.exitCode}: ${(outcome.stderr || outcome.stdout).trim().slice(0, 200)}`,
        );
      // The command itself waits until the process is gone; the step's proof looks once more.
      return `${outcome.stdout.trim() || 'done'} said its host`;
    },
  })),
  {
    code: 'hook',
    climb: async (context) => {
      const said = has(context, 'fence-hook')
        ? `The fence hook said: ${(await context.hook('fence-hook')) || 'nothing'}`
        : await fenceAtProxies(context);
      return `${said}; ${await answersNobody(context)}`;
    },
  },
  {
    code: 'attestation',
    climb: async (context) => {
      await answersNobody(context);
      return `Sworn by ${context.by}`;
    },
  },
];

const fence: StepCode = {
  run: async (context) => {
    const usable = (context.step.params['rungs'] ?? '').split(',');
    const failures: string[] = [];
    for (const rung of rungs.filter((one) => usable.includes(one.code))) {
      try {
        const proof = await rung.climb(context);
        context.memory.set(fencedBy, `${rung.code}: ${proof}`);
        return;
      } catch (thrown) {
        // The next rung may hold where this one broke; what it did stays done, and does no harm.
        failures.push(`${rung.code}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
        context.note(`Rung ${failures.at(-1) ?? ''}`);
      }
    }
    throw new StepFailure(`No rung of the fence held. ${failures.join('; ')}`);
  },
  verify: async (context) => {
    const by = context.memory.find(fencedBy);
    if (by === '') throw new StepFailure('No rung was proven');
    return `By ${by}. ${await answersNobody(context)}`;
  },
  // Long after: something may have started it again.
  look: async (context) => {
    const by = context.memory.find(fencedBy);
    if (by === '') throw new StepFailure('No rung was proven');
    return has(context, 'state') && by.startsWith('ssh') ? processGone(context) : answersNobody(context);
  },
};

const replicaIds = (context: StepContext, prefix: string): readonly string[] =>
  context.step.statements.filter((one) => one.key.startsWith(prefix)).map((one) => one.key.slice(prefix.length));

/** Whom a channel follows, as one word. */
export const sourceOf = (channel: { readonly sourceHost: string; readonly sourcePort: number } | undefined): string =>
  channel ? `${channel.sourceHost}:${channel.sourcePort}` : '';

/** When a run is carried on, a sibling may follow the new primary already: that one is left alone. */
const followsDead = (context: StepContext, id: string, channel: ChannelSample): boolean =>
  sourceOf(channel) === context.step.params[id];

/** Under which a run remembers what a replica held before its threads were touched. */
const heldKey = (id: string): string => `held.${id}`;

const isCandidate = (context: StepContext, id: string): boolean =>
  nameOf(context, id) === context.plan.impact.candidate;

/** Makes one replica deaf to the dead primary, with nothing of what it received thrown away. @throws StepFailure */
async function silence(context: StepContext, id: string): Promise<void> {
  const [row] = await context.send(`status.${id}`);
  if (!row) return;
  const channel = channelFromReplicaStatus(row);
  if (!followsDead(context, id, channel)) return;
  const held = union(channel.receivedGtid, positionOf(await context.send(`position.${id}`)));
  if (context.memory.find(heldKey(id)) === '') context.memory.set(heldKey(id), held);
  if (channel.applier !== 'running') {
    const isMariadb = context.step.params['product'] === 'mariadb';
    // Measured on 10.11: replication that starts after both threads were stopped deletes the relay log.
    if (
      isMariadb &&
      channel.receiver === 'stopped' &&
      !covers(positionOf(await context.send(`position.${id}`)), held)
    ) {
      if (!isCandidate(context, id))
        return context.note(`${nameOf(context, id)} is left as it is: starting it would throw away what it received`);
      throw new StepFailure(
        `Both threads of ${nameOf(context, id)} are stopped: starting it would throw away what it received`,
      );
    }
    await context.send(`apply.${id}`);
    const [again] = await context.send(`status.${id}`);
    const now = again && channelFromReplicaStatus(again);
    if (now?.applier !== 'running') {
      const why = `The applier of ${nameOf(context, id)} does not run: ${now?.applierError ?? 'no channel'}`;
      // The new primary does not need it; it is left behind, with what it received.
      if (isCandidate(context, id)) throw new StepFailure(`${why}. What it received stays with it`);
      context.note(why);
      if (isMariadb) return;
    }
  }
  await context.send(`stop.${id}`);
}

const freeze: StepCode = {
  run: async (context) => {
    await Promise.all(replicaIds(context, 'stop.').map(async (id) => silence(context, id)));
  },
  verify: async (context) => {
    const running = await Promise.all(
      replicaIds(context, 'stop.').map(async (id) => {
        const [row] = await context.send(`status.${id}`);
        const channel = row && channelFromReplicaStatus(row);
        if (!channel || !followsDead(context, id, channel) || channel.receiver === 'stopped') return null;
        // Left alone on purpose; it cannot be told to stop without losing what it received.
        const isLeft = context.step.params['product'] === 'mariadb' && channel.applier !== 'running';
        return isLeft && !isCandidate(context, id) ? null : nameOf(context, id);
      }),
    );
    const names = running.filter((one) => one !== null);
    if (names.length > 0) throw new StepFailure(`Still listening: ${names.join(', ')}`);
    return 'No receiver runs or tries';
  },
  undo: async (context) => {
    const failures = await Promise.all(
      replicaIds(context, 'start.').map(async (id) =>
        context.send(`start.${id}`).then(
          () => null,
          (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
        ),
      ),
    );
    const first = failures.find((one) => one !== null);
    if (first !== undefined) throw new StepFailure(first ?? '');
  },
};

const nameOf = (context: StepContext, id: string): string =>
  context.step.statements.find((one) => one.instanceId === id)?.instance ?? id;

/** What a replica has received or executed. */
async function holdingsOf(context: StepContext, suffix: string): Promise<string> {
  const [status, position] = await Promise.all([context.send(`status${suffix}`), context.send(`position${suffix}`)]);
  const received = status[0] ? channelFromReplicaStatus(status[0]).receivedGtid : '';
  return union(received, positionOf(position));
}

const drain: StepCode = {
  run: async (context) => {
    // With what was seen before any thread was touched: a relay log that vanished since must not count as applied.
    const candidateId = context.step.statements.find((one) => one.key === 'wait')?.instanceId ?? '';
    const goal = union(context.memory.find(heldKey(candidateId)), await holdingsOf(context, ''));
    const seconds = Number(context.step.params['seconds']);
    // Nobody receives any more, so what the others hold can be asked while this one applies.
    const [applied, others] = await Promise.all([
      waitFor(context, 'wait', goal, seconds),
      Promise.all(
        replicaIds(context, 'status.').map(async (id) => ({
          id,
          held: union(context.memory.find(heldKey(id)), await holdingsOf(context, `.${id}`)),
        })),
      ),
    ]);
    if (!applied) throw new StepFailure(`It did not apply everything that it received within ${seconds} s`);
    const reached = positionOf(await context.send('position'));
    const more = others.map(({ id, held }) =>
      covers(reached, without(held, context.step.params[`errant.${id}`] ?? ''))
        ? null
        : `${nameOf(context, id)} (${shortPosition(held)})`,
    );
    const ahead = more.filter((one) => one !== null);
    if (ahead.length > 0)
      throw new StepFailure(
        `It lacks transactions that others hold: ${ahead.join('; ')}. Plan again with the one that has most`,
      );
    context.memory.set(frozen, reached);
  },
  verify: async (context) => {
    const there = positionOf(await context.send('position', {}, { session: 'second' }));
    if (!covers(there, context.memory.get(frozen)))
      throw new StepFailure(`It stands at ${shortPosition(there)}, which is before what was received`);
    return `It stands at ${shortPosition(there)}; nobody that answers received more`;
  },
};

const quarantine: StepCode = {
  run: async (context) => {
    context.quarantine(context.step.statements[0]?.instanceId ?? '', true);
  },
  verify: async () => 'Written down: it is fenced at first sight, before anything else',
  // Nothing was promoted: it may come back as the primary it was.
  undo: async (context) => context.quarantine(context.step.statements[0]?.instanceId ?? '', false),
};

/** Code by action name; one for each action of {@link failoverSteps}. */
export const failoverStepCode: Readonly<Record<string, StepCode>> = {
  lock,
  fence,
  freeze,
  drain,
  'discard-partial': discardPartial,
  'stop-receiver': stopReceiver,
  salvage,
  'repoint-early': repointEarly,
  'semi-sync': semiSync,
  open,
  marker,
  traffic,
  ...directTrafficCode,
  repoint,
  clean,
  quarantine,
  prove,
};
