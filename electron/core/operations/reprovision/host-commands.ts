import type { HostAccess } from '@shared/model/inventory';
import { shellQuoted } from '../bind-statement';
import { findServer, withRights, type ServerFiles } from '../failover/host-commands';

/** Folders of a MariaDB that is filled anew: where its data lie, where the new ones are prepared, where the old ones go. */
export interface CopyFolders {
  readonly data: string;
  readonly fresh: string;
  readonly aside: string;
}

/** @param moment goes into the name of the folder that keeps the old data, so that no two are the same */
export function foldersFor(dataFolder: string, moment: string): CopyFolders {
  const data = dataFolder.replace(/\/+$/, '');
  return { data, fresh: `${data}.midwatch-new`, aside: `${data}.midwatch-old-${moment}` };
}

/** Lines `name=value` about a host: which programs it has, what is free beside the data folder and in it, whether a folder can stand there. */
export function lookCommand(access: HostAccess, dataFolder: string): string {
  const data = shellQuoted(dataFolder.replace(/\/+$/, ''));
  return withRights(
    access,
    [
      `d=${data}; p=$(dirname "$d")`,
      'echo "backup=$(mariadb-backup --version 2>&1 | head -n 1)"',
      'command -v mbstream > /dev/null && echo mbstream=yes',
      `echo "free=$(df -PB1 "$p" | awk 'NR == 2 { print $4 }')"`,
      `[ -d "$d" ] && echo "inside=$(df -PB1 "$d" | awk 'NR == 2 { print $4 }')"`,
      '[ -L "$d" ] && echo link=yes',
      // A folder that is a volume of its own cannot be moved aside.
      '[ -d "$d" ] && [ "$(stat -c %d "$d")" != "$(stat -c %d "$p")" ] && echo volume=yes',
      '[ -w "$p" ] && echo writable=yes',
      '[ -r "$d/ibdata1" ] && echo readable=yes',
      'echo end',
    ].join('; '),
  );
}

/** What {@link lookCommand} printed; null when it did not come to its end. */
export function readLook(stdout: string): ReadonlyMap<string, string> | null {
  const lines = stdout.trim().split('\n');
  if (lines.pop() !== 'end') return null;
  return new Map(lines.map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]));
}

/**
 * Streams a backup of the server to standard output. Its sign-in comes by standard input, as an option file that is open and
 * has no name any more: it stands in no command line, in no environment and, after this line, in no folder.
 */
export const backupCommand = (access: HostAccess, limitSeconds: number): string =>
  withRights(
    access,
    [
      'umask 077; f=$(mktemp) && cat > "$f" && exec 3< "$f" && rm -f "$f" || exit 90',
      // Where the network is cut nobody would tell it to end: it ends itself.
      `exec timeout -k 10 ${limitSeconds} mariadb-backup --defaults-extra-file=/dev/fd/3 --backup --stream=mbstream --target-dir="\${TMPDIR:-/tmp}"`,
    ].join('; '),
  );

/** The option file for {@link backupCommand}. @throws Error for what no option file can hold */
export function backupLogin(login: {
  readonly user: string;
  readonly password: string;
  readonly socket: string;
}): string {
  const value = (text: string): string => {
    if (/[\\\n\0]/.test(text)) throw new Error('A backslash or a line break cannot stand in an option file');
    return `"${text.replaceAll('"', '\\"')}"`;
  };
  return [
    '[mariadb-backup]',
    `user=${value(login.user)}`,
    `password=${value(login.password)}`,
    // Whatever address it binds to, its own host reaches it here.
    `socket=${value(login.socket)}`,
    '',
  ].join('\n');
}

/** Unpacks a stream into a new folder; what an earlier try left there goes first, with whoever still writes to it. */
export function receiveCommand(access: HostAccess, { fresh }: CopyFolders, limitSeconds: number): string {
  const folder = shellQuoted(fresh);
  return withRights(
    access,
    [
      `n=${folder}`,
      'for p in /proc/[0-9]*; do [ "$(readlink "$p/cwd")" = "$n" ] && kill -9 "${p#/proc/}"; done 2> /dev/null',
      'rm -rf -- "$n" && mkdir -m 700 -- "$n" || exit 90',
      `exec timeout -k 10 ${limitSeconds} mbstream -x -C "$n"`,
    ].join('; '),
  );
}

/** Removes what was received; nothing else. */
export const discardCommand = (access: HostAccess, { fresh }: CopyFolders): string =>
  withRights(access, `rm -rf -- ${shellQuoted(fresh)} && echo discarded`);

/** Makes the copy consistent, and gives it the owner and the rights of the folder that it will replace. */
export function prepareCommand(access: HostAccess, { data, fresh }: CopyFolders, limitSeconds: number): string {
  const [old, copy] = [shellQuoted(data), shellQuoted(fresh)];
  return withRights(
    access,
    [
      `timeout -k 10 ${limitSeconds} mariadb-backup --prepare --target-dir=${copy} || exit 91`,
      // Where the old folder is gone too, the account that packages make is the best guess.
      `if [ -d ${old} ]; then chown -R --reference=${old} -- ${copy} && chmod --reference=${old} -- ${copy}; elif [ "$(id -u)" = 0 ] && id mysql > /dev/null 2>&1; then chown -R mysql:mysql -- ${copy}; fi`,
    ].join('; '),
  );
}

/** Prints what kind of copy lies there (`backup_type = …`) and the position that it stands at (file, byte, GTIDs). */
export function copyStateCommand(access: HostAccess, { fresh }: CopyFolders): string {
  const copy = shellQuoted(fresh);
  return withRights(
    access,
    `cd ${copy} && cat mariadb_backup_checkpoints xtrabackup_checkpoints 2> /dev/null; echo "info=$(cat mariadb_backup_binlog_info xtrabackup_binlog_info 2> /dev/null | tr '\\n' ' ')"; echo "bytes=$(du -s -B1 . | cut -f1)"; echo end`,
  );
}

/** Shuts the server down in order: by its unit, else by SIGTERM; waits, at most two minutes, and prints `gone`. */
export function stopServerCommand(access: HostAccess, files: ServerFiles): string {
  const stop =
    access.service === undefined
      ? 'for pid in $(find_server); do kill -s TERM "$pid"; done'
      : `timeout 120 systemctl stop ${shellQuoted(access.service)}`;
  return withRights(
    access,
    `${findServer(files)}; ${stop}; i=0; while left=$(find_server); [ -n "$left" ] && [ $i -lt 600 ]; do sleep 0.2; i=$((i+1)); done; [ -z "$left" ] && echo gone`,
  );
}

/** Starts the server; null where nobody said how. */
export function startServerCommand(access: HostAccess): string | null {
  if (access.service !== undefined) return withRights(access, `systemctl start ${shellQuoted(access.service)}`);
  return access.startCommand === undefined ? null : withRights(access, access.startCommand);
}

/** Puts the new data in the old ones' place; the old ones keep all their files, under another name. May run twice. */
export function swapCommand(access: HostAccess, files: ServerFiles, { data, fresh, aside }: CopyFolders): string {
  const [old, copy, kept] = [shellQuoted(data), shellQuoted(fresh), shellQuoted(aside)];
  return withRights(
    access,
    [
      `${findServer(files)}; [ -z "$(find_server)" ] || { echo "the server runs" >&2; exit 92; }`,
      // The copy is there or nothing is moved; after the first half the second alone is left.
      `if [ -d ${copy} ]; then { [ -d ${kept} ] || [ ! -d ${old} ] || mv -T -- ${old} ${kept}; } && mv -T -- ${copy} ${old} || exit 93; fi`,
      'sync',
      `[ -d ${old} ] && [ ! -d ${copy} ] && echo swapped`,
    ].join('; '),
  );
}

/** Lines `data`, `fresh`, `aside` for the folders that are there, with `kept=BYTES` of the old data; then `end`. */
export function folderStateCommand(access: HostAccess, { data, fresh, aside }: CopyFolders): string {
  const named = { data, fresh, aside };
  return withRights(
    access,
    [
      ...Object.entries(named).map(([name, folder]) => `[ -d ${shellQuoted(folder)} ] && echo ${name}`),
      `[ -d ${shellQuoted(aside)} ] && echo "kept=$(du -s -B1 ${shellQuoted(aside)} | cut -f1)"`,
      `[ -e ${shellQuoted(data)}/xtrabackup_binlog_info ] || [ -e ${shellQuoted(data)}/mariadb_backup_binlog_info ] && echo copied`,
      'echo end',
    ].join('; '),
  );
}

/** Gives the old data their place back and prints `returned`; the new ones go back to where they were made. May run twice. */
export function returnCommand(access: HostAccess, { data, fresh, aside }: CopyFolders): string {
  const [old, copy, kept] = [shellQuoted(data), shellQuoted(fresh), shellQuoted(aside)];
  return withRights(
    access,
    `if [ -d ${kept} ]; then { [ ! -d ${old} ] || mv -T -- ${old} ${copy}; } && mv -T -- ${kept} ${old} || exit 93; fi; sync; [ -d ${old} ] && echo returned`,
  );
}
