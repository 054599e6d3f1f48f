import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writePiecesDurably } from './write-pieces-durably';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'midwatch-pieces-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (): string => path.join(folder, 'deep', 'content.json');

describe('writePiecesDurably', () => {
  it('joins the pieces in a private file, in a folder that it makes', async () => {
    const pieces = Array.from({ length: 200_000 }, (_, at) => `ä${at},`);
    await writePiecesDurably(file(), pieces);
    expect(readFileSync(file(), 'utf8')).toBe(pieces.join(''));
    expect(statSync(file()).mode & 0o077).toBe(0);
    await writePiecesDurably(file(), ['short']);
    expect(readFileSync(file(), 'utf8')).toBe('short');
  });

  it('leaves the old content, and no draft, where a piece cannot be made or the folder takes none', async () => {
    await writePiecesDurably(file(), ['old']);
    const broken = function* (): Generator<string> {
      yield 'x'.repeat(300_000);
      throw new Error('no more');
    };
    await expect(writePiecesDurably(file(), broken())).rejects.toThrow('no more');
    expect(readFileSync(file(), 'utf8')).toBe('old');
    expect(readdirSync(path.dirname(file()))).toEqual(['content.json']);
    await expect(writePiecesDurably(path.join(file(), 'below'), ['x'])).rejects.toMatchObject({
      code: 'file-unreadable',
    });
  });

  it('lets the process go on between the pieces', async () => {
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 0);
    await writePiecesDurably(
      file(),
      Array.from({ length: 64 }, () => 'x'.repeat(300_000)),
    );
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
  });
});
