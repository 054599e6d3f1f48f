import fs from 'node:fs';
import { administratorCommands, seededRandom, statementShapes } from './statement-shapes';

/** What a generated log holds, known before anybody read it. */
export interface LogTruth {
  readonly bytes: number;
  readonly statements: number;
  /** By class; `example` is one of its statements, as the log has it. */
  readonly classes: readonly { readonly example: string; readonly calls: number; readonly microseconds: number }[];
}

export type LogFlavour = 'mysql' | 'mysql-extra' | 'percona' | 'mariadb';

const flavours: readonly LogFlavour[] = ['mysql', 'mysql-extra', 'percona', 'mariadb'];
const startSeconds = 1_714_550_400;
const pieceBytes = 1 << 20;

/**
 * Writes a slow log with the headers of four servers in turn: every server's spelling, the schema that is named only when it
 * changes, the sessions' ends. In turn from the first statement on, because pt-query-digest looks for attributes in the first
 * statements alone: so both add up the same attributes.
 *
 * @param options.bytes at least; the last statement is whole
 */
export function generateLog(options: {
  readonly file: string;
  readonly bytes: number;
  readonly seed: number;
}): LogTruth {
  const random = seededRandom(options.seed);
  const found = statementShapes.map(() => ({ example: '', calls: 0, microseconds: 0 }));
  const commands = administratorCommands.map(() => ({ example: '', calls: 0, microseconds: 0 }));
  const file = fs.openSync(options.file, 'w');
  let bytes = 0;
  let statements = 0;
  let pending: string[] = [];
  let pendingBytes = 0;
  let second = startSeconds;
  while (bytes + pendingBytes < options.bytes) {
    const flavour = flavours[statements % flavours.length] ?? 'mysql';
    second += random() < 0.02 ? 1 : 0;
    const microseconds = Math.max(1, Math.round(Math.exp(7 + 2.2 * (random() + random() + random() - 1.5) * 2)));
    const isCommand = random() < 0.01;
    const index = Math.floor(random() ** 2 * (isCommand ? commands.length : found.length));
    const sql = isCommand
      ? `# administrator command: ${administratorCommands[index] ?? ''};`
      : `${statementShapes[index]?.(random) ?? ''};`;
    const truth = (isCommand ? commands : found)[index];
    if (truth) {
      truth.calls++;
      truth.microseconds += microseconds;
      truth.example ||= sql.replace(/^# /, '').slice(0, sql.startsWith('# ') ? -3 : -1);
      if (isCommand) truth.example = `administrator command: ${administratorCommands[index] ?? ''}`;
    }
    const event = `${header(flavour, { microseconds, second, random })}SET timestamp=${second};\n${sql}\n`;
    pending.push(event);
    pendingBytes += event.length;
    statements++;
    if (pendingBytes >= pieceBytes) {
      bytes += fs.writeSync(file, pending.join(''));
      pending = [];
      pendingBytes = 0;
    }
  }
  bytes += fs.writeSync(file, pending.join(''));
  fs.closeSync(file);
  return { bytes, statements, classes: [...found, ...commands].filter(({ calls }) => calls > 0) };
}

interface HeaderParts {
  readonly microseconds: number;
  readonly second: number;
  readonly random: () => number;
}

function header(flavour: LogFlavour, { microseconds, second, random }: HeaderParts): string {
  const seconds = `${Math.floor(microseconds / 1e6)}.${String(microseconds % 1e6).padStart(6, '0')}`;
  const user = `app${Math.floor(random() * 4)}`;
  const host = `10.0.0.${Math.floor(random() * 50)}`;
  const session = Math.floor(random() * 5000);
  const sent = Math.floor(random() * 200);
  const examined = Math.floor(Math.exp(random() * 12));
  const iso = new Date(second * 1000)
    .toISOString()
    .replace('000Z', `${String(Math.floor(random() * 1e6)).padStart(6, '0')}Z`);
  const schema = random() < 0.9 ? 'shop' : 'wallet';
  const use = random() < 0.05 ? `use ${schema};\n` : '';
  switch (flavour) {
    case 'mysql':
      return `# Time: ${iso}\n# User@Host: ${user}[${user}] @  [${host}]  Id: ${session}\n# Query_time: ${seconds}  Lock_time: 0.000012 Rows_sent: ${sent}  Rows_examined: ${examined}\n${use}`;
    case 'mysql-extra':
      return `# Time: ${iso}\n# User@Host: ${user}[${user}] @  [${host}]  Id: ${session}\n# Query_time: ${seconds}  Lock_time: 0.000012 Rows_sent: ${sent}  Rows_examined: ${examined} Thread_id: ${session} Errno: 0 Killed: 0 Bytes_received: ${sent * 3} Bytes_sent: ${sent * 80} Read_first: 0 Read_last: 0 Read_key: 1 Read_next: ${examined} Read_prev: 0 Read_rnd: 0 Read_rnd_next: 0 Sort_merge_passes: 0 Sort_range_count: 0 Sort_rows: ${sent} Sort_scan_count: 0 Created_tmp_disk_tables: 0 Created_tmp_tables: 1 Start: ${iso} End: ${iso}\n${use}`;
    case 'percona':
      return `# Time: ${iso}\n# User@Host: ${user}[${user}] @  [${host}]  Id: ${session}\n# Schema: ${schema}  Last_errno: 0  Killed: 0\n# Query_time: ${seconds}  Lock_time: 0.000012  Rows_sent: ${sent}  Rows_examined: ${examined}  Rows_affected: 0  Bytes_sent: ${sent * 80}\n# Tmp_tables: 1  Tmp_disk_tables: 0  Tmp_table_sizes: 0\n# InnoDB_trx_id: ${session.toString(16).toUpperCase()}A\n# Full_scan: No  Full_join: No  Tmp_table: Yes  Tmp_table_on_disk: No\n# Filesort: Yes  Filesort_on_disk: No  Merge_passes: 0\n#   InnoDB_IO_r_ops: 0  InnoDB_IO_r_bytes: 0  InnoDB_IO_r_wait: 0.000000\n#   InnoDB_rec_lock_wait: 0.000000  InnoDB_queue_wait: 0.000000\n#   InnoDB_pages_distinct: ${Math.floor(examined / 80)}\n`;
    case 'mariadb':
      return `# User@Host: ${user}[${user}] @ web [${host}]\n# Thread_id: ${session}  Schema: ${schema}  QC_hit: No\n# Query_time: ${seconds}  Lock_time: 0.000012  Rows_sent: ${sent}  Rows_examined: ${examined}\n# Rows_affected: 0  Bytes_sent: ${sent * 80}\n# Full_scan: No  Full_join: No  Tmp_table: Yes  Tmp_table_on_disk: No\n# Filesort: Yes  Filesort_on_disk: No  Merge_passes: 0  Priority_queue: No\n#\n# explain: id\tselect_type\ttable\ttype\tpossible_keys\tkey\tkey_len\tref\trows\tr_rows\tfiltered\tr_filtered\tExtra\n# explain: 1\tSIMPLE\tposting\tref\taccount\taccount\t8\tconst\t${examined}\t${examined}.00\t100.00\t100.00\t\n#\n`;
  }
}
