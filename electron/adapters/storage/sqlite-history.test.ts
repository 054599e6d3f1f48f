import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HistorySample, Store } from '../../core/ports/store';
import type { HistoryLimits } from './sqlite-history';
import { openSqliteStore } from './sqlite-store';

const hour = 3_600_000;
const day = 24 * hour;
const start = Date.UTC(2026, 10, 22, 12);

let folder: string;
let nowMs: number;
let store: Store;

function open(limits: Partial<HistoryLimits> = {}): Store {
  return openSqliteStore({ folder, clock: { nowMs: () => nowMs }, history: limits });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-history-'));
  nowMs = start;
  store = open();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

function sample(secondsAfterStart: number, lag: number | null, instanceId = 'i1'): HistorySample {
  return {
    instanceId,
    atMs: start + secondsAfterStart * 1_000,
    serverLag: lag,
    workerLag: lag === null ? null : lag / 2,
    heartbeatLag: null,
    positionLag: lag,
    commitsPerSecond: 120.5,
  };
}

function append(count: number, lagAt: (second: number) => number | null = () => 0): void {
  for (let from = 0; from < count; from += 1_000) {
    store.history.append(
      Array.from({ length: Math.min(1_000, count - from) }, (_, index) => sample(from + index, lagAt(from + index))),
    );
  }
  nowMs = start + count * 1_000;
}

const read = (fromS: number, toS: number, points = 10_000, instanceIds = ['i1']) =>
  store.history.read({ instanceIds, fromMs: start + fromS * 1_000, toMs: start + toS * 1_000, points });

describe('history', () => {
  it('gives back points of 1 s at once, exact to the millisecond', () => {
    store.history.append([sample(0, 1.234), sample(1, null)]);
    const { stepMs, points } = read(0, 10);
    expect(stepMs).toBe(1_000);
    expect(points.get('i1')).toEqual([
      {
        atMs: start,
        serverLag: 1.234,
        workerLag: 0.617,
        heartbeatLag: null,
        positionLag: 1.234,
        commitsPerSecond: 120.5,
      },
      {
        atMs: start + 1_000,
        serverLag: null,
        workerLag: null,
        heartbeatLag: null,
        positionLag: null,
        commitsPerSecond: 120.5,
      },
    ]);
  });

  it('keeps instances apart and answers for unknown ones with nothing', () => {
    store.history.append([sample(0, 1), sample(0, 2, 'i2')]);
    const { points } = read(0, 10, 100, ['i1', 'i2', 'i3']);
    expect([...points].map(([id, list]) => [id, list.map(({ serverLag }) => serverLag)])).toEqual([
      ['i1', [1]],
      ['i2', [2]],
      ['i3', []],
    ]);
  });

  it('keeps each bucket’s worst lag', () => {
    append(600, (second) => (second === 301 ? 42 : 0));
    const { stepMs, points } = read(0, 600, 60);
    expect(stepMs).toBe(10_000);
    const lags = points.get('i1')?.map(({ serverLag }) => serverLag) ?? [];
    expect(lags.length).toBeLessThanOrEqual(61);
    expect(lags[30]).toBe(42);
    expect(lags.filter((lag) => lag === 42)).toHaveLength(1);
  });

  it('breaks the line where nothing was measured', () => {
    store.history.append([sample(0, 1), sample(1, 1), sample(100, 1)]);
    expect(
      read(0, 200)
        .points.get('i1')
        ?.map(({ atMs, serverLag }) => [(atMs - start) / 1_000, serverLag]),
    ).toEqual([
      [0, 1],
      [1, 1],
      [2, null],
      [100, 1],
    ]);
  });

  it('answers long spans from minutes, the one under way included', () => {
    append(3 * 3_600 + 30, (second) => (second === 3 * 3_600 + 10 ? 7 : 1));
    nowMs = start + 2 * day;
    const { stepMs, points } = read(0, 3 * 3_600 + 60);
    expect(stepMs).toBe(60_000);
    expect(points.get('i1')).toHaveLength(181);
    expect(points.get('i1')?.at(-1)).toMatchObject({ serverLag: 7, commitsPerSecond: 120.5 });
  });

  it('prune deletes seconds after a day and minutes after thirty, and derives the minutes first', () => {
    append(7_200);
    nowMs = start + day + hour;
    store.history.prune(nowMs);
    expect(read(0, 7_200).points.get('i1')).toHaveLength(120);
    const seconds = store.history.read({
      instanceIds: ['i1'],
      fromMs: nowMs - day,
      toMs: nowMs - day + hour,
      points: 5_000,
    });
    expect(seconds.stepMs).toBe(1_000);
    expect(seconds.points.get('i1')).toHaveLength(3_600);
    nowMs = start + 31 * day;
    store.history.prune(nowMs);
    expect(read(0, 7_200).points.get('i1')).toEqual([]);
  });

  it('stays within its bound by keeping seconds for less time', () => {
    store.close();
    store = open({ maxBytes: 200_000 });
    append(20_000);
    for (let round = 0; round < 8; round += 1) store.history.prune(nowMs);
    const { points } = store.history.read({ instanceIds: ['i1'], fromMs: start, toMs: nowMs, points: 100_000 });
    expect(points.get('i1')?.length).toBeLessThan(10_000);
    expect(points.get('i1')?.length).toBeGreaterThanOrEqual(3_600);
  });

  it('needs about 25 bytes a point', () => {
    append(20_000, (second) => second % 5);
    store.history.prune(nowMs);
    store.close();
    store = open();
    expect(store.history.sizeBytes() / 20_000).toBeLessThan(40);
  });

  it('goes on in a new file when the old one turns out damaged', () => {
    append(5_000);
    read(0, 1);
    store.close();
    const file = join(folder, 'history.db');
    const content = readFileSync(file);
    for (const name of [file, `${file}-wal`, `${file}-shm`]) rmSync(name, { force: true });
    // The first page stays, so that the damage is found only when the tables are read.
    writeFileSync(file, content.fill(7, 4_096));
    store = open();
    store.history.append([sample(6_000, 1)]);
    expect(read(5_990, 6_010).points.get('i1')).toHaveLength(1);
    expect(store.notices.length).toBeGreaterThan(0);
  });

  it('writes by itself within a second or so', async () => {
    store.history.append([sample(0, 3)]);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    const other = open();
    expect(
      other.history.read({ instanceIds: ['i1'], fromMs: start, toMs: start + 1_000, points: 10 }).points.get('i1'),
    ).toHaveLength(1);
    other.close();
  });
});
