import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import SSHConfig, { LineType } from 'ssh-config';
import type { SshConfigHost } from '@shared/model/path-test';
import { MidwatchError } from '@shared/errors';
import type { LocalFiles } from '../../core/ports/local-files';
import { expandHome } from './expand-home';

/**
 * Hosts of the person's `~/.ssh/config`, with what every matching section says of them (ssh_config(5): the first value
 * wins, `Host *` included). `Include` and `Match` are not followed.
 */
export class SshConfigHosts implements LocalFiles {
  readonly #home: string;

  constructor(parts: { readonly home?: string } = {}) {
    this.#home = parts.home ?? homedir();
  }

  /** @throws MidwatchError `file-unreadable`: there is a file, and it cannot be read or understood. */
  async sshConfigHosts(): Promise<readonly SshConfigHost[]> {
    const file = join(this.#home, '.ssh', 'config');
    try {
      return readHosts(await readFile(file, 'utf8'), this.#home);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      const causeText = error instanceof Error ? error.message : String(error);
      throw new MidwatchError('file-unreadable', `${file} cannot be read: ${causeText}`, {
        nextStep: 'Correct the file, or type the bastion in',
        details: { file, cause: causeText },
        cause: error,
      });
    }
  }
}

/** The hosts of a configuration text; patterns and negations are left out, each alias comes once. */
export function readHosts(text: string, home: string): readonly SshConfigHost[] {
  const config = SSHConfig.parse(text);
  const aliases = new Set<string>();
  for (const line of config) {
    if (line.type !== LineType.DIRECTIVE || line.param.toLowerCase() !== 'host') continue;
    for (const alias of words(line.value)) if (!/[*?!]/.test(alias)) aliases.add(alias);
  }
  return [...aliases].map((alias) => describeHost(config.compute(alias, { ignoreCase: true }), alias, home));
}

type Computed = Readonly<Record<string, string | readonly string[]>>;

function describeHost(computed: Computed, alias: string, home: string): SshConfigHost {
  const value = (name: string): string | undefined => {
    const found = Object.entries(computed).find(([key]) => key.toLowerCase() === name)?.[1];
    return typeof found === 'string' ? found : found?.[0];
  };
  const host = (value('hostname') ?? alias).replaceAll('%h', alias);
  const user = value('user') ?? userInfo().username;
  const keyFile = value('identityfile');
  const jump = value('proxyjump');
  return {
    alias,
    host,
    port: Number(value('port') ?? 22),
    user,
    ...(keyFile === undefined || keyFile === 'none' ? {} : { keyFile: expandTokens(keyFile, { home, host, user }) }),
    proxyJump: jump === undefined || jump === 'none' ? [] : jump.split(',').map((hop) => hop.trim()),
  };
}

/** The tokens of ssh_config(5) that stand in key paths: %d home, %h host, %r remote user, %% itself. */
function expandTokens(file: string, known: { home: string; host: string; user: string }): string {
  const tokens: Readonly<Record<string, string>> = { d: known.home, h: known.host, r: known.user, '%': '%' };
  return expandHome(file, known.home).replace(/%([dhr%])/g, (_whole, token: string) => tokens[token] ?? '');
}

function words(value: string | readonly { readonly val: string }[]): readonly string[] {
  return typeof value === 'string' ? value.split(/\s+/) : value.map(({ val }) => val);
}
