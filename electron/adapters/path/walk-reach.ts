import { lookup } from 'node:dns/promises';
import { isIP, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import type { Bastion } from '@shared/model/inventory';
import { MidwatchError } from '@shared/errors';
import { dialTcp } from '../network/dial-tcp';
import { describeNetworkError } from '../network/network-errors';
import { openForward } from '../ssh/open-forward';
import type { PathRecorder } from './path-recorder';
import { limited } from './stage-limit';

/** The hop that was just signed in to; null at the start, on this computer. */
export type Foothold = { readonly hop: Bastion; readonly client: Client } | null;

export interface Reach {
  readonly recorder: PathRecorder;
  readonly leg: number;
  readonly target: { readonly host: string; readonly port: number };
  readonly from: Foothold;
  readonly limitMs: number;
}

/** The stages `name` and `tcp` of a leg. `tcp` is left running: the caller passes it with what it saw on the other side. */
export async function walkReach(reach: Reach, signal: AbortSignal): Promise<Duplex> {
  return reach.from ? forwardFrom(reach, reach.from, signal) : dialFromHere(reach, signal);
}

/** Where the connection came from, for the evidence of `tcp`. */
export function describeConnection(stream: Duplex, from: Foothold): string {
  if (from) return `connected from ${from.hop.name}`;
  if (!(stream instanceof Socket)) return 'connected';
  return `connected to ${stream.remoteAddress ?? '?'}:${stream.remotePort ?? '?'}`;
}

async function dialFromHere({ recorder, leg, target, limitMs }: Reach, signal: AbortSignal): Promise<Duplex> {
  recorder.begin(leg, 'name');
  if (isIP(target.host)) recorder.pass(leg, 'name', 'an address, nothing to look up');
  else {
    const found = await limited(signal, limitMs, 'The name server', () => lookup(target.host, { all: true })).catch(
      (error: unknown) => failOrAbort(error, signal, (known) => recorder.fail(leg, 'name', known), target),
    );
    recorder.pass(leg, 'name', `${found.map(({ address }) => address).join(', ')}, asked on this computer`);
  }
  recorder.begin(leg, 'tcp');
  const at = `${target.host}:${target.port}`;
  return limited(signal, limitMs, at, (limit) => dialTcp(target, limit)).catch((error: unknown) =>
    failOrAbort(error, signal, (known) => recorder.fail(leg, 'tcp', known), target),
  );
}

/** A hop looks the name up and connects in one; which of the two failed, its answer tells. */
async function forwardFrom(
  { recorder, leg, target, limitMs }: Reach,
  from: NonNullable<Foothold>,
  signal: AbortSignal,
): Promise<Duplex> {
  const at = `${target.host}:${target.port}, asked by ${from.hop.name},`;
  const named = isIP(target.host) ? 'an address, nothing to look up' : `asked on ${from.hop.name}`;
  recorder.begin(leg, 'name');
  try {
    const stream = await limited(signal, limitMs, at, (limit) => openForward(from.client, from.hop, target, limit));
    recorder.passAlong(leg, 'name', named);
    return stream;
  } catch (error) {
    return failOrAbort(
      error,
      signal,
      (known) => {
        if (known.code === 'name-not-found') recorder.fail(leg, 'name', known);
        recorder.passAlong(leg, 'name', named);
        return recorder.fail(leg, 'tcp', known);
      },
      target,
    );
  }
}

function failOrAbort(
  error: unknown,
  signal: AbortSignal,
  fail: (known: MidwatchError) => never,
  target: Reach['target'],
): never {
  if (signal.aborted) throw error;
  return fail(error instanceof MidwatchError ? error : describeNetworkError(error, target));
}
