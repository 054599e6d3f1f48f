import type { TLSSocket } from 'node:tls';
import type { TlsPolicy } from '@shared/model/inventory';

const checks: Readonly<Record<TlsPolicy['mode'], string>> = {
  off: 'no TLS',
  required: 'nothing verified',
  'verify-ca': 'CA verified',
  'verify-identity': 'CA and name verified',
};

/** What a TLS handshake showed: protocol, who the server says it is, until when, and what of it was checked. */
export function describeCertificate(socket: TLSSocket, mode: TlsPolicy['mode']): string {
  const { subject, valid_to: validTo } = socket.getPeerCertificate();
  const name = [subject?.CN].flat()[0] ?? 'no name';
  return `${socket.getProtocol() ?? 'TLS'}, ${checks[mode]}, certificate of ${name} until ${validTo ?? '?'}`;
}
