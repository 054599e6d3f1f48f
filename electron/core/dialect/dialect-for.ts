import { MidwatchError } from '@shared/errors';
import type { Dialect } from './dialect';
import { mariadbDialect } from './mariadb';
import { mysqlDialectFor } from './mysql';
import { parseServerVersion, versionSupport } from './server-version';

/**
 * The dialect for what a server's greeting says.
 * @throws MidwatchError `version-too-old` naming the version, `not-mysql` when the greeting is none.
 */
export function dialectFor(greetingVersion: string): Dialect {
  const version = parseServerVersion(greetingVersion);
  if (!version) {
    throw new MidwatchError(
      'not-mysql',
      `The greeting "${greetingVersion.slice(0, 60)}" names no MySQL or MariaDB version`,
      {
        nextStep: 'Check host and port',
      },
    );
  }
  if (versionSupport(version) === 'refused') {
    const product = version.dialect === 'mariadb' ? 'MariaDB' : 'MySQL';
    throw new MidwatchError(
      'version-too-old',
      `${product} ${version.text} is too old: Midwatch reads MySQL 5.7 and MariaDB 10.2 or later`,
      {
        nextStep: 'Upgrade the server, or leave it out of the inventory',
        details: { version: version.text },
      },
    );
  }
  return version.dialect === 'mariadb' ? mariadbDialect : mysqlDialectFor(version.text);
}
