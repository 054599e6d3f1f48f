import { describe, expect, it } from 'vitest';
import { dialectFor } from './dialect-for';
import { compareVersions, parseServerVersion, versionSupport } from './server-version';

describe('server versions', () => {
  it.each([
    ['9.7.4', 'mysql', '9.7.4', 'full'],
    ['26.1.0', 'mysql', '26.1.0', 'full'],
    ['8.0.36-28', 'mysql', '8.0.36', 'full'],
    ['8.0.21', 'mysql', '8.0.21', 'read-only'],
    ['5.7.44-log', 'mysql', '5.7.44', 'read-only'],
    ['5.6.51', 'mysql', '5.6.51', 'refused'],
    ['5.5.5-10.6.4-MariaDB', 'mariadb', '10.6.4', 'full'],
    ['10.11.19-MariaDB-0+deb12u1', 'mariadb', '10.11.19', 'full'],
    ['10.1.48-MariaDB', 'mariadb', '10.1.48', 'refused'],
    ['11.8.5-MariaDB', 'mariadb', '11.8.5', 'full'],
  ])('reads %s', (text, dialect, clean, support) => {
    const version = parseServerVersion(text);
    expect(version).toMatchObject({ dialect, text: clean });
    if (version) expect(versionSupport(version)).toBe(support);
  });

  it('sorts years after the nine', () => {
    const [nine, year] = [parseServerVersion('9.7.4'), parseServerVersion('26.1.0')];
    if (nine && year) expect(compareVersions(nine, year)).toBeLessThan(0);
  });

  it('names and refuses a server that is too old, and what is no server', () => {
    expect(() => dialectFor('5.6.51')).toThrow('MySQL 5.6.51 is too old');
    expect(() => dialectFor('SSH-2.0-OpenSSH')).toThrow('names no MySQL');
  });
});
