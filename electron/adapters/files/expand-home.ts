import { homedir } from 'node:os';
import { join } from 'node:path';

/** `~` and `~/…` as ssh and shells read them; `~other` and everything else stay as they are. */
export function expandHome(file: string, home: string = homedir()): string {
  if (file === '~') return home;
  return file.startsWith('~/') || file.startsWith('~\\') ? join(home, file.slice(2)) : file;
}
