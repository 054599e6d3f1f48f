import { describe, expect, it } from 'vitest';
import { renderOptionFile, type ServerSettings } from './server-options';

const program = { daemon: '/d', version: '1', options: { basedir: '/b' }, clientFolder: '/c', templateFolder: '/t' };
const settings: ServerSettings = {
  ...{
    dialect: 'mysql',
    program,
    tlsFolder: '/tls',
    port: 4000,
    serverId: 7,
    socket: '/s',
    dataFolder: '/data',
    temporaryFolder: '/tmp-7',
  },
  ...{ errorLog: '/e', pidFile: '/p', isReplica: true },
};

describe('renderOptionFile', () => {
  it('tells each server its own place and where its replicas may find it', () => {
    const lines = renderOptionFile(settings).split('\n');
    for (const line of ['[mysqld]', 'basedir = /b', 'port = 4000', 'report-port = 4000', 'bind-address = 127.0.0.1']) {
      expect(lines).toContain(line);
    }
  });

  it('makes replicas read-only by file only on MariaDB', () => {
    expect(renderOptionFile(settings)).not.toMatch(/^read-only/m);
    expect(renderOptionFile({ ...settings, dialect: 'mariadb' })).toMatch(/^read-only = ON$/m);
    expect(renderOptionFile({ ...settings, dialect: 'mariadb', isReplica: false })).not.toMatch(/^read-only/m);
  });

  it('sets the time-out of replication in the words of the dialect', () => {
    const withTimeout = { ...settings, replicaNetTimeoutSeconds: 5 };
    expect(renderOptionFile(withTimeout)).toContain('replica-net-timeout = 5');
    expect(renderOptionFile({ ...withTimeout, dialect: 'mariadb' })).toContain('slave-net-timeout = 5');
  });
});
