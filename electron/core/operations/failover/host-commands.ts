import type { HostAccess } from '@shared/model/inventory';
import { shellQuoted } from '../bind-statement';

/** What the dead server said of its files while it lived. */
export interface ServerFiles {
  readonly dataFolder: string;
  readonly binaryLogBase: string;
  /** '' is not known. */
  readonly pidFile: string;
}

/** As root where the account needs it. */
export const withRights = (access: HostAccess, command: string): string =>
  access.sudo ? `sudo -n sh -c ${shellQuoted(command)}` : command;

/**
 * Shell function `find_server` that prints the processes of this server alone: mysqld works in its data folder, so that the folder tells it from others on the host. A
 * process that ended and was not reaped has no folder any more. A server that starts writes its pid file, so that one
 * answers in a millisecond; only without it every process is looked at.
 */
export const findServer = ({ dataFolder, pidFile }: ServerFiles): string => {
  const folder = shellQuoted(dataFolder.replace(/\/+$/, ''));
  const isServer = `is_server() { read -r name < "/proc/$1/comm" || return 1; case "$name" in mysqld|mariadbd) [ "$(readlink "/proc/$1/cwd")" = ${folder} ];; *) return 1;; esac; }`;
  const byFile = pidFile === '' ? 'false' : `read -r pid < ${shellQuoted(pidFile)} && [ -n "$pid" ]`;
  return `${isServer}; find_server() { if ${byFile}; then is_server "$pid" && echo "$pid"; else for p in /proc/[0-9]*; do is_server "\${p#/proc/}" && echo "\${p#/proc/}"; done; fi; } 2>/dev/null`;
};

/** Prints `running STATE PID` for each process of the server, then `end`. STATE is the letter of proc(5): T stopped, D in the disk. */
export const serverStateCommand = (access: HostAccess, files: ServerFiles): string =>
  withRights(
    access,
    `${findServer(files)}; for pid in $(find_server); do echo "running $(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f1) $pid"; done; echo end`,
  );

/** Ends the server's process and waits, at most 5 s, until it is gone; prints `gone`. */
export const killServerCommand = (access: HostAccess, files: ServerFiles): string =>
  withRights(
    access,
    `${findServer(files)}; for pid in $(find_server); do kill -9 "$pid"; done; i=0; while left=$(find_server); [ -n "$left" ] && [ $i -lt 250 ]; do sleep 0.02; i=$((i+1)); done; [ -z "$left" ] && echo gone`,
  );

/** Stops the unit, so that nothing starts it again by itself, and checks that the process is gone; prints `gone`. */
export const stopServiceCommand = (access: HostAccess, files: ServerFiles): string =>
  withRights(
    access,
    `timeout 20 systemctl stop ${shellQuoted(access.service ?? '')} || systemctl kill -s KILL ${shellQuoted(access.service ?? '')}; ${killServerCommand({ ...access, sudo: false }, files)}`,
  );
