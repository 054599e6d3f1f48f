import type { DialectName } from '@shared/model/fleet';
import type { Step } from '@shared/model/plan';
import type { SwitchoverSql } from '../../dialect/switchover-sql';
import { lockStep, statements, step, type Line, type Party, type Sibling } from '../steps/step-data';

export interface RelocateSteps {
  readonly product: DialectName;
  readonly sql: SwitchoverSql;
  /** Everyone that answers: each is locked. */
  readonly everyone: readonly Party[];
  readonly primary: Party;
  /** With the settings of its channel, which CHANGE partly forgets. */
  readonly replica: Sibling;
  /** Where its channel leads now, as the channel itself says: the way back. `party` null: it does not answer. */
  readonly old: {
    readonly address: string;
    readonly host: string;
    readonly port: number;
    readonly party: Party | null;
  };
  readonly newSource: Party;
  /** Where the new source's own channel leads; '' for the primary. */
  readonly newSourceFollows: string;
  /** Directly below the replica, and following it now. */
  readonly children: readonly Party[];
  /** Acknowledgements that a commit of the old source waits for, when the replica is one that gives them; 0 else. */
  readonly acksWanted: number;
  /** Its receiver ran when the plan was made. */
  readonly ran: boolean;
  /** Received and not applied when the plan was made. */
  readonly toApply: number;
}

/** Where the replica goes on from after a change of source: what it has applied, by its own word. */
const appliedSql: Readonly<Record<DialectName, string>> = {
  mysql: "SELECT REPLACE(@@GLOBAL.gtid_executed, '\\n', '') AS position",
  mariadb: 'SELECT @@GLOBAL.gtid_slave_pos AS position',
};

/**
 * What a source can give. On MariaDB the end of its own log, and what it was filled with before it had one; MASTER_GTID_WAIT
 * cannot be asked of a primary, whose gtid_slave_pos stands still (tried on 10.11).
 */
const heldSql: Readonly<Record<DialectName, string>> = {
  mysql: appliedSql.mysql,
  mariadb: "SELECT CONCAT_WS(',', @@GLOBAL.gtid_binlog_pos, @@GLOBAL.gtid_slave_pos) AS position",
};

const ackersSql: Readonly<Record<DialectName, string>> = {
  mysql:
    "SELECT variable_value AS clients FROM performance_schema.global_status WHERE variable_name = 'Rpl_semi_sync_source_clients'",
  mariadb:
    "SELECT VARIABLE_VALUE AS clients FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'RPL_SEMI_SYNC_MASTER_CLIENTS'",
};

/** Longest wait for the replica's queue, and as long again for the new source, seconds. */
export const drainSeconds = 60;

/** Longest stop of a MySQL applier inside half a transaction, seconds; the server's own limit is 60 (seen on 9.7). */
export const stopSeconds = 70;

/**
 * The steps of a relocation as data: apply what was received, stop, wait until the new source holds all of it, change,
 * start, and prove it by a row that the primary commits after the move. Each leads back to the old source.
 */
export function relocateSteps(input: RelocateSteps): readonly Step[] {
  const { sql, product, replica, newSource, old, primary } = input;
  const to = `${newSource.host}:${newSource.port}`;
  const params = { product, from: old.address, to, ran: input.ran ? 'yes' : 'no' };
  const applied: Line = ['applied', 'verify', replica, appliedSql[product]];
  const held: Line = ['held', 'verify', newSource, heldSql[product]];
  const status: Line = ['status', 'verify', replica, sql.channelStatus];
  const back = old.party?.name ?? old.address;
  // On MariaDB a start after both threads were stopped throws the relay log away, so nothing may be left in it. On MySQL it
  // stays, and a receiver stopped first may leave half a transaction there, for whose rest the applier's stop waits 60 s.
  const receiverFirst = product === 'mariadb';
  return [
    lockStep(input.everyone),
    step('drain', {
      title: `Let ${replica.name} apply everything it has received`,
      target: replica.name,
      statements: statements(
        status,
        input.acksWanted > 0 && old.party ? ['ackers', 'guard', old.party, ackersSql[product]] : null,
        receiverFirst ? ['stop-receiving', 'run', replica, sql.stopReceiving] : null,
        applied,
        held,
        receiverFirst ? ['start-receiving', 'undo', replica, sql.startReceiving] : null,
      ),
      guard:
        input.acksWanted > 0
          ? `Its applier runs, and ${back} keeps ${input.acksWanted} semi-sync ackers without it`
          : 'Its applier runs',
      verify: `What it had received is applied, and ${newSource.name} holds it`,
      undo: receiverFirst ? `Let ${replica.name} receive from ${back} again` : null,
      timeoutMs: 2 * drainSeconds * 1000 + 10_000,
      undoTimeoutMs: 15_000,
      plannedMs: 300 + input.toApply,
      params: { ...params, acksWanted: String(input.acksWanted) },
    }),
    step('stop', {
      title: `Stop replication on ${replica.name}`,
      target: replica.name,
      statements: statements(
        status,
        applied,
        held,
        ['stop', 'run', replica, sql.stop],
        ['start', 'undo', replica, sql.start],
      ),
      guard: `It follows ${back} still`,
      verify: `Receiver and applier are stopped, and ${newSource.name} holds all that ${replica.name} holds and has received`,
      undo: `Start replication on ${replica.name}`,
      timeoutMs: stopSeconds * 1000 + 35_000,
      undoTimeoutMs: 15_000,
      plannedMs: 100,
      params,
    }),
    step('change', {
      title: `Point ${replica.name} to ${newSource.name}`,
      target: replica.name,
      statements: statements(
        status,
        applied,
        held,
        input.newSourceFollows === '' ? null : ['source-status', 'guard', newSource, sql.channelStatus],
        ['change', 'run', replica, sql.repoint(replica.settings, newSource.host, newSource.port)],
        // First on the replica: undos are taken back newest first on each server.
        ['undo-stop', 'undo', replica, sql.stop],
        old.party ? ['back-held', 'undo', old.party, heldSql[product]] : null,
        ['undo-change', 'undo', replica, sql.repoint(replica.settings, old.host, old.port)],
      ),
      guard: `${newSource.name} holds all that ${replica.name} holds and has received, and still follows whom it followed`,
      verify: `Its channel names ${to}`,
      undo: `Point ${replica.name} to ${back} again, once that holds what ${replica.name} holds`,
      undoTimeoutMs: stopSeconds * 1000 + 15_000,
      plannedMs: 60,
      params: { ...params, sourceFollows: input.newSourceFollows },
    }),
    step('start', {
      title: `Let ${replica.name} follow ${newSource.name}`,
      target: replica.name,
      statements: statements(
        ['start', 'run', replica, sql.start],
        status,
        applied,
        receiverFirst ? ['undo-stop-receiving', 'undo', replica, sql.stopReceiving] : null,
        ['undo-stop', 'undo', replica, sql.stop],
      ),
      verify: 'Receiver and applier run',
      undo: `Stop replication on ${replica.name}`,
      undoTimeoutMs: stopSeconds * 1000 + 15_000,
      plannedMs: 300,
      params: { ...params, follows: to },
    }),
    step('marker', {
      title: `Write a row on ${primary.name} that ${replica.name} must get`,
      target: primary.name,
      statements: statements(
        ...sql.createSchema.map((text, index): Line => [`create.${index}`, 'run', primary, text]),
        ['insert', 'run', primary, sql.marker],
        ['present', 'verify', primary, sql.markerProof],
      ),
      verify: 'A new connection reads it back',
      plannedMs: 30,
    }),
    step('prove', {
      title: `Prove that ${replica.name} gets what ${primary.name} commits`,
      target: [replica, ...input.children].map((one) => one.name).join(', '),
      statements: statements(
        status,
        ['marker', 'verify', replica, sql.markerProof],
        ...input.children.map((one): Line => [`marker.${one.id}`, 'verify', one, sql.markerProof]),
      ),
      verify: [
        `Through new connections: it follows ${newSource.name}, and the row is there`,
        ...(input.children.length > 0 ? [`and on ${input.children.map((one) => one.name).join(', ')} below it`] : []),
      ].join(', '),
      timeoutMs: 140_000,
      plannedMs: 500,
      params: { ...params, follows: to },
    }),
  ];
}
