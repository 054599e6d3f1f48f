import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyInventory, type Inventory } from '@shared/model/inventory';
import { bareParts, type Plan } from '@shared/model/plan';
import type { JournalEntry } from '@shared/model/run';
import type { RunRecord, Store } from '../../core/ports/store';
import { SqliteFile } from './sqlite-file';
import { openSqliteStore } from './sqlite-store';

let folder: string;
const stores: Store[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-store-'));
});
afterEach(() => {
  for (const store of stores.splice(0)) store.close();
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

/** A new file: statements that wait to be collected keep the old one open in this process. */
function replaceFile(file: string, content: Uint8Array): void {
  for (const name of [file, `${file}-wal`, `${file}-shm`]) rmSync(name, { force: true });
  writeFileSync(file, content);
}

const inventory: Inventory = {
  ...emptyInventory,
  bastions: [{ id: 'b1', name: 'bastion', host: '10.0.0.1', port: 22, user: 'oncall', auth: { method: 'agent' } }],
};

const plan: Plan = {
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
const run: RunRecord = { runId: 'r1', plan, by: 'ann', reason: 'drill', startedAtMs: 5, state: 'running' };
const entry: Omit<JournalEntry, 'seq'> = {
  atMs: 6,
  runId: 'r1',
  stepId: 's1',
  type: 'intent',
  text: 'x',
  data: { n: 1 },
};

describe('the store', () => {
  it('gives back what was stored, in a later process too', () => {
    const first = open();
    expect(first.inventory.load()).toEqual(emptyInventory);
    first.inventory.save(inventory);
    first.journal.createRun(run);
    expect(first.journal.append(entry)).toEqual({ ...entry, seq: 1 });
    expect(first.journal.append({ ...entry, type: 'done' })).toMatchObject({ seq: 2 });
    first.journal.setState('r1', 'succeeded');
    const note = {
      atMs: 7,
      kind: 'inventory',
      severity: 'note',
      clusterId: 'c1',
      instanceId: null,
      by: 'ann',
      text: 'a',
    } as const;
    first.activity.append(note);
    first.activity.append({ ...note, clusterId: null, text: 'b' });
    closeAll();

    const second = open();
    expect(second.notices).toEqual([]);
    expect(second.inventory.load()).toEqual(inventory);
    expect(second.journal.run('r1')).toEqual({ ...run, state: 'succeeded' });
    expect(second.journal.runs('c1')).toHaveLength(1);
    expect(second.journal.runs('other')).toEqual([]);
    expect(second.journal.run('unknown')).toBeNull();
    expect(second.journal.entries('r1').map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'intent'],
      [2, 'done'],
    ]);
    expect(second.activity.list({ limit: 10 }).map(({ text }) => text)).toEqual(['b', 'a']);
    expect(second.activity.list({ limit: 10, clusterId: 'c1' })).toEqual([{ ...note, seq: 1 }]);
    expect(second.activity.list({ limit: 1, beforeSeq: 2 }).map(({ seq }) => seq)).toEqual([1]);
  });

  it('is readable by this user alone', () => {
    open();
    expect(statSync(join(folder, 'midwatch.db')).mode & 0o077).toBe(0);
    expect(statSync(join(folder, 'history.db')).mode & 0o077).toBe(0);
  });

  it('refuses to overwrite what another process saved', () => {
    const one = open();
    const other = open();
    one.inventory.save(inventory);
    expect(() => other.inventory.save(emptyInventory)).toThrow(expect.objectContaining({ code: 'inventory-conflict' }));
    expect(other.inventory.load()).toEqual(inventory);
    other.inventory.save(emptyInventory);
  });
});

describe('a file that cannot be used', () => {
  it.each(['midwatch.db', 'history.db'])('%s full of nonsense is kept aside, a new one started, and said', (name) => {
    open().inventory.save(inventory);
    closeAll();
    replaceFile(join(folder, name), Buffer.from('nonsense '.repeat(5_000)));
    const store = open();
    expect(store.notices).toMatchObject([{ severity: 'act', text: expect.stringContaining('.corrupt-') as string }]);
    const aside = readdirSync(folder).find((file) => /^\w+\.db\.corrupt-\d{8}T\d{6}Z$/.test(file)) ?? '';
    expect(readFileSync(join(folder, aside), 'utf8')).toContain('nonsense nonsense');
    expect(store.inventory.load()).toEqual(name === 'midwatch.db' ? emptyInventory : inventory);
    store.inventory.save(inventory);
    closeAll();
    expect(open().notices).toEqual([]);
  });

  it('a truncated store is kept aside', () => {
    const store = open();
    for (let index = 0; index < 200; index += 1) {
      store.activity.append({
        atMs: index,
        kind: 'rule',
        severity: 'note',
        clusterId: null,
        instanceId: null,
        by: 'x',
        text: 'y'.repeat(500),
      });
    }
    closeAll();
    const file = join(folder, 'midwatch.db');
    replaceFile(file, readFileSync(file).subarray(0, -40_960));
    expect(open().notices).toHaveLength(1);
  });

  it('a store of a newer schema is left untouched, and another one used beside it', () => {
    open().inventory.save(inventory);
    closeAll();
    const newer = new SqliteFile(join(folder, 'midwatch.db'));
    newer.script('PRAGMA user_version = 99; CREATE TABLE future (x)');
    newer.close();
    const before = readFileSync(join(folder, 'midwatch.db'));
    const store = open();
    expect(store.notices).toMatchObject([
      { text: expect.stringMatching(/newer Midwatch.*midwatch\.schema-2\.db/) as string },
    ]);
    expect(store.inventory.load()).toEqual(emptyInventory);
    expect(readFileSync(join(folder, 'midwatch.db')).equals(before)).toBe(true);
  });

  it('an inventory document that cannot be read is kept aside as a file', () => {
    open().inventory.save(inventory);
    closeAll();
    const file = new SqliteFile(join(folder, 'midwatch.db'));
    file.run(`UPDATE inventory SET json = '{"version":1,"clusters":"?"}'`);
    file.close();
    const store = open();
    expect(store.inventory.load()).toEqual(emptyInventory);
    expect(store.notices).toHaveLength(1);
    expect(readdirSync(folder).some((name) => name.startsWith('inventory.corrupt-'))).toBe(true);
    store.inventory.save(inventory);
  });

  it('a folder that is a file is told', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => open(join(folder, 'file'))).toThrow();
  });
});

describe('durability', () => {
  it('holds every journal entry that was acknowledged before kill -9', async () => {
    const program = fileURLToPath(new URL('./append-until-killed.fixture.ts', import.meta.url));
    for (const _round of [1, 2]) {
      const child = spawn(process.execPath, ['--import', 'tsx', program, folder], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let acknowledged = 0;
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (data: Buffer) => {
          for (const line of data.toString().trim().split('\n'))
            acknowledged = Math.max(acknowledged, Number(line) || 0);
          if (acknowledged % 50 > 25) child.kill('SIGKILL');
        });
        child.on('close', () => resolve());
      });
      const store = open();
      expect(store.notices).toEqual([]);
      const entries = store.journal.entries('r1');
      expect(acknowledged).toBeGreaterThan(20);
      expect(entries.length).toBeGreaterThanOrEqual(acknowledged);
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_entry, index) => index + 1));
      closeAll();
    }
  });
});

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot || process.platform !== 'linux')('a full disk (needs root for a small tmpfs)', () => {
  let small: string;
  beforeEach(() => {
    small = join(folder, 'small');
    execFileSync('mkdir', [small]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=700k', 'tmpfs', small]);
  });
  afterEach(() => {
    closeAll();
    execFileSync('umount', ['--lazy', small]);
  });

  it('is told by every kind of write, and loses nothing already stored', () => {
    const store = open(small);
    store.inventory.save(inventory);
    store.journal.createRun(run);
    const full = expect.objectContaining({
      code: 'disk-full',
      nextStep: expect.stringMatching(/\w/) as string,
    }) as Error;
    let stored = 0;
    expect(() => {
      for (;;) {
        store.journal.append({ ...entry, text: 'x'.repeat(2_000) });
        stored += 1;
      }
    }).toThrow(full);
    const large = { ...inventory, clusters: Array.from({ length: 200 }, () => cluster('x'.repeat(60))) };
    expect(() => store.inventory.save(large)).toThrow(full);
    expect(() => {
      for (let index = 0; index < 2_000; index += 1) {
        store.history.append([{ ...sample, atMs: index * 1_000 }]);
      }
      store.history.read({ instanceIds: ['i1'], fromMs: 0, toMs: 1, points: 1 });
    }).toThrow(full);
    expect(store.journal.entries('r1')).toHaveLength(stored);
    expect(store.inventory.load()).toEqual(inventory);
    execFileSync('mount', ['-o', 'remount,size=8m', small]);
    expect(store.journal.append(entry)).toMatchObject({ seq: stored + 1 });
    store.history.append([sample]);
    closeAll();
    expect(open(small).journal.entries('r1')).toHaveLength(stored + 1);
  });

  it('is told at opening', () => {
    writeFileSync(join(small, 'filler'), Buffer.alloc(690 * 1_024));
    expect(() => open(small)).toThrow(expect.objectContaining({ code: 'disk-full' }));
    expect(existsSync(join(small, 'filler'))).toBe(true);
  });
});

const sample = {
  instanceId: 'i1',
  atMs: 0,
  serverLag: 1,
  workerLag: 1,
  heartbeatLag: null,
  positionLag: 2,
  commitsPerSecond: 100,
};

function cluster(name: string): Inventory['clusters'][number] {
  return {
    id: name,
    name,
    user: 'midwatch',
    tls: { mode: 'off' },
    instances: [],
    heartbeat: { kind: 'none' },
    pinned: false,
    connectionBudget: 3,
  };
}
