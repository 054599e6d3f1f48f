import type { Candidate } from '@shared/model/plan';
import { parseServerVersion } from '../../dialect/server-version';
import { heldPrivileges } from '../../fleet/capabilities';
import type { ClusterReading, ReachedInstance } from '../cluster-reading';
import { errantAgainst } from '../errant';
import type { CopyFacts } from './copy-facts';

/** A donor further behind than this, in transactions, gives a copy that has to catch up for long. */
const lagBudget = 10_000;

export interface DonorInput {
  readonly reading: ClusterReading;
  readonly primary: ReachedInstance;
  readonly recipientId: string;
  /** Version of the server that is filled; null: it does not answer. */
  readonly recipientVersion: string | null;
  readonly recipientRegion: string | undefined;
  readonly facts: ReadonlyMap<string, CopyFacts>;
}

type Rules = Candidate['rules'];

interface Row {
  readonly one: ReachedInstance;
  readonly isPrimary: boolean;
  readonly behind: number | null;
  readonly rules: Rules;
}

/**
 * Who could give the copy, best first: a healthy replica near the one that is filled, then the others, the primary last,
 * because a copy takes of its disk and its network what applications need. Those that cannot carry the reason. Pure.
 */
export function donorBoard(input: DonorInput): readonly Candidate[] {
  const { reading, primary, recipientId, recipientRegion } = input;
  const others = reading.readings.filter((one) => one.instance.id !== recipientId);
  const rows = others.flatMap((one) => (one.reached ? [rowOf(one, input)] : []));
  const possible = rows
    .filter((row) => row.rules.every((each) => each.holds))
    .sort(
      (a, b) =>
        Number(a.isPrimary) - Number(b.isPrimary) ||
        Number(b.one.instance.region === recipientRegion) - Number(a.one.instance.region === recipientRegion) ||
        (a.behind ?? Infinity) - (b.behind ?? Infinity) ||
        a.one.instance.name.localeCompare(b.one.instance.name, 'en', { numeric: true }),
    );
  const excluded = rows.filter((row) => row.rules.some((each) => !each.holds));
  return [
    ...[...possible, ...excluded].map((row) => asCandidate(row, row === possible[0], primary)),
    ...others.flatMap((one) => (one.reached ? [] : [silent(one.instance, `does not answer: ${one.error.message}`)])),
  ];
}

function rowOf(one: ReachedInstance, input: DonorInput): Row {
  const { primary, facts } = input;
  const isPrimary = one === primary;
  const behind = isPrimary ? 0 : one.dialect.transactionsBehind(one.sample.gtidExecuted, primary.sample.gtidExecuted);
  const shared = [
    ...sameServerRules(one, input),
    rule('Its account may give a copy', lacking(one) === '', `lacks ${lacking(one)}`),
    ...(one.dialect.name === 'mysql'
      ? mysqlRules(facts.get(one.instance.id))
      : mariadbRules(one, facts.get(one.instance.id))),
  ];
  return { one, isPrimary, behind, rules: isPrimary ? shared : [...replicaRules(one, primary, behind), ...shared] };
}

function replicaRules(one: ReachedInstance, primary: ReachedInstance, behind: number | null): Rules {
  const channel = one.sample.channels[0];
  const delay = channel?.delaySeconds ?? 0;
  return [
    rule('Takes no writes itself', one.sample.readOnly, 'takes writes itself'),
    rule(
      'Its receiver runs',
      channel?.receiver === 'running',
      channel ? `receiver ${channel.receiver}` : 'follows nobody',
    ),
    rule('Its applier runs', channel?.applier === 'running', 'applier stopped'),
    rule('Not delayed on purpose', delay === 0, `delayed on purpose by ${delay} s`),
    rule('No replication filters', (channel?.filters.length ?? 0) === 0, 'has replication filters'),
    rule('Holds nothing that the primary lacks', errantAgainst(one, primary) === '', 'holds errant transactions'),
    rule(
      'Near the primary',
      behind !== null && behind <= lagBudget,
      `${behind ?? 'an unknown number of'} transactions behind`,
    ),
  ];
}

function sameServerRules(one: ReachedInstance, { recipientVersion, reading }: DonorInput): Rules {
  if (one.dialect.name !== reading.dialect && reading.dialect !== null)
    return [rule('The same product', false, `is ${one.dialect.name}`)];
  if (recipientVersion === null) return [];
  const mine = parseServerVersion(one.facts.version);
  const other = parseServerVersion(recipientVersion);
  const same =
    mine !== null &&
    other !== null &&
    mine.dialect === other.dialect &&
    mine.major === other.major &&
    mine.minor === other.minor &&
    // CLONE takes another point release of its series only since 8.0.37; nothing is gained by relying on it.
    (mine.dialect === 'mariadb' || mine.patch === other.patch);
  return [
    rule(
      mine?.dialect === 'mariadb' ? 'The same series' : 'The same version',
      same,
      `is ${mine?.text ?? 'unknown'}, not ${other?.text ?? 'unknown'}`,
    ),
  ];
}

const mysqlRules = (facts: CopyFacts | undefined): Rules => [
  rule(
    'Has the clone plugin',
    facts?.clonePlugin === true,
    "the clone plugin is not active: INSTALL PLUGIN clone SONAME 'mysql_clone.so'",
  ),
  rule(
    'Only InnoDB tables',
    facts?.otherEngines === 0,
    facts?.otherEngines === null || facts === undefined
      ? 'the engines of its tables cannot be read'
      : `${facts.otherEngines} tables of other engines, which CLONE leaves empty`,
  ),
];

function mariadbRules(one: ReachedInstance, facts: CopyFacts | undefined): Rules {
  const lines = facts?.host?.lines;
  const on = (name: string): boolean => /^(on|1)$/i.test(one.facts.variables.get(name) ?? '');
  return [
    rule(
      'Logs what it applies',
      on('log_bin') && (on('log_replica_updates') || on('log_slave_updates')),
      'writes no binary log of what it applies: its copy would have no position',
    ),
    rule(
      'Its host is reached by SSH',
      lines !== undefined && lines !== null,
      facts?.host?.why || 'no SSH access to its host is set',
    ),
    ...(lines
      ? [
          rule(
            'Its host has mariadb-backup',
            sameBackup(lines, one),
            `its host has ${lines.get('backup') || 'no mariadb-backup'}`,
          ),
          rule(
            'Its files may be read',
            lines.get('readable') === 'yes',
            'the SSH account may not read its data folder',
          ),
        ]
      : []),
    rule(
      'Its files lie together',
      facts?.elsewhere === '',
      facts?.elsewhere ? `${facts.elsewhere} lies outside its data folder` : 'where its files lie cannot be read',
    ),
  ];
}

/** mariadb-backup reads only files of its own series. */
export function sameBackup(lines: ReadonlyMap<string, string>, { facts }: ReachedInstance): boolean {
  const [, major, minor] = /MariaDB server (\d+)\.(\d+)/i.exec(lines.get('backup') ?? '') ?? [];
  const version = parseServerVersion(facts.version);
  return version !== null && Number(major) === version.major && Number(minor) === version.minor;
}

const donorNeeds = {
  mysql: [['BACKUP_ADMIN']],
  mariadb: [['RELOAD'], ['PROCESS'], ['LOCK TABLES'], ['BINLOG MONITOR', 'REPLICATION CLIENT', 'SUPER']],
} as const;

function lacking({ facts, dialect }: ReachedInstance): string {
  const held = heldPrivileges(facts.grants);
  if (held.has('ALL PRIVILEGES')) return '';
  return donorNeeds[dialect.name]
    .filter((oneOf) => !oneOf.some((name) => held.has(name)))
    .map((oneOf) => oneOf[0])
    .join(', ');
}

function asCandidate({ one, isPrimary, behind, rules }: Row, isBest: boolean, primary: ReachedInstance): Candidate {
  const against = rules.filter((each) => !each.holds).map((each) => each.evidence);
  const possible = against.length === 0;
  return {
    instanceId: one.instance.id,
    instance: one.instance.name,
    region: one.instance.region ?? '',
    state: !possible ? 'excluded' : isBest ? 'best' : 'possible',
    executedGtid: one.sample.gtidExecuted,
    toApply: behind,
    lostTransactions: possible ? 0 : null,
    waitSeconds: null,
    why: !possible
      ? against.join('; ')
      : isPrimary
        ? 'It is the primary: the copy takes of its disk and network what applications need. The last choice'
        : isBest
          ? `A healthy replica: ${primary.instance.name} is left alone`
          : `${behind ?? 'unknown'} transactions behind when asked`,
    rules,
    loss: null,
  };
}

const silent = (
  instance: { readonly id: string; readonly name: string; readonly region?: string | undefined },
  why: string,
): Candidate => ({
  instanceId: instance.id,
  instance: instance.name,
  region: instance.region ?? '',
  state: 'excluded',
  executedGtid: '',
  toApply: null,
  lostTransactions: null,
  waitSeconds: null,
  why,
  rules: [],
  loss: null,
});

const rule = (text: string, holds: boolean, otherwise: string): Rules[number] => ({
  rule: text,
  holds,
  evidence: holds ? '' : otherwise,
});
