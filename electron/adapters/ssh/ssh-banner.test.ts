import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { Bastion } from '@shared/model/inventory';
import { readSshBanner } from './ssh-banner';

const never = new AbortController().signal;
const hop: Bastion = { id: 'b', name: 'b', host: '10.0.0.1', port: 22, user: 'x', auth: { method: 'agent' } };

it.each(['SSH-2.0-OpenSSH_9.2\r\n', 'Welcome!\r\nSSH-2.0-x\r\n'])(
  'lets SSH pass, every byte put back: %j',
  async (banner) => {
    const stream = new PassThrough();
    stream.write(banner);
    await readSshBanner(stream, hop, never);
    expect(String(stream.read())).toBe(banner);
  },
);

it.each([
  ['\x4a\x00\x00\x00\x0a9.7.4\x00', /MySQL/],
  ['220 mail.example ESMTP\r\n', /mail/],
  ['\x15\x03\x01\x00\x02', /something else/],
])('names what is not SSH: %j', async (banner, message) => {
  const stream = new PassThrough();
  stream.write(Buffer.from(banner, 'latin1'));
  await expect(readSshBanner(stream, hop, never)).rejects.toMatchObject({
    code: 'ssh-protocol',
    message: expect.stringMatching(message) as string,
  });
});

it('tells a server that hangs up at once', async () => {
  const stream = new PassThrough();
  stream.end();
  await expect(readSshBanner(stream, hop, never)).rejects.toMatchObject({ code: 'ssh-protocol' });
});
