import { describe, expect, it } from 'vitest';
import { parseSocketAddress } from './address';
import { fenceSchema, repointSchema } from './hook';

const messageOf = (hook: unknown): string => repointSchema.safeParse(hook).error?.issues[0]?.message ?? '';

describe('where a proxy listens', () => {
  it.each([
    ['10.0.0.9:9999', { kind: 'tcp', host: '10.0.0.9', port: 9999 }],
    ['proxy-1.example:9999', { kind: 'tcp', host: 'proxy-1.example', port: 9999 }],
    ['[2001:db8::9]:9999', { kind: 'tcp', host: '2001:db8::9', port: 9999 }],
    ['/run/haproxy/admin.sock', { kind: 'path', path: '/run/haproxy/admin.sock' }],
    ['10.0.0.9', null],
    ['10.0.0.9:0', null],
    ['10.0.0.9:65536', null],
    ['2001:db8::9:9999', null],
    ['/run/a\nb', null],
    ['', null],
  ])('%j', (text, wanted) => {
    expect(parseSocketAddress(text)).toEqual(wanted);
  });
});

describe('what a hook refuses, in one sentence', () => {
  const haproxy = { kind: 'haproxy', proxies: ['10.0.0.9:9999'], backend: 'mysql', timeoutSeconds: 5 };
  const address = { kind: 'virtual-address', address: '10.0.0.100', release: 'r', take: 't', timeoutSeconds: 5 };
  it.each([
    [haproxy, ''],
    [{ ...haproxy, proxies: [] }, 'at least one proxy'],
    [{ ...haproxy, proxies: ['10.0.0.9'] }, 'host:port, or the path of a unix socket'],
    // It stands in commands that are sent.
    [{ ...haproxy, backend: 'a; quit' }, 'a backend of HAProxy: letters, digits, and . _ - : only'],
    [address, ''],
    [{ ...address, address: '10.0.0.100/24' }, 'an IPv4 or IPv6 address without its prefix length'],
    [{ ...address, take: 'mount :share' }, 'a word after a colon is not possible here: put it into a script'],
    [{ ...address, take: '/bin/x 10.0.0.1:3306 a:b' }, ''],
    [{ kind: 'mysql-router', timeoutSeconds: 5 }, ''],
  ])('%j', (hook, wanted) => {
    expect(messageOf(hook)).toBe(wanted);
  });

  it('is no fence where it could not make a server harmless', () => {
    expect(fenceSchema.safeParse(haproxy).success).toBe(true);
    expect(fenceSchema.safeParse(address).success).toBe(false);
    expect(fenceSchema.safeParse({ kind: 'mysql-router', timeoutSeconds: 5 }).success).toBe(false);
  });
});
