import { describe, expect, it } from 'vitest';
import { observationOf } from '../../testing/sample-of';
import type { ReachedInstance } from '../cluster-reading';
import { lifeOfEndpoint, regionChecks, type Capacity, type NameLife } from './region-checks';

const full: Capacity = { maxConnections: 500, bufferPoolBytes: 8 * 2 ** 30, binlogRetentionSeconds: 604_800 };

function statuses(
  from: Capacity,
  to: Readonly<Record<string, string>>,
  life: NameLife = { kind: 'address' },
): string[] {
  const seen = observationOf('us-1', { facts: { variables: new Map(Object.entries(to)) } });
  const candidate = { ...seen, instance: { ...seen.instance, region: 'us' } } as unknown as ReachedInstance;
  return regionChecks({ atMs: 0, from: { instance: 'eu-1', capacity: from }, candidate, life }).map(
    (one) => one.status,
  );
}
const same = {
  max_connections: '500',
  innodb_buffer_pool_size: String(8 * 2 ** 30),
  binlog_expire_logs_seconds: '604800',
};

describe('what a move to another region asks', () => {
  it('The other region is asked for connections, memory, binary logs and the life of names, and what is not known is no pass.', () => {
    expect(statuses(full, same)).toEqual(['pass', 'pass', 'pass', 'pass']);
    expect(statuses(full, { ...same, max_connections: '100' })[0]).toBe('warn');
    expect(statuses(full, { ...same, innodb_buffer_pool_size: '1' })[1]).toBe('warn');
    expect(statuses(full, { ...same, binlog_expire_logs_seconds: '3600' })[2]).toBe('warn');
    expect(statuses({ ...full, maxConnections: null }, same)[0]).toBe('warn');
    expect(statuses(full, {})).toEqual(['warn', 'warn', 'warn', 'pass']);
  });
  it('knows that 0 keeps binary logs for ever', () => {
    expect(statuses(full, { ...same, binlog_expire_logs_seconds: '0' })[2]).toBe('pass');
    expect(statuses({ ...full, binlogRetentionSeconds: 0 }, same)[2]).toBe('warn');
  });
  it('warns of a name that caches keep for long, and of one that nobody could ask', () => {
    expect(statuses(full, same, { kind: 'ttl', name: 'db', seconds: 30 })[3]).toBe('pass');
    expect(statuses(full, same, { kind: 'ttl', name: 'db', seconds: 3600 })[3]).toBe('warn');
    expect(statuses(full, same, { kind: 'unknown', name: 'db', why: 'no answer' })[3]).toBe('warn');
    expect(statuses(full, same, { kind: 'no-endpoint' })[3]).toBe('warn');
  });
});

describe('how long the endpoint’s name lives', () => {
  const { signal } = new AbortController();
  const names = { ttlSeconds: async (name: string) => (name === 'db.example' ? 20 : Promise.reject(new Error('no'))) };
  const at = (host: string): Promise<NameLife> => lifeOfEndpoint({ endpoint: { host, port: 1 } }, names, signal);
  it('is asked of names and not of addresses', async () => {
    expect(await lifeOfEndpoint(undefined, names, signal)).toEqual({ kind: 'no-endpoint' });
    expect(await at('10.0.0.1')).toEqual({ kind: 'address' });
    expect(await at('fe80::1')).toEqual({ kind: 'address' });
    expect(await at('db.example')).toEqual({ kind: 'ttl', name: 'db.example', seconds: 20 });
    expect(await at('db.other')).toEqual({ kind: 'unknown', name: 'db.other', why: 'no' });
  });
});
