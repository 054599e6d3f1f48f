import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { utils } from './ssh2-library';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bastion, SshAuth } from '@shared/model/inventory';
import { prepareCredentials } from './ssh-credentials';

const folder = mkdtempSync(join(tmpdir(), 'midwatch-keys-'));
const inFolder = (name: string) => join(folder, name);
const nothing = { password: null, passphrase: null };

function hop(auth: SshAuth): Bastion {
  return { id: 'b1', name: 'bastion-1', host: '10.0.0.1', port: 22, user: 'oncall', auth };
}

/** One in 256 of the ed25519 keys that ssh2 writes is malformed: it drops a leading zero of the public half. */
function generateKey(passphrase = '') {
  const locked = { passphrase, cipher: 'aes256-ctr', rounds: 2 };
  for (;;) {
    const pair = utils.generateKeyPairSync('ed25519', passphrase === '' ? {} : locked);
    if (!(utils.parseKey(pair.private, passphrase) instanceof Error)) return pair;
  }
}

beforeAll(() => {
  const plain = generateKey();
  const locked = generateKey('right');
  writeFileSync(inFolder('plain'), plain.private);
  writeFileSync(inFolder('plain.pub'), plain.public);
  writeFileSync(inFolder('locked'), locked.private);
  writeFileSync(inFolder('nonsense'), 'not a key');
  writeFileSync(inFolder('forbidden'), plain.private);
  chmodSync(inFolder('forbidden'), 0o000);
});
afterAll(() => rmSync(folder, { recursive: true }));

const key = (name: string): SshAuth => ({ method: 'key', keyFile: inFolder(name) });

describe('prepareCredentials', () => {
  it('reads a plain key and an encrypted one', async () => {
    expect((await prepareCredentials(hop(key('plain')), nothing, undefined)).first).toMatchObject([
      { type: 'publickey' },
    ]);
    const secrets = { password: null, passphrase: 'right' };
    expect((await prepareCredentials(hop(key('locked')), secrets, undefined)).first).toMatchObject([
      { type: 'publickey' },
    ]);
  });

  it.each([
    ['a missing passphrase', key('locked'), nothing, 'secret-missing'],
    ['a wrong passphrase', key('locked'), { password: null, passphrase: 'wrong' }, 'ssh-passphrase-wrong'],
    ['no file', key('nowhere'), nothing, 'ssh-key-unreadable'],
    ['a public key', key('plain.pub'), nothing, 'ssh-key-unreadable'],
    ['nonsense', key('nonsense'), nothing, 'ssh-key-unreadable'],
    ['nonsense with a passphrase', key('nonsense'), { password: null, passphrase: 'x' }, 'ssh-key-unreadable'],
    ['no agent', { method: 'agent' }, nothing, 'ssh-agent-missing'],
    ['no password', { method: 'password' }, nothing, 'secret-missing'],
    ['no answer to prompts', { method: 'keyboard-interactive' }, nothing, 'secret-missing'],
  ] as const)('tells %s', async (_name, auth, secrets, code) => {
    await expect(prepareCredentials(hop(auth), secrets, undefined)).rejects.toMatchObject({
      code,
      nextStep: expect.stringMatching(/\w/) as string,
    });
  });

  it.skipIf(process.getuid?.() === 0)('tells a file that this user may not read', async () => {
    await expect(prepareCredentials(hop(key('forbidden')), nothing, undefined)).rejects.toMatchObject({
      code: 'ssh-key-unreadable',
      message: expect.stringContaining('EACCES') as string,
    });
  });

  it('tells an agent that does not answer', async () => {
    await expect(prepareCredentials(hop({ method: 'agent' }), nothing, inFolder('no.sock'))).rejects.toMatchObject({
      code: 'ssh-agent-missing',
    });
  });
});
