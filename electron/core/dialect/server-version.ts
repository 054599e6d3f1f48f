import type { DialectName } from '@shared/model/fleet';

/** A server's version. After MySQL 9.7 the first number is a year (26.1.0): nothing here assumes a range. */
export interface ServerVersion {
  readonly dialect: DialectName;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** "9.7.4", "10.11.19" */
  readonly text: string;
}

/** What Midwatch does with such a server. */
export type VersionSupport = 'full' | 'read-only' | 'refused';

/**
 * Reads what `VERSION()` or the greeting says: "9.7.4", "8.0.36-28" (Percona), "10.11.19-MariaDB-deb12",
 * "5.5.5-10.6.4-MariaDB" (MariaDB's prefix for old replicas). Returns null for anything else.
 */
export function parseServerVersion(text: string): ServerVersion | null {
  const isMariadb = /mariadb/i.test(text);
  const clean = isMariadb ? text.replace(/^5\.5\.5-/, '') : text;
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(clean);
  if (!match) return null;
  const [major, minor, patch] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  return { dialect: isMariadb ? 'mariadb' : 'mysql', major, minor, patch, text: `${major}.${minor}.${patch}` };
}

/** Negative when `left` is older. Compare only versions of one dialect. */
export const compareVersions = (left: ServerVersion, right: ServerVersion): number =>
  left.major - right.major || left.minor - right.minor || left.patch - right.patch;

export const isAtLeast = (version: ServerVersion, major: number, minor = 0, patch = 0): boolean =>
  compareVersions(version, { ...version, major, minor, patch }) >= 0;

/** MySQL below 5.7 and MariaDB below 10.2 are refused; 5.7 and MariaDB below 10.6 are shown, never changed. */
export function versionSupport(version: ServerVersion): VersionSupport {
  if (version.dialect === 'mariadb') {
    if (!isAtLeast(version, 10, 2)) return 'refused';
    return isAtLeast(version, 10, 6) ? 'full' : 'read-only';
  }
  if (!isAtLeast(version, 5, 7)) return 'refused';
  return isAtLeast(version, 8, 0, 22) ? 'full' : 'read-only';
}
