import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MidwatchError } from '@shared/errors';
import type { Plan, Step } from '@shared/model/plan';
import { FakeStore } from '../testing/memory-store';
import { realClock } from '../testing/real-clock';
import { JournalWriter } from './journal-writer';
import { StepFailure, type StepCode } from './operation-kind';
import type { OperationWorld } from './operation-world';
import { ProbeWriter } from './probe-writer';
import { Runner, type Ending } from './runner';

const ids = ['lock', 'fence', 'freeze', 'reverse', 'open', 'marker', 'repoint', 'prove'] as const;

const stepOf = (id: string): Step => ({
  id,
  action: id,
  title: id,
  target: 'x',
  statements: [
    { key: 'do', phase: 'run', instanceId: 'i', instance: 'i', by: 'sql', text: `DO ${id}` },
    { key: 'undo', phase: 'undo', instanceId: 'i', instance: 'i', by: 'sql', text: `UNDO ${id}` },
  ],
  guard: '',
  verify: '',
  undo: `undo ${id}`,
  ifUnknown: '',
  timeoutMs: 1000,
  undoTimeoutMs: 1000,
  plannedMs: 1,
  pointOfNoReturn: id === 'open',
  optional: id === 'repoint',
  beside: id === 'reverse',
  params: {},
});

const plan = { kind: 'switchover', cluster: 'c', clusterId: 'c', steps: ids.map(stepOf) } as unknown as Plan;

/** What may happen at one statement. */
const troubles = ['crash-before', 'crash-after', 'lost-before', 'lost-after', 'refused', 'cancel', 'write'] as const;
type Trouble = (typeof troubles)[number];
interface Schedule {
  /** Trouble by the count of statements sent, over all processes. */
  readonly at: ReadonlyMap<number, Trouble>;
  readonly settle: readonly ('resume' | 'roll-back')[];
}

/** A process that was killed: nothing that it still does has an effect. */
class Killed extends Error {}

/** Servers that outlive their consoles: which steps are done on them, and whether applications wrote to the new primary. */
class FakeServers {
  readonly on = new Set<string>();
  sent = 0;
  writtenOnNew = false;
  bothWritable = false;
  lostWrite = false;

  apply(sql: string): void {
    const [verb, id = ''] = sql.split(' ');
    if (verb === 'DO') this.on.add(id);
    else {
      // Giving writes back to the old primary when the new one has some of its own is how writes are lost.
      if (id === 'fence' && this.writtenOnNew) this.lostWrite = true;
      this.on.delete(id);
    }
    if (this.on.has('open') && !this.on.has('fence')) this.bothWritable = true;
  }

  applicationWrites(): void {
    if (this.on.has('open')) this.writtenOnNew = true;
  }
}

/** One process at work on the servers and the journal, until it ends or is killed. */
async function process(
  servers: FakeServers,
  store: FakeStore,
  schedule: Schedule,
  act: (runner: Runner) => Promise<Ending>,
  resumed: boolean,
): Promise<Ending | 'killed'> {
  let dead = false;
  const alive = (): void => {
    if (dead) throw new Killed('killed');
  };
  const world: OperationWorld = {
    send: async (_instance, sql) => {
      alive();
      servers.sent += 1;
      const trouble = schedule.at.get(servers.sent);
      if (trouble === 'write') servers.applicationWrites();
      if (trouble === 'cancel') runner.cancel();
      if (trouble === 'crash-before') {
        dead = true;
        throw new Killed('killed');
      }
      if (trouble === 'refused') throw new MidwatchError('statement-failed', 'no');
      if (trouble === 'lost-before') throw new MidwatchError('connection-lost', 'gone');
      servers.apply(sql);
      if (trouble === 'crash-after') {
        dead = true;
        throw new Killed('killed');
      }
      if (trouble === 'lost-after') throw new MidwatchError('connection-lost', 'gone');
      return [];
    },
    command: async () => Promise.reject(new Error('unused')),
    pipe: async () => Promise.reject(new Error('unused')),
    replay: async () => Promise.reject(new Error('unused')),
    hook: async () => Promise.reject(new Error('unused')),
    haproxy: async () => Promise.reject(new Error('unused')),
    proxysql: async () => Promise.reject(new Error('unused')),
    interrupt: async () => undefined,
    lock: async () => [],
    lostLocks: async () => [],
    warmUp: async () => undefined,
    renewWorker: () => undefined,
    close: async () => undefined,
  };
  const untouched = (): boolean => !servers.writtenOnNew;
  const code = (id: string): StepCode => ({
    ...(id === 'lock' ? { ofThisProcess: true } : {}),
    guard: async () => {
      alive();
      if (id === 'open' && !servers.on.has('fence')) throw new StepFailure('not fenced');
    },
    run: async (context) => void (await context.send('do')),
    verify: async () => {
      alive();
      if (!servers.on.has(id)) throw new StepFailure('not seen');
      return `${id} is on`;
    },
    undo: async (context) => {
      alive();
      await context.send('undo');
      if (id !== 'open' || untouched()) return;
      servers.apply('DO open');
      throw new StepFailure('written to meanwhile: only forward');
    },
    notPassed: async () => {
      alive();
      if (!untouched() || servers.on.has('open')) throw new StepFailure('it was opened');
      return 'still closed';
    },
  });
  // A killed process's buffered entries are gone with it: only what the store holds is found again.
  const guardedStore: FakeStore['journal'] = {
    ...store.journal,
    appendAll: (entries) => {
      alive();
      return store.journal.appendAll(entries);
    },
    setState: (runId, state) => {
      alive();
      store.journal.setState(runId, state);
    },
  };
  const run = store.journal.run('r');
  if (!run) throw new Error('no run');
  const runner = new Runner({
    kind: { steps: Object.fromEntries(ids.map((id) => [id, code(id)])) },
    context: {
      run,
      world,
      clock: realClock,
      memory: { get: () => '', find: () => '', set: () => undefined },
      probe: new ProbeWriter({
        probeId: 'r',
        routes: [],
        everyMs: 25,
        openProof: async () => Promise.reject(new Error('unused')),
        clock: realClock,
        onChange: () => undefined,
      }),
      journal: new JournalWriter({ store: guardedStore, clock: realClock, runId: 'r', onChange: () => undefined }),
      resumed,
      showBlockers: () => undefined,
      showAdvance: () => undefined,
      evidence: { save: () => ({ path: '', sha256: '', bytes: 0 }) },
      quarantine: () => undefined,
      hookCall: () => {
        throw new Error('unused');
      },
    },
  });
  const ending = await act(runner).catch((thrown: unknown) => {
    if (dead || thrown instanceof Killed || thrown instanceof MidwatchError) return 'killed' as const;
    throw thrown;
  });
  return dead ? 'killed' : ending;
}

const schedules: fc.Arbitrary<Schedule> = fc.record({
  at: fc
    .array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.constantFrom(...troubles)), { maxLength: 5 })
    .map((pairs) => new Map(pairs)),
  settle: fc.array(fc.constantFrom('resume' as const, 'roll-back' as const), { minLength: 4, maxLength: 4 }),
});

describe('the runner, killed anywhere, any number of times, and settled by whatever a person chooses', () => {
  it('never lets two instances take writes, never gives writes back over new ones, and can always be brought to an end', async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        const servers = new FakeServers();
        const store = new FakeStore();
        store.journal.createRun({ runId: 'r', plan, by: 'x', reason: '', startedAtMs: 0, state: 'running' });
        let ending = await process(servers, store, schedule, async (runner) => runner.run(), false);
        const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);
        for (const choice of schedule.settle) {
          if (ending === 'killed') count('a kill');
          if (ending === 'needs-attention') count('a stop');
          if (ending !== 'killed' && ending !== 'needs-attention') break;
          ending = await process(
            servers,
            store,
            schedule,
            async (runner) => (choice === 'resume' ? runner.resume() : runner.rollBack()),
            true,
          );
        }
        expect(servers.bothWritable).toBe(false);
        expect(servers.lostWrite).toBe(false);
        if (ending === 'succeeded') for (const id of ids) if (id !== 'repoint') expect(servers.on.has(id)).toBe(true);
        if (ending === 'cancelled' || ending === 'failed') {
          expect(servers.on.has('open')).toBe(false);
          expect(servers.on.has('fence')).toBe(false);
        }
        // Whatever is left, the way forward ends it once nothing troubles any more.
        if (ending === 'killed' || ending === 'needs-attention') {
          const calm = { at: new Map<number, Trouble>(), settle: [] };
          const last = await process(servers, store, calm, async (runner) => runner.resume(), true);
          expect(['succeeded', 'cancelled', 'failed']).toContain(last);
          expect(servers.bothWritable).toBe(false);
          expect(servers.lostWrite).toBe(false);
        }
        if (servers.writtenOnNew) count('a write on the new side');
        count(ending);
      }),
      { numRuns: 3000 },
    );
    // A property that never met a crash or a rollback would hold for nothing.
    for (const ending of ['succeeded', 'cancelled', 'failed', 'a stop', 'a kill', 'a write on the new side'])
      expect([ending, (seen.get(ending) ?? 0) > 20]).toEqual([ending, true]);
  });
});
