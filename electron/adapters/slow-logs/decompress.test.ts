import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compressionOf, decompress, type Compression } from './decompress';

/** The text "slow log\n" a hundred times, twice: two frames, made by the zstd program (level 3, with checksums). */
const zstd = Buffer.from('KLUv/WSEAoUAAEhzbG93IGxvZwoBAHhZlSMT0NYUKLUv/WSEAoUAAEhzbG93IGxvZwoBAHhZlSMT0NYU', 'base64');
const text = 'slow log\n'.repeat(5_000);

async function* inPieces(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unpack(bytes: Uint8Array, compression: Compression = compressionOf(bytes)) {
  const contents = decompress(inPieces(bytes, 1_000), compression);
  let found = '';
  for await (const piece of contents.pieces) found += Buffer.from(piece).toString('latin1');
  return { found, damage: contents.damage(), used: contents.bytesUsed() };
}

describe('a packed log', () => {
  it('is known by its first bytes', () => {
    expect(compressionOf(gzipSync(text))).toBe('gzip');
    expect(compressionOf(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd))).toBe('zstd');
    expect(compressionOf(Uint8Array.of(0x52, 0x2a, 0x4d, 0x18))).toBe('zstd');
    expect([compressionOf(Buffer.from('# Time')), compressionOf(new Uint8Array(0))]).toEqual(['none', 'none']);
  });

  it('comes out whole, also of several parts', async () => {
    const packed = Buffer.concat([gzipSync(text), gzipSync(text)]);
    expect(await unpack(packed)).toEqual({ found: text + text, damage: null, used: packed.length });
  });

  it('that was half copied gives its first half, and says so', async () => {
    const random = Array.from({ length: 20_000 }, (_, index) => ((index * 2_654_435_761) % 4_294_967_296).toString(36));
    const packed = gzipSync(random.join('\n'));
    const { found, damage } = await unpack(packed.subarray(0, packed.length >> 1));
    expect(damage).toBe('unexpected end of file');
    expect(random.join('\n').startsWith(found)).toBe(true);
    expect(found.length).toBeGreaterThan(random.join('\n').length * 0.45);
  });

  it('that is damaged gives what comes before, and says so', async () => {
    const packed = Buffer.from(gzipSync(Buffer.from(Array.from({ length: 60_000 }, (_, index) => (index * 31) % 251))));
    packed.fill(0xff, packed.length >> 1);
    expect((await unpack(packed)).damage).not.toBeNull();
    packed.fill(0, 20, 40);
    expect((await unpack(packed)).damage).not.toBeNull();
  });

  it('in zstd: whole, half, damaged', async () => {
    const whole = await unpack(zstd);
    expect(whole).toEqual({ found: 'slow log\n'.repeat(200), damage: null, used: zstd.length });
    expect((await unpack(zstd.subarray(0, zstd.length - 7))).damage).not.toBeNull();
    expect((await unpack(zstd.subarray(0, 3), 'zstd')).damage).not.toBeNull();
    const broken = Buffer.from(zstd);
    broken.fill(0xff, 8, 16);
    expect((await unpack(broken)).damage).not.toBeNull();
  });
});
