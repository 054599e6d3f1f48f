import { MidwatchError } from '@shared/errors';
import { parseServerVersion, versionSupport } from '../../core/dialect/server-version';
import { judgeCapabilities } from '../../core/fleet/capabilities';
import type { MysqlSession } from '../../core/ports/mysql-session';

/**
 * Asks a server for its version and the account's grants, and says what works with them.
 * @throws MidwatchError `version-too-old`, `missing-privilege` (not even the state can be read), `not-mysql`.
 */
export async function judgeRights(session: MysqlSession, timeoutMs: number): Promise<string> {
  const [about] = await session.query('SELECT VERSION() AS version, CURRENT_USER() AS account', { timeoutMs });
  const text = String(about?.version ?? session.greetingVersion);
  const version = parseServerVersion(text);
  if (!version) {
    throw new MidwatchError('not-mysql', `The server calls itself ${text}, which is no MySQL or MariaDB version`, {
      nextStep: 'Connect to the server itself rather than to a proxy',
      details: { version: text },
    });
  }
  const product = `${version.dialect === 'mariadb' ? 'MariaDB' : 'MySQL'} ${version.text}`;
  const support = versionSupport(version);
  if (support === 'refused') {
    throw new MidwatchError('version-too-old', `${product} is too old for this console`, {
      nextStep: 'Upgrade to MySQL 5.7 or MariaDB 10.2 to see it here, to MySQL 8.4 or MariaDB 10.6 to change it',
      details: { version: text },
    });
  }
  const rows = await session.query('SHOW GRANTS FOR CURRENT_USER()', { timeoutMs });
  const grants = rows.map((row) => String(Object.values(row)[0] ?? ''));
  const account = quoteAccount(String(about?.account ?? ''));
  const capabilities = judgeCapabilities(grants, version.dialect, account);
  const monitor = capabilities.find(({ code }) => code === 'monitor');
  if (monitor?.state === 'missing') {
    throw new MidwatchError(
      'missing-privilege',
      `${account} may sign in to ${product} and see nothing: it lacks ${monitor.missing.join(' and ')}`,
      {
        nextStep: `Run on the primary: ${monitor.grantSql.replaceAll('\n', ' ')}`,
        details: { version: text, account, missing: monitor.missing.join(', '), grantSql: monitor.grantSql },
      },
    );
  }
  const words = { works: 'yes', partly: 'partly', missing: 'no', unknown: 'unknown (by roles)' } as const;
  const listed = capabilities.map(({ title, state }) => `${title}: ${words[state]}`);
  return [support === 'read-only' ? `${product}, read-only support` : product, ...listed].join('; ');
}

/** `midwatch@%` as `'midwatch'@'%'`: the host is what follows the last at sign. */
function quoteAccount(account: string): string {
  const at = account.lastIndexOf('@');
  return `'${account.slice(0, at)}'@'${account.slice(at + 1)}'`;
}
