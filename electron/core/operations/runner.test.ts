import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MidwatchError } from '@shared/errors';
import { bareParts, type Plan, type Step } from '@shared/model/plan';
import { FakeStore } from '../testing/memory-store';
import { realClock } from '../testing/real-clock';
import { JournalWriter } from './journal-writer';
import { StepFailure, type StepCode } from './operation-kind';
import type { OperationWorld } from './operation-world';
import { ProbeWriter } from './probe-writer';
import { reportOf, runView } from './run-view';
import { Runner } from './runner';

type Trouble =
  | 'guard-fails'
  | 'none'
  | 'fail'
  | 'unknown-done'
  | 'unknown-not-done'
  | 'verify-fails'
  | 'lock-lost'
  | 'cancel'
  | 'undo-fails';

const steps = ['a', 'b', 'c', 'open', 'e', 'f'];
const openAt = steps.indexOf('open');

const planned = (id: string): Step => ({
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
  optional: id === 'f',
  beside: id === 'c',
  params: {},
});

const plan: Plan = {
  id: 'p',
  kind: 'switchover',
  clusterId: 'c',
  cluster: 'c',
  title: 't',
  createdAtMs: 0,
  expiresAtMs: 0,
  basis: { seenAtMs: 0, facts: {} },
  checks: [],
  candidates: [],
  steps: steps.map(planned),
  impact: { primary: 'a', candidate: 'b', writeGapMs: 0, lostTransactions: 0, sentences: [], achieved: '' },
  actLabel: '',
  applyable: true,
  refusals: [],
  ...bareParts,
};

/** A world of switches: each step turns one on, its undo turns it off. Everything sent is kept, in order. */
function fakeWorld(troubleAt: number, trouble: Trouble): { world: OperationWorld; on: Set<string>; sent: string[] } {
  const on = new Set<string>();
  const sent: string[] = [];
  const world: OperationWorld = {
    send: async (_instance, sql) => {
      sent.push(sql);
      const [verb, id = ''] = sql.split(' ');
      const troubled = steps[troubleAt] === id;
      if (verb === 'UNDO') {
        if (trouble === 'undo-fails' && troubled) throw new MidwatchError('statement-failed', 'no');
        on.delete(id);
        return [];
      }
      if (troubled && (trouble === 'fail' || trouble === 'undo-fails'))
        throw new MidwatchError('statement-failed', 'no');
      if (troubled && trouble === 'unknown-not-done') throw new MidwatchError('connection-lost', 'gone');
      on.add(id);
      if (troubled && trouble === 'unknown-done') throw new MidwatchError('connection-lost', 'gone');
      return [];
    },
    interrupt: async () => undefined,
    command: async () => Promise.reject(new Error('unused')),
    pipe: async () => Promise.reject(new Error('unused')),
    replay: async () => Promise.reject(new Error('unused')),
    hook: async () => Promise.reject(new Error('unused')),
    haproxy: async () => Promise.reject(new Error('unused')),
    proxysql: async () => Promise.reject(new Error('unused')),
    lock: async () => [],
    warmUp: async () => undefined,
    lostLocks: async () =>
      trouble === 'lock-lost' && sent.filter((sql) => sql.startsWith('DO')).length >= troubleAt
        ? [{ instanceId: 'i', why: 'taken' as const }]
        : [],
    renewWorker: () => undefined,
    close: async () => undefined,
  };
  return { world, on, sent };
}

function build(
  troubleAt: number,
  trouble: Trouble,
  store = new FakeStore(),
): { runner: Runner; store: FakeStore; on: Set<string>; sent: string[] } {
  const { world, on, sent } = fakeWorld(troubleAt, trouble);
  const code = Object.fromEntries(
    steps.map((id, index): [string, StepCode] => [
      id,
      {
        guard: async () => {
          if (trouble === 'guard-fails' && index === troubleAt) throw new StepFailure('not now');
        },
        run: async (context) => {
          if (trouble === 'cancel' && index === troubleAt) runner.cancel();
          await context.send('do');
        },
        verify: async () => {
          if (!on.has(id) || (trouble === 'verify-fails' && index === troubleAt)) throw new StepFailure('not seen');
          return `${id} is on`;
        },
        ...(id === 'open' ? {} : { undo: async (context) => void (await context.send('undo')) }),
      },
    ]),
  );
  const run = store.journal.run('r') ?? {
    runId: 'r',
    plan,
    by: 'someone',
    reason: '',
    startedAtMs: 0,
    state: 'running' as const,
  };
  store.journal.createRun(run);
  const probe = new ProbeWriter({
    probeId: 'r',
    routes: [],
    everyMs: 25,
    openProof: async () => Promise.reject(new Error('unused')),
    clock: realClock,
    onChange: () => undefined,
  });
  const runner = new Runner({
    kind: { steps: code },
    context: {
      run,
      world,
      clock: realClock,
      memory: { get: () => '', find: () => '', set: () => undefined },
      probe,
      journal: new JournalWriter({ store: store.journal, clock: realClock, runId: 'r', onChange: () => undefined }),
      resumed: false,
      showBlockers: () => undefined,
      showAdvance: () => undefined,
      evidence: { save: () => ({ path: '', sha256: '', bytes: 0 }) },
      quarantine: () => undefined,
      hookCall: () => {
        throw new Error('unused');
      },
    },
  });
  return { runner, store, on, sent };
}

const troubles: readonly Trouble[] = [
  'none',
  'guard-fails',
  'fail',
  'unknown-done',
  'unknown-not-done',
  'verify-fails',
  'lock-lost',
  'cancel',
  'undo-fails',
];

describe('the runner, whatever happens at whichever step', () => {
  it('ends in a named state; before the point of no return everything done is undone; after it nothing is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: steps.length - 1 }),
        fc.constantFrom(...troubles),
        async (at, trouble) => {
          const { runner, on, sent, store } = build(at, trouble);
          const ending = await runner.run();
          const opened = sent.includes('DO open');
          if (ending === 'succeeded') expect(trouble).not.toBe('lock-lost');
          if (ending === 'failed' || ending === 'cancelled') {
            expect(on.size).toBe(0);
            expect(opened).toBe(false);
          }
          if (opened) {
            expect(sent.some((sql) => sql.startsWith('UNDO'))).toBe(false);
            expect(['succeeded', 'needs-attention']).toContain(ending);
          }
          expect(store.journal.run('r')?.state).toBe(ending);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('turns back when the guard of the point of no return holds, because nothing was sent', async () => {
    const { runner, on } = build(openAt, 'guard-fails');
    expect(await runner.run()).toBe('failed');
    expect(on.size).toBe(0);
  });

  it('carries out at the same time what may go beside the step before it, and undoes nothing while one is at work', async () => {
    const { runner, sent } = build(1, 'fail');
    expect(await runner.run()).toBe('failed');
    expect(sent.slice(0, 3)).toEqual(['DO a', 'DO b', 'DO c']);
    expect(sent.slice(3).sort()).toEqual(['UNDO a', 'UNDO b', 'UNDO c']);
  });

  it('has the intent in the journal before any statement is sent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 40 }), async (fullAt) => {
        const store = new FakeStore();
        const { runner, sent } = build(0, 'none', store);
        store.failAppendAt = fullAt;
        await runner.run().catch(() => undefined);
        const intended = new Set(
          store.journalEntries.filter((entry) => entry.type === 'intent').map((entry) => entry.stepId),
        );
        for (const sql of sent.filter((one) => one.startsWith('DO'))) expect(intended.has(sql.slice(3))).toBe(true);
      }),
    );
  });

  it('gives back what was done when the journal’s disk is full before the point of no return', async () => {
    const store = new FakeStore();
    const { runner, on } = build(0, 'none', store);
    store.failAppendAt = 6;
    expect(await runner.run()).toBe('failed');
    expect(on.size).toBe(0);
  });

  it('rolls an interrupted run back from its journal, wherever it stopped before the point of no return', async () => {
    for (let stopAt = 0; stopAt < openAt; stopAt += 1) {
      const store = new FakeStore();
      const first = build(0, 'none', store);
      for (const id of steps.slice(0, stopAt + 1)) {
        store.journal.append({ atMs: 0, runId: 'r', stepId: id, type: 'intent', text: '', data: {} });
        first.on.add(id);
      }
      const second = build(0, 'none', store);
      for (const id of first.on) second.on.add(id);
      expect(await second.runner.rollBack()).toBe('cancelled');
      expect(second.on.size).toBe(0);
    }
  });

  it('refuses to roll back once a statement of the point of no return was written', async () => {
    const store = new FakeStore();
    store.journal.append({ atMs: 0, runId: 'r', stepId: 'open', type: 'statement', text: '', data: {} });
    await expect(build(0, 'none', store).runner.rollBack()).rejects.toThrow('only forward');
  });

  it('cannot send a statement that does not stand in the plan', async () => {
    const store = new FakeStore();
    const { runner } = build(0, 'none', store);
    await runner.run();
    const run = store.journal.run('r');
    expect(run).not.toBeNull();
    if (!run) return;
    const report = reportOf(run, store.journal.entries('r'));
    expect(report.steps.every((step) => step.status === 'done')).toBe(true);
    const shown = new Set(plan.steps.flatMap((step) => step.statements.map((one) => `i: ${one.text}`)));
    for (const entry of report.journal.filter((one) => one.type === 'statement'))
      expect(shown.has(entry.text)).toBe(true);
    expect(runView(run, report.journal).pastPointOfNoReturn).toBe(true);
  });
});
