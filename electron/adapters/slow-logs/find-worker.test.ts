import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findWorker } from './find-worker';

let out = '';
beforeAll(() => {
  out = fs.mkdtempSync(path.join(os.tmpdir(), 'midwatch-out-'));
  fs.mkdirSync(path.join(out, 'chunks'));
  fs.writeFileSync(path.join(out, 'digest-slow-log.js'), '');
});
afterAll(() => fs.rmSync(out, { recursive: true, force: true }));

describe('the program of a worker', () => {
  it.each(['index.js', 'chunks/worker-digester-abc.js'])('is found bundled, asked for by %s', (asking) => {
    const from = pathToFileURL(path.join(out, asking)).href;
    expect(findWorker('digest-slow-log', from)).toEqual({
      start: path.join(out, 'digest-slow-log.js'),
      options: { eval: false },
    });
  });

  it('is read as TypeScript from a clone', () => {
    const { start, options } = findWorker('digest-slow-log');
    expect(options).toEqual({ eval: true });
    expect(start).toContain('electron/workers/digest-slow-log.ts');
  });

  it('is missed aloud', () => {
    expect(() => findWorker('no-such-worker')).toThrow('The worker no-such-worker is not beside');
  });
});
