import type { HostAccess } from '@shared/model/inventory';
import type { DialectName } from '@shared/model/fleet';
import type { Step } from '@shared/model/plan';
import type { SwitchoverSql } from '../../dialect/switchover-sql';
import { capabilityRules, heldPrivileges } from '../../fleet/capabilities';
import type { CommandOutcome } from '../../ports/remote-host';
import { shellQuoted } from '../bind-statement';
import type { ReachedInstance } from '../cluster-reading';
import { numberOf } from '../../dialect/rows';
import { StepFailure, type StepCode, type StepContext } from '../operation-kind';
import { frozen, positionOf, shortPosition } from '../steps/positions';
import { statements, step, type Party } from '../steps/step-data';
import { withRights, type ServerFiles } from './host-commands';

/** What lies in the dead primary's binary logs and was received by nobody who could give it. */
export interface Tail {
  readonly transactions: number;
  readonly bytes: number | null;
}

export interface TailInput {
  readonly access: HostAccess;
  readonly files: ServerFiles;
  readonly dialect: DialectName;
  /** Everything that the candidate received. */
  readonly held: string;
  /** Binary log that the candidate's receiver was reading, and how far. */
  readonly logFile: string;
  readonly logPosition: number;
}

export type TailToSalvage = TailInput & Tail;

/** Longest output that is taken over, bytes: more is for a person and a pipe. */
const longestTailBytes = 256 * 1024 * 1024;

/** The most that either server takes in one statement. */
const longestPacketBytes = 1024 * 1024 * 1024;

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** Names of the logs from the one that the candidate was reading, oldest first. */
const logs = ({ files, logFile }: TailInput): string =>
  `ls -1 ${shellQuoted(files.binaryLogBase)}.[0-9]* | awk -v from=${shellQuoted(folderOf(files.binaryLogBase) + logFile)} '$0 >= from'`;

/** `have`: everything that is held already, one shell word; '' is nothing. */
const reader = (dialect: DialectName, have: string): string =>
  dialect === 'mysql'
    ? `mysqlbinlog${have === '' ? '' : ` --exclude-gtids=${have}`}`
    : `mariadb-binlog${have === '' ? '' : ` --start-position=${have}`}`;

const wordOf = (held: string): string => (held === '' ? '' : shellQuoted(held));

const isTransaction: Readonly<Record<DialectName, string>> = {
  mysql: "^SET @@SESSION.GTID_NEXT= '[0-9a-f]",
  mariadb: '^#.*[ \t]GTID [0-9]',
};

/**
 * Prints `COUNT BYTES EXIT`: transactions that the candidate lacks, bytes behind the place where its receiver stopped, and
 * how the reader ended: a reader that broke off counted nothing that may be believed.
 */
export const countTailCommand = (input: TailInput): string =>
  withRights(
    input.access,
    `set -e; logs=$(${logs(input)}); [ -n "$logs" ]; counted=$({ ${reader(input.dialect, wordOf(input.held))} $logs && echo MIDWATCH-READ 0 || echo MIDWATCH-READ 1; } | awk -v what=${shellQuoted(isTransaction[input.dialect])} '$0 ~ what { n++ } /^MIDWATCH-READ / { e = $2 } END { print n + 0, e }'); bytes=$(cat $logs | wc -c); echo "\${counted% *} $((bytes - ${Math.max(0, Math.floor(input.logPosition))})) \${counted#* }"`,
  );

/** null: the logs could not be read, and nothing is known of them. */
export function tailOf(outcome: CommandOutcome): Tail | null {
  // MariaDB's reader, asked to begin where the logs end: there is nothing behind (measured on 10.11).
  if (outcome.exitCode === 0 && /never reached expected GTID state/.test(outcome.stderr))
    return { transactions: 0, bytes: 0 };
  const match = /^(\d+) (-?\d+) 0$/.exec(outcome.stdout.trim());
  if (outcome.exitCode !== 0 || !match) return null;
  const transactions = Number(match[1]);
  return { transactions, bytes: transactions === 0 ? 0 : Math.max(0, Number(match[2])) };
}

/** Privileges that the account lacks on the candidate to replay a tail; empty is none. */
export function lackedForSalvage({ facts, dialect }: ReachedInstance): readonly string[] {
  const held = heldPrivileges(facts.grants);
  return held.has('ALL PRIVILEGES')
    ? []
    : capabilityRules.salvage.needs[dialect.name]
        .filter((oneOf) => !oneOf.some((name) => held.has(name)))
        .map((oneOf) => oneOf[0] ?? '');
}

/** Brings the dead primary's last transactions to the candidate while applications are still refused there. */
export const salvageStep = (
  sql: SwitchoverSql,
  dialect: DialectName,
  primary: Party,
  candidate: Party,
  tail: TailToSalvage,
): Step =>
  step('salvage', {
    title: `Salvage ${tail.transactions.toLocaleString('en')} transactions from the disk of ${primary.name}`,
    target: candidate.name,
    statements: statements(
      [
        'tail',
        'run',
        primary,
        withRights(tail.access, `set -e; ${reader(dialect, tail.held === '' ? '' : ':have')} $(${logs(tail)})`),
        'ssh',
      ],
      ['packet', 'guard', candidate, 'SELECT @@GLOBAL.max_allowed_packet AS bytes'],
      ['widen', 'run', candidate, `SET GLOBAL max_allowed_packet = ${longestPacketBytes}`],
      sql.letReplay === null ? null : ['let', 'run', candidate, sql.letReplay],
      ['apply', 'run', candidate, '-- each statement that the host printed, in its order, in one session'],
      ['narrow', 'run', candidate, 'SET GLOBAL max_allowed_packet = :bytes'],
      sql.letReplay === null ? null : ['shut', 'run', candidate, sql.fence],
      ['position', 'verify', candidate, sql.position],
      sql.letReplay === null ? null : ['close', 'undo', candidate, sql.fence],
    ),
    guard: `${candidate.name} stays closed to applications`,
    verify: 'Its position has moved by what was salvaged',
    undo: sql.letReplay === null ? null : `Close ${candidate.name} fully again; what was salvaged stays`,
    ifUnknown: 'A second run is harmless: what is there already is skipped by its GTID',
    timeoutMs: 120_000,
    plannedMs: 300,
    optional: true,
  });

/** Statements in the text that mysqlbinlog prints: it sets its own delimiter, so that a semicolon inside does no harm. */
export function splitTail(text: string): readonly string[] {
  const found: string[] = [];
  let delimiter = ';';
  let current: string[] = [];
  for (const line of text.split('\n')) {
    const change = /^DELIMITER (\S+)\s*$/i.exec(line);
    if (change) {
      delimiter = change[1] ?? ';';
      continue;
    }
    if (current.length === 0 && (line.startsWith('#') || line.trim() === '')) continue;
    if (line.endsWith(delimiter)) {
      const statement = [...current, line.slice(0, -delimiter.length)].join('\n').trim();
      // \\C is a command to a client program (its character set), not to the server.
      if (statement !== '' && !statement.startsWith('/*!\\C ')) found.push(statement);
      current = [];
    } else current.push(line);
  }
  return found;
}

/** What can be replayed, and what ends it: in bytes as the server counts a packet. */
interface Fitting {
  readonly texts: readonly string[];
  /** Why the rest cannot be; '' when there is none. */
  readonly cutBy: string;
  readonly narrow: () => Promise<void>;
}

/** The reader prints all rows of one statement as one text: it may be longer than a server takes that was fit for applications. */
async function fitting(context: StepContext, texts: readonly string[]): Promise<Fitting> {
  const nothing = async (): Promise<void> => undefined;
  const bytes = numberOf((await context.send('packet'))[0], 'bytes') ?? longestPacketBytes;
  const isTooLong = (text: string): boolean => Buffer.byteLength(text) + 1024 > bytes;
  const first = texts.findIndex(isTooLong);
  if (first < 0) return { texts, cutBy: '', narrow: nothing };
  try {
    await context.send('widen');
    return { texts, cutBy: '', narrow: async () => void (await context.send('narrow', { bytes })) };
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return {
      texts: texts.slice(0, first),
      cutBy: `One statement is longer than max_allowed_packet (${bytes} bytes), which this account may not raise: ${why}`,
      narrow: nothing,
    };
  }
}

export const salvage: StepCode = {
  run: async (context) => {
    const before = context.memory.get(frozen);
    const planned = context.step.statements.find((one) => one.key === 'tail')?.text ?? '';
    const values: Readonly<Record<string, string>> = planned.includes(':have') ? { have: before } : {};
    const outcome = await context.command('tail', values, { timeoutMs: 60_000, maxBytes: longestTailBytes });
    if (outcome.exitCode !== 0)
      throw new StepFailure(`The host could not read the logs: ${outcome.stderr.trim().slice(0, 300)}`);
    if (outcome.truncated) throw new StepFailure('The tail is longer than 256 MB: too long to take over here');
    const has = (key: string): boolean => context.step.statements.some((one) => one.key === key);
    if (has('let')) await context.send('let');
    const { texts, cutBy, narrow } = await fitting(context, splitTail(outcome.stdout));
    try {
      await context.replay('apply', texts);
      if (cutBy !== '') throw new StepFailure(cutBy);
    } finally {
      // A half replayed tail is transactions that are whole: they stay, and the new primary opens from there.
      context.memory.set(frozen, positionOf(await context.send('position')));
      // A limit that stays wide harms nothing: it must not hide where the candidate stands, nor fail what was brought over.
      await narrow().catch((thrown: unknown) => context.note(`max_allowed_packet stays wide: ${String(thrown)}`));
    }
    if (has('shut')) await context.send('shut');
  },
  verify: async (context) => {
    const there = positionOf(await context.send('position', {}, { session: 'second' }));
    return `Salvaged: ${context.step.target} stands at ${shortPosition(there)}`;
  },
  undo: async (context) => {
    if (context.step.statements.some((one) => one.key === 'close')) await context.send('close');
  },
};
