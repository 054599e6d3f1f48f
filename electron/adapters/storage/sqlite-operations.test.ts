import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Drill } from '@shared/model/drill';
import { bareParts, type Plan } from '@shared/model/plan';
import type { LastWords, Quarantine, Store } from '../../core/ports/store';
import { FakeStore } from '../../core/testing/memory-store';
import { mainMigrations } from './migrations';
import { SqliteFile } from './sqlite-file';
import { openSqliteStore } from './sqlite-store';

let folder: string;
const stores: Store[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-operations-'));
});
afterEach(() => {
  closeAll();
  rmSync(folder, { recursive: true });
});

function open(inFolder = folder): Store {
  const store = openSqliteStore({ folder: inFolder, clock: { nowMs: Date.now } });
  stores.push(store);
  return store;
}

function closeAll(): void {
  for (const store of stores.splice(0)) store.close();
}

const drill: Drill = {
  drillId: 'd1',
  clusterId: 'c1',
  cluster: 'wallet',
  kind: 'failover',
  state: 'preparing',
  unattended: true,
  by: 'ann',
  reason: 'quarterly',
  startedAtMs: 10,
  endedAtMs: null,
  breakRunId: null,
  runId: null,
  planId: null,
  oldPrimary: 'db-1',
  newPrimary: '',
  rtoMs: null,
  phases: [{ name: 'detect', ms: 1200 }],
  acknowledged: 0,
  missing: null,
  announced: '',
  writesThrough: '',
  fromRegion: '',
  toRegion: '',
  notes: [],
  error: '',
};
const quarantine: Quarantine = {
  clusterId: 'c1',
  instanceId: 'i1',
  instance: 'db-1',
  host: 'db-1.example',
  port: 3306,
  serverUuid: 'u1',
  runId: 'r1',
  atMs: 5,
  by: 'ann',
};
const words: LastWords = {
  instanceId: 'i1',
  atMs: 7,
  gtidExecuted: 'u1:1-100',
  commitsPerSecond: 12.5,
  semiSync: true,
  serverUuid: 'u1',
  version: '9.7.4',
  dialect: 'mysql',
  pidFile: '/run/mysqld.pid',
  dataFolder: '/var/lib/mysql',
  binaryLogBase: '/var/lib/mysql/binlog',
  semiSyncWaitForCount: 1,
  semiSyncTimeoutMs: 10_000,
};

describe.each([
  ['SQLite', () => open()],
  ['memory', () => new FakeStore()],
] as const)('drills, quarantine and last words in %s', (_name, make) => {
  it('a drill is replaced by its next state; listed newest first, of one cluster or of all', () => {
    const store = make();
    store.drills.save(drill);
    store.drills.save({ ...drill, drillId: 'd2', clusterId: 'c2', startedAtMs: 20 });
    store.drills.save({ ...drill, state: 'succeeded', rtoMs: 4200 });
    expect(store.drills.list().map(({ drillId, state }) => [drillId, state])).toEqual([
      ['d2', 'preparing'],
      ['d1', 'succeeded'],
    ]);
    expect(store.drills.list('c1')).toEqual([{ ...drill, state: 'succeeded', rtoMs: 4200 }]);
  });

  it('a quarantine stays until it is lifted; one an instance', () => {
    const store = make();
    store.quarantine.add(quarantine);
    store.quarantine.add({ ...quarantine, runId: 'r2' });
    store.quarantine.add({ ...quarantine, instanceId: 'i2', atMs: 6 });
    expect(store.quarantine.list()).toEqual([
      { ...quarantine, runId: 'r2' },
      { ...quarantine, instanceId: 'i2', atMs: 6 },
    ]);
    store.quarantine.remove('i1');
    store.quarantine.remove('never held');
    expect(store.quarantine.list().map(({ instanceId }) => instanceId)).toEqual(['i2']);
  });

  it('last words: the newest of each instance', () => {
    const store = make();
    store.lastWords.save([]);
    store.lastWords.save([words, { ...words, instanceId: 'i2', commitsPerSecond: null }]);
    store.lastWords.save([{ ...words, atMs: 8 }]);
    expect(store.lastWords.find('i1')).toEqual({ ...words, atMs: 8 });
    expect(store.lastWords.find('i2')).toMatchObject({ commitsPerSecond: null });
    expect(store.lastWords.find('i3')).toBeNull();
  });

  it('entries are numbered from 1 within each run, and written together or not at all', () => {
    const store = make();
    for (const runId of ['r1', 'r2']) store.journal.createRun({ ...run, runId });
    store.journal.append({ ...entry, runId: 'r1' });
    expect(
      store.journal.appendAll([
        { ...entry, runId: 'r2' },
        { ...entry, runId: 'r2' },
      ]),
    ).toMatchObject([{ seq: 1 }, { seq: 2 }]);
    expect(store.journal.entries('r1')).toHaveLength(1);
  });
});

it('a later process finds them', () => {
  const first = open();
  first.drills.save(drill);
  first.quarantine.add(quarantine);
  first.lastWords.save([words]);
  closeAll();
  const second = open();
  expect(second.drills.list()).toEqual([drill]);
  expect(second.quarantine.list()).toEqual([quarantine]);
  expect(second.lastWords.find('i1')).toEqual(words);
});

it('a lift in one console is seen by the other', () => {
  const one = open();
  const other = open();
  one.quarantine.add(quarantine);
  expect(other.quarantine.list()).toHaveLength(1);
  other.quarantine.remove('i1');
  expect(one.quarantine.list()).toEqual([]);
});

const newPlan: Plan = {
  id: 'p1',
  kind: 'switchover',
  clusterId: 'c1',
  cluster: 'wallet',
  title: 'Switch over',
  createdAtMs: 1,
  expiresAtMs: 2,
  basis: { seenAtMs: 1, facts: {} },
  checks: [],
  candidates: [],
  steps: [],
  impact: { primary: 'a', candidate: 'b', writeGapMs: 0, lostTransactions: 0, sentences: [], achieved: '' },
  ...bareParts,
  actLabel: 'Promote b',
  applyable: true,
  refusals: [],
};
const run = { runId: 'r1', plan: newPlan, by: 'ann', reason: '', startedAtMs: 1, state: 'running' } as const;
const entry = { atMs: 1, runId: 'r1', stepId: '', type: 'note', text: 'x'.repeat(500), data: {} } as const;

describe('a journal of schema 1', () => {
  it('opens, its plans in the present shape', () => {
    const old = new SqliteFile(join(folder, 'midwatch.db'));
    old.script(`${mainMigrations[0] ?? ''}; PRAGMA user_version = 1`);
    const { verdict: _verdict, fence: _fence, attestation: _attestation, drillId: _drillId, ...oldPlan } = newPlan;
    const statement = { key: 'fence', phase: 'run', instanceId: 'i1', instance: 'db-1' };
    const plan = {
      ...oldPlan,
      candidates: [{ instanceId: 'i2', instance: 'db-2', state: 'best', why: 'nearest' }],
      steps: [{ id: 's1', title: 'Fence', statements: [{ ...statement, sql: 'SET GLOBAL super_read_only = ON' }] }],
    };
    old.run(
      'INSERT INTO run (run_id, cluster_id, started_at_ms, by_user, reason, state, plan_json) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...['r1', 'c1', 1, 'ann', '', 'interrupted', JSON.stringify(plan)],
    );
    old.close();
    const store = open();
    expect(store.notices).toEqual([]);
    const read = store.journal.run('r1');
    expect(read).toMatchObject({
      state: 'interrupted',
      plan: { verdict: null, fence: [], attestation: null, drillId: null },
    });
    expect(read?.plan.candidates).toMatchObject([{ instance: 'db-2', rules: [], loss: null }]);
    expect(read?.plan.steps[0]?.statements).toEqual([
      { ...statement, by: 'sql', text: 'SET GLOBAL super_read_only = ON' },
    ]);
    store.drills.save(drill);
  });

  it('a plan of today is read as it was written', () => {
    const store = open();
    store.journal.createRun(run);
    expect(store.journal.run('r1')?.plan).toEqual(newPlan);
  });
});

describe('a half-written journal', () => {
  function writeMuch(store: Store): void {
    store.journal.createRun(run);
    for (let index = 0; index < 200; index += 1) store.journal.append(entry);
  }

  it('a file cut short is kept aside and named, and a new journal begins', () => {
    writeMuch(open());
    closeAll();
    const copy = mkdtempSync(join(folder, 'copy-'));
    copyFileSync(join(folder, 'midwatch.db'), join(copy, 'midwatch.db'));
    truncateSync(join(copy, 'midwatch.db'), 20_000);
    const store = open(copy);
    expect(store.notices).toMatchObject([
      {
        severity: 'act',
        text: expect.stringMatching(/inventory, journal and activity was damaged .*midwatch\.db\.corrupt-/) as string,
        nextStep: expect.stringContaining('quarantine') as string,
      },
    ]);
    expect(store.journal.runs()).toEqual([]);
    expect(readdirSync(copy).some((name) => name.startsWith('midwatch.db.corrupt-'))).toBe(true);
    store.journal.createRun(run);
    expect(store.journal.append(entry)).toMatchObject({ seq: 1 });
  });

  it('a write-ahead log cut in the middle of an entry loses that entry alone, not those before it', () => {
    writeMuch(open());
    const copy = mkdtempSync(join(folder, 'copy-'));
    for (const name of ['midwatch.db', 'midwatch.db-wal']) copyFileSync(join(folder, name), join(copy, name));
    truncateSync(join(copy, 'midwatch.db-wal'), readFileSync(join(copy, 'midwatch.db-wal')).length - 100);
    const store = open(copy);
    expect(store.notices).toEqual([]);
    expect(store.journal.entries('r1').map(({ seq }) => seq)).toEqual(
      Array.from({ length: 199 }, (_, index) => index + 1),
    );
  });
});
