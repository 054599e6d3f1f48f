import { isUtf8 } from 'node:buffer';
import type { TextCodec } from '../../core/queries/slow-log/text-codec';

const highByte = /[\x80-\xff]/;

/** {@link TextCodec} by Buffer, whose Latin-1 is a copy of the bytes into a string of one byte a character. */
export const nodeTextCodec: TextCodec = {
  latin1: (bytes) => asBuffer(bytes).toString('latin1'),
  isUtf8: (bytes) => isUtf8(bytes),
  toText: (latin1) => {
    if (!highByte.test(latin1)) return { text: latin1, isValid: true };
    const bytes = Buffer.from(latin1, 'latin1');
    return { text: bytes.toString('utf8'), isValid: isUtf8(bytes) };
  },
  copy,
};

function copy(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('latin1');
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
