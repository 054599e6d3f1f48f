import { describe, expect, it } from 'vitest';
import type { Instance } from '@shared/model/inventory';
import {
  setTraffic,
  trafficRefusal,
  withEndpoint,
  withHook,
  withHostAccess,
  withService,
  withStartCommand,
} from './optional-parts';

const instance: Instance = { id: 'i', name: 'db-1', host: 'db-1', port: 3306, via: [] };
const shell = { kind: 'shell', command: '/bin/true', timeoutSeconds: 20 } as const;

describe('parts of the inventory that may be left out', () => {
  it('keeps no way to the host without a hop, and no unit without a name', () => {
    const access = { via: ['gate', 'db-1'], sudo: true };
    expect(withHostAccess(instance, access).hostAccess).toEqual(access);
    expect(withHostAccess({ ...instance, hostAccess: access }, { ...access, via: [] })).toEqual(instance);
    expect(withService({ ...access, service: 'mysqld.service' }, '')).toEqual(access);
    expect(withStartCommand(access, '/opt/mysql/start')).toEqual({ ...access, startCommand: '/opt/mysql/start' });
    expect(withStartCommand({ ...access, startCommand: 'start' }, ' ')).toEqual(access);
  });

  it('keeps no traffic of which nothing is set', () => {
    const endpoint = { host: 'db.internal', port: 3306 };
    const traffic = withHook(withEndpoint({}, endpoint), 'repoint', shell);
    expect(traffic).toEqual({ endpoint, repoint: shell });
    const none = withHook(withEndpoint(traffic, { host: '', port: 3306 }), 'repoint', undefined);
    expect(setTraffic({ name: 'wallet', traffic }, none)).toEqual({ name: 'wallet' });
  });

  it('says which hook is not filled in', () => {
    expect(trafficRefusal(undefined)).toBeNull();
    expect(trafficRefusal({ repoint: shell })).toBeNull();
    expect(trafficRefusal({ repoint: { ...shell, command: ' ' } })).toBe('command of the re-point hook missing');
    expect(trafficRefusal({ fence: { kind: 'http', url: 'https://', timeoutSeconds: 5 } })).toBe(
      'URL of the fence hook missing',
    );
  });
});
