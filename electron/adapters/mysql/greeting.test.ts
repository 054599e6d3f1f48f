import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readGreeting } from './greeting';

const party = { host: 'db-1', port: 22, user: 'midwatch' };
const never = new AbortController().signal;

function packet(payload: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUIntLE(payload.length, 0, 3);
  return Buffer.concat([header, payload]);
}

function streamOf(...chunks: readonly (Buffer | string)[]): PassThrough {
  const stream = new PassThrough();
  for (const chunk of chunks) stream.write(chunk);
  return stream;
}

const hello = packet(Buffer.concat([Buffer.from([10]), Buffer.from('5.5.5-10.11.19-MariaDB-log\0rest of it')]));

describe('readGreeting', () => {
  it('reads the version and puts every byte back', async () => {
    const stream = streamOf(hello.subarray(0, 3), hello.subarray(3));
    expect((await readGreeting(stream, party, never)).version).toBe('10.11.19-MariaDB-log');
    expect(stream.read()).toEqual(hello);
  });

  it.each([
    ['SSH-2.0-OpenSSH_9.2\r\n', /an SSH server.*SSH-2\.0-OpenSSH_9\.2/],
    ['HTTP/1.1 400 Bad Request\r\n', /a web server/],
    ['220 mail.example ESMTP\r\n', /a mail or FTP server/],
    ['\x15\x03\x03\x00\x02\x02\x28', /not MySQL/],
  ])('names a foreign protocol: %j', async (banner, message) => {
    await expect(readGreeting(streamOf(banner), party, never)).rejects.toMatchObject({
      code: 'not-mysql',
      message: expect.stringMatching(message) as string,
    });
  });

  it('reads a refusal that comes in place of the greeting', async () => {
    const refusal = packet(Buffer.concat([Buffer.from([0xff, 0x10, 0x04]), Buffer.from('Too many connections')]));
    await expect(readGreeting(streamOf(refusal), party, never)).rejects.toMatchObject({
      code: 'too-many-connections',
      details: { errno: 1040, cause: 'Too many connections' },
    });
  });

  it('says lost when the other side hangs up without a word', async () => {
    const stream = new PassThrough();
    stream.end();
    await expect(readGreeting(stream, party, never)).rejects.toMatchObject({ code: 'connection-lost' });
  });

  it('ends silence with the reason of the signal', async () => {
    const controller = new AbortController();
    const waiting = readGreeting(new PassThrough(), party, controller.signal);
    const reason = new Error('late');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});
