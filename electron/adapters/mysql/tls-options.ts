import { readFile } from 'node:fs/promises';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { TlsPolicy } from '@shared/model/inventory';
import { MidwatchError } from '@shared/errors';

/** What mysql2 wants in `ssl`. */
export interface Mysql2Tls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized: boolean;
  readonly verifyIdentity: boolean;
  readonly minVersion: 'TLSv1.2';
}

/**
 * Reads the files of a policy, each time a connection opens, so that a renewed certificate is taken at once.
 * `required` encrypts and checks nothing; `verify-ca` checks the chain against the CA file, or against the usual public
 * CAs when there is none; `verify-identity` also compares the name. undefined: TLS is off.
 * @throws MidwatchError `tls-file-unreadable` naming the file.
 */
export async function readTlsOptions(policy: TlsPolicy): Promise<Mysql2Tls | undefined> {
  if (policy.mode === 'off') return undefined;
  const [ca, cert, key] = await Promise.all([
    readPem(policy.caFile, 'CA', certificateProblem),
    readPem(policy.certFile, 'client certificate', certificateProblem),
    readPem(policy.keyFile, 'client key', keyProblem),
  ]);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: policy.mode !== 'required',
    verifyIdentity: policy.mode === 'verify-identity',
    minVersion: 'TLSv1.2',
  };
}

async function readPem(
  file: string | undefined,
  what: string,
  problemOf: (pem: string) => string | null,
): Promise<string | undefined> {
  if (!file) return undefined;
  let pem: string;
  try {
    pem = await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, what, error instanceof Error ? error.message : String(error), error);
  }
  const problem = problemOf(pem);
  if (problem !== null) throw unreadable(file, what, problem, undefined);
  return pem;
}

function unreadable(file: string, what: string, causeText: string, cause: unknown): MidwatchError {
  return new MidwatchError('tls-file-unreadable', `The ${what} file ${file} cannot be used: ${causeText}`, {
    nextStep: 'Choose a PEM file that this user can read',
    details: { file, cause: causeText },
    cause,
  });
}

// OpenSSL reports such files as a failed handshake, which blames the server; so they are looked at first.
function certificateProblem(pem: string): string | null {
  try {
    new X509Certificate(pem);
    return null;
  } catch {
    return 'it holds no certificate in PEM form';
  }
}

function keyProblem(pem: string): string | null {
  if (/ENCRYPTED/.test(pem)) return 'the key is encrypted, and a passphrase for TLS keys is not supported';
  try {
    createPrivateKey(pem);
    return null;
  } catch {
    return 'it holds no private key in PEM form';
  }
}
