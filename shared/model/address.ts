import { z } from 'zod';

/** A host as a person types it: a name or an address, without a port. */
export const hostSchema = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .regex(/^[\w.:%-]+$/, 'a host name or address');

/** A TCP port. */
export const portSchema = z.int().min(1).max(65535);

/** Where a program listens: `host:port`, `[v6]:port`, or the path of a unix socket on this computer. */
export type SocketAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'path'; readonly path: string };

const tcpPattern = /^(?:\[([0-9a-fA-F:.%]+)\]|([\w.-]+)):(\d{1,5})$/;

/** Reads a {@link SocketAddress}; null where it is none. */
export function parseSocketAddress(text: string): SocketAddress | null {
  if (text.startsWith('/')) return /\p{Cc}/u.test(text) ? null : { kind: 'path', path: text };
  const match = tcpPattern.exec(text);
  const port = Number(match?.[3]);
  if (!match || port < 1 || port > 65535) return null;
  return { kind: 'tcp', host: match[1] ?? match[2] ?? '', port };
}
