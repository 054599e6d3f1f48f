import type { DialectName } from '@shared/model/fleet';
import type { Step } from '@shared/model/plan';
import type { ChannelSettings, SwitchoverSql } from '../../dialect/switchover-sql';
import { lockStep, statements, step, type Line, type Party } from '../steps/step-data';
import { heldStateSql } from '../divergence/divergence-of';
import { backupSql, cloneSql } from './copy-sql';

export interface FillInput {
  readonly product: DialectName;
  readonly sql: SwitchoverSql;
  readonly primary: Party;
  readonly donor: Party;
  readonly recipient: Party;
  /** It answers now; one that does not can be filled only through its host. */
  readonly recipientAnswers: boolean;
  /** Whom else the lock is taken on. */
  readonly others: readonly Party[];
  /** How the recipient will follow the primary. */
  readonly settings: ChannelSettings;
  /** As its own configuration names it; it must be the same afterwards. '' is not known. */
  readonly identity: string;
  /** Errant transactions of the recipient as the plan saw them, and the step that saves them; '' and null: none. */
  readonly errant: string;
  readonly evidence: Step | null;
  /** The steps that bring the donor's data over. */
  readonly copy: readonly Step[];
}

const hour = 3_600_000;

/** Lock, close and look, save what only it holds, copy, follow the primary, catch up, prove. */
export function fillSteps(input: FillInput): readonly Step[] {
  const { primary, donor, recipient, others, recipientAnswers } = input;
  const everyone = [...new Map([primary, donor, ...others].map((one) => [one.id, one])).values()];
  return [
    lockStep(recipientAnswers ? [...everyone, recipient] : everyone),
    ...(recipientAnswers ? [closeStep(input)] : []),
    ...(input.evidence ? [input.evidence] : []),
    ...input.copy,
    followStep(input),
    catchUpStep(input),
    proveStep(input),
  ];
}

/** What a server holds, and what the primary does: their difference may not have grown since the plan. */
const heldSql: Readonly<Record<DialectName, string>> = {
  mysql: "SELECT REPLACE(@@GLOBAL.gtid_executed, '\\n', '') AS state",
  mariadb: heldStateSql,
};

const ownStateSql: Readonly<Record<DialectName, string>> = {
  mysql: heldSql.mysql,
  mariadb: 'SELECT @@GLOBAL.gtid_binlog_state AS state',
};

/** How far it is. A MariaDB that was just filled has an empty log, and its copy's position in gtid_slave_pos alone. */
const reachedSql: Readonly<Record<DialectName, string>> = {
  mysql: "SELECT REPLACE(@@GLOBAL.gtid_executed, '\\n', '') AS position",
  mariadb:
    "SELECT CONCAT_WS(',', NULLIF(@@GLOBAL.gtid_binlog_pos, ''), NULLIF(@@GLOBAL.gtid_slave_pos, '')) AS position",
};

function closeStep({ product, sql, recipient, primary, errant }: FillInput): Step {
  return step('close', {
    title: `Close ${recipient.name} to writes`,
    target: recipient.name,
    statements: statements(
      ['limit', 'run', recipient, sql.limitLockWait],
      ['close', 'run', recipient, sql.fence],
      ['closed', 'verify', recipient, sql.fenceProof],
      ['own', 'verify', recipient, ownStateSql[product]],
      ['held', 'verify', primary, heldSql[product]],
    ),
    guard: 'It is not the primary',
    verify:
      errant === ''
        ? `A new connection finds it read-only, and it holds nothing that ${primary.name} lacks`
        : 'A new connection finds it read-only, and it wrote nothing more since the plan',
    // Kept also when the run turns back: an instance that is not the primary takes no writes.
    undo: null,
    timeoutMs: 20_000,
    params: { errant, product },
  });
}

function followStep({ product, sql, recipient, primary, settings }: FillInput): Step {
  const mysql = product === 'mysql';
  return step('follow', {
    title: `Let ${recipient.name} follow ${primary.name}`,
    target: recipient.name,
    statements: statements(
      ['status', 'verify', recipient, sql.channelStatus],
      // The donor's channel came with its data, its password too.
      ['stop', 'run', recipient, mysql ? cloneSql.stopAll : sql.stop],
      ['forget', 'run', recipient, mysql ? cloneSql.forgetAll : backupSql.forget],
      mysql ? null : ['position', 'guard', recipient, backupSql.position],
      mysql ? null : ['go-on-from', 'run', recipient, backupSql.goOnFrom],
      ['change', 'run', recipient, sql.follow(settings, primary.host, primary.port, false)],
      ['start', 'run', recipient, sql.start],
    ),
    guard: 'Whatever channel came with the data is forgotten first',
    verify: 'Receiver and applier run, and they lead to the primary',
    timeoutMs: 30_000,
    plannedMs: 300,
    params: { follows: `${primary.host}:${primary.port}`, product },
  });
}

function catchUpStep({ product, sql, recipient, primary }: FillInput): Step {
  return step('catch-up', {
    title: `Catch ${recipient.name} up with ${primary.name}`,
    target: recipient.name,
    statements: statements(
      ['goal', 'guard', primary, sql.position],
      ['position', 'verify', recipient, reachedSql[product]],
      ['status', 'verify', recipient, sql.channelStatus],
    ),
    guard: 'None: it only waits',
    verify: 'It holds everything that the primary held when the wait began',
    timeoutMs: hour,
    plannedMs: 2000,
    params: { product },
  });
}

function proveStep({ product, sql, recipient, primary, identity }: FillInput): Step {
  const line = (key: string, of: Party, text: string): Line => [key, 'verify', of, text];
  return step('prove', {
    title: 'Prove the result by new connections',
    target: recipient.name,
    statements: statements(
      line('identity', recipient, sql.identity),
      line('closed', recipient, product === 'mysql' ? sql.fenceProof : 'SELECT @@GLOBAL.read_only AS fenced'),
      line('status', recipient, sql.channelStatus),
      line('own', recipient, ownStateSql[product]),
      line('held', primary, heldSql[product]),
      line('writable', primary, sql.writable),
    ),
    verify: `${recipient.name} is itself, read-only, follows ${primary.name} and holds nothing that it lacks`,
    timeoutMs: 30_000,
    plannedMs: 200,
    params: { identity, follows: `${primary.host}:${primary.port}`, product },
  });
}
