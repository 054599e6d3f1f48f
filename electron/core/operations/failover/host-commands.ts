import type { HostAccess } from '@shared/model/inventory';
import { shellQuoted } from '../bind-statement';

/** What the dead server said of its files while it lived. */
export interface ServerFiles {
  readonly dataFolder: string;
  readonly binaryLogBase: string;
}

const rights = (access: HostAccess, command: string): string =>
  access.sudo ? `sudo -n sh -c ${shellQuoted(command)}` : command;

/**
 * Processes of this server alone: mysqld works in its data folder, so that the folder tells it from others on the host. A
 * process that ended and was not reaped has no folder any more.
 */
const find = ({ dataFolder }: ServerFiles): string =>
  `find_server() { for p in /proc/[0-9]*; do read -r name < "$p/comm" || continue; case "$name" in mysqld|mariadbd) [ "$(readlink "$p/cwd")" = ${shellQuoted(dataFolder.replace(/\/+$/, ''))} ] && echo "\${p#/proc/}";; esac; done 2>/dev/null; }`;

/** Prints `running STATE PID` for each process of the server, then `end`. STATE is the letter of proc(5): T stopped, D in the disk. */
export const serverStateCommand = (access: HostAccess, files: ServerFiles): string =>
  rights(
    access,
    `${find(files)}; for pid in $(find_server); do echo "running $(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f1) $pid"; done; echo end`,
  );

/** Ends the server's process and waits, at most 5 s, until it is gone; prints `gone`. */
export const killServerCommand = (access: HostAccess, files: ServerFiles): string =>
  rights(
    access,
    `${find(files)}; for pid in $(find_server); do kill -9 "$pid"; done; i=0; while [ -n "$(find_server)" ] && [ $i -lt 100 ]; do sleep 0.05; i=$((i+1)); done; [ -z "$(find_server)" ] && echo gone`,
  );

/** Stops the unit, so that nothing starts it again by itself, and checks that the process is gone; prints `gone`. */
export const stopServiceCommand = (access: HostAccess, files: ServerFiles): string =>
  rights(
    access,
    `timeout 20 systemctl stop ${shellQuoted(access.service ?? '')} || systemctl kill -s KILL ${shellQuoted(access.service ?? '')}; ${killServerCommand({ ...access, sudo: false }, files)}`,
  );
