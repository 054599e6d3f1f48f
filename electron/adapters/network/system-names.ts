import { lookup, Resolver } from 'node:dns/promises';
import { MidwatchError } from '@shared/errors';
import type { Names } from '../../core/ports/names';
import { orAborted } from './or-aborted';

const limitMs = 3000;

/** Asks the resolvers that this computer is set to; the hosts file is not among them, and names in it live for ever. */
export class SystemNames implements Names {
  async ttlSeconds(name: string, signal: AbortSignal): Promise<number> {
    const resolver = new Resolver({ timeout: limitMs, tries: 1 });
    const stop = (): void => resolver.cancel();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const answers = await Promise.allSettled([
        resolver.resolve4(name, { ttl: true }),
        resolver.resolve6(name, { ttl: true }),
      ]);
      const records = answers.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
      if (records.length > 0) return Math.min(...records.map((one) => one.ttl));
      const failed = answers.find((one) => one.status === 'rejected');
      throw new MidwatchError('name-not-found', 'no resolver knows it', { cause: failed?.reason });
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async addresses(name: string, signal: AbortSignal): Promise<readonly string[]> {
    try {
      const late = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
      return (await orAborted(lookup(name, { all: true }), late)).map((one) => one.address);
    } catch (thrown) {
      throw new MidwatchError('name-not-found', `No address is known for ${name}`, { cause: thrown });
    }
  }
}
