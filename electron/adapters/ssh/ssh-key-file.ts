import { readFile } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import { utils } from './ssh2-library';
import { MidwatchError } from '@shared/errors';
import { expandHome } from '../files/expand-home';

/**
 * Reads a private key as ssh-keygen writes it (OpenSSH form, PEM of RSA, DSA and EC keys) or PuTTY.
 * Decrypting costs about a quarter of a second of CPU by design (bcrypt), so {@link PrivateKeys} remembers the result.
 * @throws MidwatchError `ssh-key-unreadable` (no file, no right, not a private key), `secret-missing` (encrypted and no
 *   passphrase is known), `ssh-passphrase-wrong`.
 */
export async function readPrivateKey(keyFile: string, passphrase: string | null): Promise<ParsedKey> {
  const file = expandHome(keyFile);
  let content: Buffer;
  try {
    content = await readFile(file);
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error), error);
  }
  return parsePrivateKey(content, file, passphrase);
}

/** The reading half of {@link readPrivateKey}, for a content already at hand. */
export function parsePrivateKey(content: Buffer, file: string, passphrase: string | null): ParsedKey {
  const parsed: unknown = passphrase === null ? utils.parseKey(content) : utils.parseKey(content, passphrase);
  const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error) throw parseFailure(key, file, passphrase !== null);
  if (!isParsedKey(key) || !key.isPrivateKey()) {
    throw unreadable(file, 'it holds a public key, not a private one', undefined);
  }
  return key;
}

function parseFailure(error: Error, file: string, hadPassphrase: boolean): MidwatchError {
  const text = error.message;
  if (/no passphrase/i.test(text)) {
    return new MidwatchError('secret-missing', `The key ${file} is encrypted, and no passphrase is known`, {
      nextStep: 'Enter the passphrase of the key, or sign in with the SSH agent',
      details: { file, cause: text },
    });
  }
  if (hadPassphrase && /passphrase|decrypt|integrity|malformed/i.test(text)) {
    return new MidwatchError('ssh-passphrase-wrong', `The passphrase does not open the key ${file}`, {
      nextStep: 'Enter the passphrase again',
      details: { file, cause: text },
    });
  }
  return unreadable(file, text, error);
}

function unreadable(file: string, causeText: string, cause: unknown): MidwatchError {
  return new MidwatchError('ssh-key-unreadable', `The key file ${file} cannot be used: ${causeText}`, {
    nextStep: 'Choose a private key file that this user can read; ssh-keygen -p converts other forms',
    details: { file, cause: causeText },
    cause,
  });
}

function isParsedKey(value: unknown): value is ParsedKey {
  return typeof value === 'object' && value !== null && 'isPrivateKey' in value;
}
