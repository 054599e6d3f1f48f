import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Drill } from '@shared/model/drill';
import type { Candidate, Plan } from '@shared/model/plan';
import { FakeStore } from '../../testing/memory-store';
import { realClock } from '../../testing/real-clock';
import { DrillService, type DrillParts } from './drill-service';
import { planToRegion } from './to-region';

const cluster = { id: 'c', name: 'wallet', instances: [] };
const plan = {
  id: 'p',
  kind: 'switchover',
  clusterId: 'c',
  cluster: 'wallet',
  applyable: true,
  refusals: [],
  createdAtMs: 0,
  candidates: [],
  steps: [],
  attestation: { statement: 'It is off', expected: 'db-1 is off' },
  impact: { primary: 'db-1', candidate: 'db-2', sentences: [] },
} as unknown as Plan;

const partsOf = (store: FakeStore, approved: string[] = []): DrillParts =>
  ({
    operations: {
      plan: async () => plan,
      approve: async () => {
        approved.push('approved');
        return { runId: 'r' };
      },
      running: () => null,
      list: () => [],
    },
    store: store.drills,
    inventory: { cluster: () => cluster },
    connections: {},
    unlocks: { require: () => undefined },
    clock: realClock,
    user: 'tester',
    newId: () => 'd',
    isPrimaryLost: () => true,
  }) as unknown as DrillParts;

describe('the drill service', () => {
  it('Unattended it approves only what needs no oath.', async () => {
    const approved: string[] = [];
    const service = new DrillService(partsOf(new FakeStore(), approved));
    const { drillId } = await service.start(
      { clusterId: 'c', kind: 'switchover', unattended: true, confirmName: 'wallet', reason: '' },
      new AbortController().signal,
    );
    const drill = await service.ended(drillId);
    expect(drill.state).toBe('failed');
    expect(drill.error).toContain('cannot run unattended');
    expect(approved).toEqual([]);
  });

  it('A drill whose console died is kept as failed.', () => {
    const store = new FakeStore();
    const left = { drillId: 'old', clusterId: 'c', state: 'running', endedAtMs: null, by: 'tester' } as Drill;
    store.drills.save(left);
    const service = new DrillService(partsOf(store));
    expect(service.view('old').state).toBe('failed');
    expect(service.view('old').error).toContain('ended in the middle');
  });
});

describe('the region asked for', () => {
  const candidate = (instance: string, region: string, state: Candidate['state']): Candidate =>
    ({ instanceId: instance, instance, region, state, why: 'it lags' }) as Candidate;
  /** As a plan is: the one that was asked for, else the best. */
  const operations = (candidates: readonly Candidate[]): Parameters<typeof planToRegion>[0] => ({
    plan: async ({ candidateId }) => {
      const best =
        candidates.find((one) => one.instanceId === candidateId) ?? candidates.find((one) => one.state === 'best');
      return { ...plan, candidates, impact: { ...plan.impact, candidate: best?.instance ?? 'None' } };
    },
  });
  const ask = async (kind: 'switchover' | 'failover', candidates: readonly Candidate[], hintId?: string) => {
    const input = { kind, clusterId: 'c', drillId: 'd', toRegion: 'us', hintId };
    const { plan: made, asked } = await planToRegion(operations(candidates), input, new AbortController().signal);
    return [made.impact.candidate, made.applyable, asked];
  };

  it('takes whoever stands there, also where another is nearer', async () => {
    const board = [candidate('eu-2', 'eu', 'best'), candidate('us-1', 'us', 'possible')];
    expect(await ask('switchover', board)).toEqual(['us-1', true, '']);
    expect(await ask('failover', board, 'us-1')).toEqual(['us-1', true, '']);
  });

  it('Where nobody in the region asked for can take over, a planned drill is refused, an emergency takes the best and says so.', async () => {
    const board = [candidate('ap-1', 'ap', 'best'), candidate('us-1', 'us', 'excluded')];
    const why = 'Nobody in us could take over: us-1: it lags';
    expect(await ask('switchover', board)).toEqual(['ap-1', false, why]);
    expect(await ask('failover', board, 'us-1')).toEqual(['ap-1', true, why]);
  });
});

describe('INVARIANTS.md', () => {
  it('has a test with the same words for every sentence', () => {
    const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
    const tests = ['./invariants.test.ts', './invariants.server.test.ts', './region.server.test.ts'].map(read).join('');
    const sentences = [...read('./INVARIANTS.md').matchAll(/^\d+\. (.+)$/gm)].map((match) => match[1] ?? '');
    expect(sentences).toHaveLength(11);
    expect(sentences.filter((one) => !tests.includes(`it('${one}'`))).toEqual([]);
  });
});
