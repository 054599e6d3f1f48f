/**
 * A console of its own process that ends itself with SIGKILL, or falls asleep, at one moment of one step. Core, journal (SQLite on disk),
 * sessions and servers are the real ones. Arguments: one JSON object, see {@link Doom}.
 */
import fs from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { OperationKindCode, StepCode, StepContext } from '../../electron/core/operations/operation-kind';
import { SystemClock } from '../../electron/adapters/files/system-clock';
import { openSqliteStore } from '../../electron/adapters/storage/sqlite-store';
import { openLabConsole } from '../../electron/core/testing/lab-console';
import { Lab } from '../fleet/lab';
import type { Doom, Moment } from './doom';

const doom = JSON.parse(process.argv[2] ?? '{}') as Doom;

let slept = false;

/** Nothing of this process runs after it: no finally, no flush, no goodbye to a server; a stop is the same for a while. */
function die(): void {
  if (doom.deed === 'kill') process.kill(process.pid, 'SIGKILL');
  if (slept) return;
  slept = true;
  fs.writeSync(1, 'asleep\n');
  process.kill(process.pid, 'SIGSTOP');
}

/** The step's code with a death in it. */
function doomed(code: StepCode, at: Moment): StepCode {
  let sent = false;
  const lethal = (context: StepContext): StepContext => {
    const { statements } = context.step;
    const onlyReads = statements.every((one) => one.phase === 'guard' || one.phase === 'verify');
    /** Journaled and on its way; whether the server carries it out before it notices is the server's affair. */
    const dieDuring = (key: string, soonMs: number): void => {
      const phase = statements.find((one) => one.key === key)?.phase;
      if (at !== 'in flight' || sent || (doom.fatal && doom.fatal.key !== key)) return;
      if (!onlyReads && (phase === 'guard' || phase === 'verify')) return;
      sent = true;
      void wait(doom.fatal?.afterMs ?? soonMs).then(die);
    };
    return {
      ...context,
      send: (key, values, options) => {
        const answer = context.send(key, values, options);
        dieDuring(key, 1);
        return answer;
      },
      command: (key, values, options) => {
        const answer = context.command(key, values, options);
        dieDuring(key, 5);
        return answer;
      },
      // When the first bytes have come.
      pipe: (from, to, options) =>
        context.pipe(from, to, {
          ...options,
          onBytes: (bytes) => {
            options.onBytes?.(bytes);
            dieDuring(from, 0);
          },
        }),
      replay: (key, texts) => {
        const answer = context.replay(key, texts);
        dieDuring(key, 1);
        return answer;
      },
      hook: (key) => {
        const answer = context.hook(key);
        dieDuring(key, 5);
        return answer;
      },
    };
  };
  return {
    ...code,
    guard: async (context) => {
      if (at === 'before') die();
      await code.guard?.(context);
    },
    run: async (context) => {
      await code.run(lethal(context));
      // A step that changes nothing has nothing in flight: it dies where it would have.
      if (at === 'sent' || at === 'in flight') die();
    },
    verify: async (context) => {
      const proof = await code.verify(context);
      if (at === 'after') die();
      return proof;
    },
  };
}

function wrap(kind: OperationKindCode): OperationKindCode {
  if (kind.kind !== doom.kind) return kind;
  const steps = Object.entries(kind.steps).map(([action, code]): [string, StepCode] => [
    action,
    action === doom.action ? doomed(code, doom.at) : code,
  ]);
  return { ...kind, steps: Object.fromEntries(steps) };
}

const fleet = new Lab(doom.labRoot).attach(doom.scenario);
const console = await openLabConsole(fleet, {
  store: openSqliteStore({ folder: doom.dataFolder, clock: new SystemClock() }),
  wrapKind: wrap,
  pollMs: 250,
  ...(doom.endpoint ? { endpoint: doom.endpoint, repointCommand: doom.repointCommand ?? '' } : {}),
});
const { signal } = new AbortController();
for (let tries = 0; tries < 200; tries += 1) {
  const cluster = console.monitor.snapshot.clusters[0];
  if (cluster?.primaryId && cluster.answered === fleet.instances.length) break;
  await wait(50);
}
// The parent breaks what has to be broken now, then says so.
process.stdout.write('ready\n');
if (doom.kind === 'failover') await new Promise((resolve) => process.stdin.once('data', resolve));
const idOf = (name: string | undefined): string | undefined =>
  console.inventory.cluster(console.clusterId).instances.find((one) => one.name === name)?.id;
// Of these the kind knows best who is meant.
const choosesItself = doom.kind === 'failover' || doom.kind === 'rejoin';
const input = {
  kind: doom.kind,
  clusterId: console.clusterId,
  instanceId: idOf(doom.instance),
  candidateId: choosesItself ? undefined : idOf(doom.candidate),
  choice: doom.choice,
};
let plan = await console.operations.plan(input, signal);
// A person asks again until it is sure that a primary is lost.
for (const endMs = Date.now() + 30_000; !plan.applyable && Date.now() < endMs; await wait(250))
  plan = await console.operations.plan(input, signal);
if (!plan.applyable) {
  process.stdout.write(`refused ${plan.refusals.join('; ')}\n`);
  process.exit(2);
}
console.unlocks.unlock({ clusterId: console.clusterId, cluster: plan.cluster, reason: 'fault', minutes: 5 });
const { runId } = await console.operations.approve(
  {
    planId: plan.id,
    confirmName: plan.cluster,
    reason: 'fault',
    ...(doom.swears && plan.attestation ? { attestation: plan.attestation.expected } : {}),
  },
  signal,
);
fs.writeSync(1, `run ${runId}\n`);
const state = await console.operations.ended(runId);
// The step was never reached: the case did not happen, and says so.
fs.writeSync(1, `survived ${state}\n`);
process.exit(3);
