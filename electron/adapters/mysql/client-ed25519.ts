import { createHash } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';

const { Point } = ed25519;
const order = Point.Fn.ORDER;

/**
 * Answers MariaDB's `client_ed25519` challenge: an Ed25519 signature (RFC 8032, 5.1.6) of the 32-byte nonce, with the
 * password itself, of any length, in the place of the 32-byte seed. node:crypto takes only real seeds, hence the
 * arithmetic. Source: MariaDB server, plugin/auth_ed25519/ref10/sign.c.
 */
export function signEd25519Challenge(password: string, nonce: Uint8Array): Buffer {
  const expanded = sha512(Buffer.from(password, 'utf8'));
  const scalarBytes = Uint8Array.from(expanded.subarray(0, 32));
  scalarBytes[0] = (scalarBytes[0] ?? 0) & 0xf8;
  scalarBytes[31] = ((scalarBytes[31] ?? 0) & 0x3f) | 0x40;
  const secret = littleEndian(scalarBytes) % order;
  const publicKey = Point.BASE.multiply(secret).toBytes();
  const r = littleEndian(sha512(expanded.subarray(32), nonce)) % order;
  const commitment = Point.BASE.multiply(r).toBytes();
  const challenge = littleEndian(sha512(commitment, publicKey, nonce)) % order;
  return Buffer.concat([commitment, toLittleEndian((r + challenge * secret) % order)]);
}

function sha512(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

function toLittleEndian(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();
}
