import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EvidenceFolder } from './evidence-folder';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'midwatch-evidence-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

describe('evidence', () => {
  const evidence = new EvidenceFolder(folder);

  it('is on the disk as it was given, private, with its checksum', () => {
    const saved = evidence.save({ runId: 'r1', name: 'errant of db-1.sql', content: 'INSERT ü\n' });
    const bytes = fs.readFileSync(saved.path);
    expect(bytes.toString('utf8')).toBe('INSERT ü\n');
    expect(saved).toMatchObject({ sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length });
    expect(fs.statSync(saved.path).mode & 0o077).toBe(0);
  });

  it('never leaves its folder, whatever a server is called', () => {
    const saved = evidence.save({ runId: '../..', name: '../../etc/x', content: '' });
    expect(path.relative(folder, saved.path).startsWith('..')).toBe(false);
  });
});
