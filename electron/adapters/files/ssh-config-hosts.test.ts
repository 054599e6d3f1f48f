import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readHosts, SshConfigHosts } from './ssh-config-hosts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'midwatch-home-'));
});
afterEach(() => rmSync(home, { recursive: true }));

it('reads hosts with what every matching section says, and leaves patterns out', () => {
  const hosts = readHosts(
    `# people's file
Host bastion-eu eu
  HostName bastion.eu.example
  User ops
  Port 2222
  IdentityFile ~/.ssh/ops key
Host inner
  HostName=10.0.0.7
  ProxyJump bastion-eu, other
  IdentityFile %d/.ssh/%r@%h
Host plain
  ProxyJump none
Host *.internal !bad web-?
  User nobody
Match host whatever
  User x
Host *
  user fallback
  Port 22
`,
    '/home/ann',
  );
  expect(hosts).toEqual([
    ...['bastion-eu', 'eu'].map((alias) => ({
      alias,
      host: 'bastion.eu.example',
      port: 2222,
      user: 'ops',
      keyFile: '/home/ann/.ssh/ops key',
      proxyJump: [],
    })),
    {
      alias: 'inner',
      host: '10.0.0.7',
      port: 22,
      user: 'fallback',
      keyFile: '/home/ann/.ssh/fallback@10.0.0.7',
      proxyJump: ['bastion-eu', 'other'],
    },
    { alias: 'plain', host: 'plain', port: 22, user: 'fallback', proxyJump: [] },
  ]);
});

it('offers nothing when there is no file, and this user where none is named', async () => {
  const files = new SshConfigHosts({ home });
  expect(await files.sshConfigHosts()).toEqual([]);
  mkdirSync(join(home, '.ssh'));
  writeFileSync(join(home, '.ssh', 'config'), 'Host one\n');
  expect(await files.sshConfigHosts()).toMatchObject([{ alias: 'one', port: 22, user: userInfo().username }]);
});

it('tells a file that cannot be read', async () => {
  mkdirSync(join(home, '.ssh', 'config'), { recursive: true });
  await expect(new SshConfigHosts({ home }).sshConfigHosts()).rejects.toMatchObject({ code: 'file-unreadable' });
});
