import { createPrivateKey, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signEd25519Challenge } from './client-ed25519';

describe('signEd25519Challenge', () => {
  it.each(['0123456789abcdef0123456789abcdef', 'pässwörd-of-exactly-32-bytes!!!!'.slice(0, 30)])(
    'equals node:crypto where the password happens to be a 32-byte seed: %s',
    (password) => {
      const seed = Buffer.from(password, 'utf8');
      expect(seed).toHaveLength(32);
      const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
      const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
      const nonce = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7));
      expect(signEd25519Challenge(password, nonce)).toEqual(sign(null, nonce, key));
    },
  );

  it('takes a password of any length and signs 64 bytes', () => {
    for (const password of ['', 'x', 'secret', 'y'.repeat(200)]) {
      expect(signEd25519Challenge(password, Buffer.alloc(32, 1))).toHaveLength(64);
    }
  });
});
