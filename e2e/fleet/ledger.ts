import fs from 'node:fs';
import path from 'node:path';
import { createConnection } from 'mysql2/promise';

/** One write that the server acknowledged to the application, or one whose answer never came. */
export interface LedgerEntry {
  readonly outcome: 'acknowledged' | 'unknown';
  readonly writer: number;
  /** Counts from 1 for each writer; gaps are writes that the server refused. */
  readonly seq: number;
  /** The port of the server that was written to. */
  readonly port: number;
  /** When the answer came, in milliseconds of the epoch, with fractions. */
  readonly atMs: number;
}

/** The longest time during which no write was acknowledged. */
export interface WriteGap {
  readonly gapMs: number;
  readonly fromPort: number;
  readonly toPort: number;
}

/** An append-only file outside the database: each acknowledged write is in it before the application goes on. */
export class Ledger {
  private readonly fd: number;

  constructor(readonly file: string) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    this.fd = fs.openSync(file, 'a');
  }

  /** Records one write; returns when the line is with the operating system, so it outlives this process. */
  record(entry: LedgerEntry): void {
    fs.writeSync(this.fd, formatEntry(entry));
  }

  close(): void {
    fs.closeSync(this.fd);
  }

  entries(): LedgerEntry[] {
    return parseLedger(fs.readFileSync(this.file, 'utf8'));
  }

  /**
   * Which acknowledged writes a server does not have.
   * @throws the driver's error when the server cannot be read
   */
  async missing(host: string, port: number): Promise<LedgerEntry[]> {
    const acknowledged = this.entries().filter(({ outcome }) => outcome === 'acknowledged');
    const writers = [...new Set(acknowledged.map(({ writer }) => writer))];
    if (writers.length === 0) return [];
    const connection = await createConnection({ host, port, user: 'app', password: 'app', rowsAsArray: true });
    try {
      const [rows] = await connection.query('SELECT writer, seq FROM app.ledger WHERE writer IN (?)', [writers]);
      return findMissing(acknowledged, rows as [number, number][]);
    } finally {
      connection.destroy();
    }
  }

  /** The longest pause between two acknowledged writes of any writers. @returns undefined with fewer than two */
  longestGap(): WriteGap | undefined {
    return findLongestGap(this.entries());
  }
}

/** Compares by writer and sequence. */
export function findMissing(
  acknowledged: readonly LedgerEntry[],
  rows: readonly (readonly [number, number])[],
): LedgerEntry[] {
  const present = new Set(rows.map(([writer, seq]) => `${writer} ${seq}`));
  return acknowledged.filter(({ writer, seq }) => !present.has(`${writer} ${seq}`));
}

/** See {@link Ledger.longestGap}. */
export function findLongestGap(entries: readonly LedgerEntry[]): WriteGap | undefined {
  const inOrder = entries.filter(({ outcome }) => outcome === 'acknowledged').sort((a, b) => a.atMs - b.atMs);
  let longest: WriteGap | undefined;
  for (const [index, entry] of inOrder.entries()) {
    const before = inOrder[index - 1];
    if (!before) continue;
    const gapMs = entry.atMs - before.atMs;
    if (!longest || gapMs > longest.gapMs) longest = { gapMs, fromPort: before.port, toPort: entry.port };
  }
  return longest;
}

/** One line: outcome, writer, seq, port, time. */
export function formatEntry({ outcome, writer, seq, port, atMs }: LedgerEntry): string {
  return `${outcome === 'acknowledged' ? '+' : '?'} ${writer} ${seq} ${port} ${atMs.toFixed(3)}\n`;
}

/** Reads lines of {@link formatEntry}; a last line that was cut short by a crash is left out. */
export function parseLedger(text: string): LedgerEntry[] {
  return text.split('\n').flatMap((line) => {
    const match = /^([+?]) (\d+) (\d+) (\d+) (\d+\.\d{3})$/.exec(line);
    if (!match) return [];
    const [writer = 0, seq = 0, port = 0, atMs = 0] = match.slice(2).map(Number);
    return [{ outcome: match[1] === '+' ? 'acknowledged' : 'unknown', writer, seq, port, atMs }];
  });
}
