import type { DialectName } from '@shared/model/fleet';
import type { HostAccess } from '@shared/model/inventory';
import { shellQuoted } from '../bind-statement';
import { withRights } from '../failover/host-commands';
import { parseRanges } from './errant-set';

/** Where errant transactions are read on an instance's host, and which. */
export interface LogsOnHost {
  readonly access: HostAccess;
  readonly dialect: DialectName;
  /** `log_bin_basename`. */
  readonly binaryLogBase: string;
  /** File name of the first log that can hold one of them; '': every log is read. */
  readonly firstLog: string;
  /** See Errant.text. */
  readonly errant: string;
}

/** Options of both readers for text that a person reads; without them they print what a server can replay. */
const decoded = '--base64-output=DECODE-ROWS --verbose';

/**
 * Prints the errant transactions and nothing else, decoded or replayable; ends with another code than 0 when the reader did.
 * MySQL's reader chooses by GTID. MariaDB's (10.11) has no such option: what it prints is chosen line by line, and its head,
 * which describes the format of the events, always stays.
 */
export function printErrantCommand(logs: LogsOnHost, form: 'decoded' | 'replayable'): string {
  const options = form === 'decoded' ? ` ${decoded}` : '';
  const files = `$(${logFiles(logs)})`;
  const command =
    logs.dialect === 'mysql'
      ? `set -e; mysqlbinlog --include-gtids=${shellQuoted(logs.errant)}${options} ${files}`
      : `{ mariadb-binlog${options} ${files} && echo MIDWATCH-READ 0 || echo MIDWATCH-READ 1; } | awk ${shellQuoted(chooser(logs.errant))}`;
  return withRights(logs.access, command);
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

const logFiles = ({ binaryLogBase, firstLog }: LogsOnHost): string =>
  `ls -1 ${shellQuoted(binaryLogBase)}.[0-9]*${
    firstLog === '' ? '' : ` | awk -v from=${shellQuoted(folderOf(binaryLogBase) + firstLog)} '$0 >= from'`
  }`;

/** An awk program: lets the head through, then each transaction of the list. Ends with the reader's own code. */
function chooser(errant: string): string {
  const wanted = parseRanges(errant)
    .map(
      ({ domain, server, from, to }) => `(g[1] == ${domain} && g[2] == ${server} && g[3] >= ${from} && g[3] <= ${to})`,
    )
    .join(' || ');
  return `BEGIN { keep = 1; code = 1 } /^MIDWATCH-READ / { code = $2; next } /^#[0-9]+ .*[ \\t]GTID [0-9]+-[0-9]+-[0-9]+/ { match($0, /GTID [0-9]+-[0-9]+-[0-9]+/); split(substr($0, RSTART + 5, RLENGTH - 5), g, "-"); keep = (${wanted}) } keep { print } END { exit code }`;
}
