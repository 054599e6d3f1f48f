import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PinnedHostKeys } from './pinned-host-keys';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-pins-'));
  file = join(folder, 'deep', 'host-keys.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const key = { host: '10.0.0.1', port: 22, fingerprint: 'SHA256:abc', pinnedAtMs: 5 };

it('keeps keys over a restart, in a file of this user alone', () => {
  const keys = new PinnedHostKeys(file);
  expect(keys.find('10.0.0.1', 22)).toBeNull();
  keys.pin(key);
  keys.pin({ ...key, port: 2222 });
  keys.pin({ ...key, fingerprint: 'SHA256:new' });
  expect(statSync(file).mode & 0o077).toBe(0);
  const later = new PinnedHostKeys(file);
  expect(later.find('10.0.0.1', 22)?.fingerprint).toBe('SHA256:new');
  later.forget('10.0.0.1', 22);
  expect(later.find('10.0.0.1', 22)).toBeNull();
  expect(later.find('10.0.0.1', 2222)).toEqual({ ...key, port: 2222 });
});

it('sees what another process pinned', () => {
  const one = new PinnedHostKeys(file);
  new PinnedHostKeys(file).pin(key);
  expect(one.find('10.0.0.1', 22)).toEqual(key);
});

it('keeps a file aside that it cannot understand', () => {
  new PinnedHostKeys(file).pin(key);
  writeFileSync(file, '{"version":7}');
  const keys = new PinnedHostKeys(file);
  expect(keys.find('10.0.0.1', 22)).toBeNull();
  expect(readdirSync(join(folder, 'deep'))).toEqual([expect.stringMatching(/corrupt/)]);
  keys.pin(key);
  expect(new PinnedHostKeys(file).find('10.0.0.1', 22)).toEqual(key);
});
