import type { SshConfigHost } from '@shared/model/path-test';

/** Reads from the person's own files. */
export interface LocalFiles {
  /** Hosts of `~/.ssh/config` that name one host (no patterns); empty when the file is absent. */
  sshConfigHosts(): Promise<readonly SshConfigHost[]>;
}
