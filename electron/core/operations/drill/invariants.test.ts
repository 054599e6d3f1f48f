import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Drill } from '@shared/model/drill';
import type { Plan } from '@shared/model/plan';
import { FakeStore } from '../../testing/memory-store';
import { realClock } from '../../testing/real-clock';
import { DrillService, type DrillParts } from './drill-service';

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

describe('INVARIANTS.md', () => {
  it('has a test with the same words for every sentence', () => {
    const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
    const tests = read('./invariants.test.ts') + read('./invariants.server.test.ts');
    const sentences = [...read('./INVARIANTS.md').matchAll(/^\d+\. (.+)$/gm)].map((match) => match[1] ?? '');
    expect(sentences).toHaveLength(8);
    expect(sentences.filter((one) => !tests.includes(`it('${one}'`))).toEqual([]);
  });
});
