import fs from 'node:fs';
import path from 'node:path';
import { buildFolder, cacheFolder } from './cache.mjs';
import { mustRun } from './run.mjs';

const tenYearsDays = '3650';
const next = 'check that openssl works (openssl version), then run this again';

/**
 * The lab's certificates, made once: a CA, one for servers (127.0.0.1, localhost), one for clients.
 * @returns {Promise<string>} the folder with ca.pem, server-cert.pem, server-key.pem, client-cert.pem, client-key.pem, other-ca.pem
 */
export async function makeLabCertificates() {
  const folder = path.join(cacheFolder, 'lab-tls');
  if (fs.existsSync(folder)) return folder;
  await buildFolder(folder, async (workFolder) => {
    const openssl = (...args) =>
      mustRun('openssl', args, { cwd: workFolder, what: 'The certificates of the lab could not be made.', next });
    for (const [name, subject] of [
      ['ca', '/CN=Midwatch lab CA'],
      ['other-ca', '/CN=Midwatch other CA'], // for tests of a server that nobody vouches for
    ]) {
      await openssl(
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', tenYearsDays, '-subj', subject],
        ...['-keyout', `${name}-key.pem`, '-out', `${name}.pem`],
      );
    }
    for (const [name, names] of [
      ['server', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
      ['client', 'extendedKeyUsage=clientAuth'],
    ]) {
      await openssl(
        'req',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-subj',
        `/CN=Midwatch lab ${name}`,
        '-keyout',
        `${name}-key.pem`,
        '-out',
        `${name}.csr`,
      );
      fs.writeFileSync(path.join(workFolder, `${name}.ext`), `basicConstraints=CA:FALSE\n${names}\n`);
      await openssl(
        ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial'],
        ...['-days', tenYearsDays, '-extfile', `${name}.ext`, '-out', `${name}-cert.pem`],
      );
      for (const rest of [`${name}.csr`, `${name}.ext`]) fs.rmSync(path.join(workFolder, rest));
    }
    for (const name of fs.readdirSync(workFolder))
      fs.chmodSync(path.join(workFolder, name), name.includes('key') ? 0o600 : 0o644);
  });
  return folder;
}
