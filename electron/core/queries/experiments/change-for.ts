import { assertNever } from '@shared/assert-never';
import type { DialectName } from '@shared/model/fleet';
import type { Change, ChangeDecision } from '@shared/model/query-experiment';
import { quotedName } from '../plans/read-only-session';

/** DDL in words that the server is held to: where it cannot do it so, it refuses instead of locking the table. */
const online = 'ALGORITHM=INPLACE, LOCK=NONE';

/**
 * The change of a decision as statements, with how it locks, how it replicates and how it is taken back. It only writes it
 * down: a person, or an operation, carries it out. `checks` is empty until {@link checkChange} has asked a server.
 */
export function changeFor(decision: ChangeDecision, dialect: DialectName, existing: string | null = null): Change {
  const table = `${quotedName(decision.schema)}.${quotedName(decision.table)}`;
  switch (decision.kind) {
    case 'add-index': {
      const parts = decision.columns.map((one) => `${quotedName(one.name)}${one.descending ? ' DESC' : ''}`).join(', ');
      const index = quotedName(decision.index);
      return {
        dialect,
        statements: [`ALTER TABLE ${table} ADD INDEX ${index} (${parts}), ${online}`],
        undo: [`ALTER TABLE ${table} DROP INDEX ${index}, ${online}`],
        undoSentence: 'Dropping it is quick at any size and gives the old plans back',
        replication: replicates(dialect, 'builds the index for as long as the source did'),
        locking: `${building} Writes of that time are kept in a log of at most innodb_online_alter_log_max_size: more of them, and the build fails and leaves nothing.`,
        checks: [],
      };
    }
    case 'drop-index': {
      const index = quotedName(decision.index);
      const hidden = dialect === 'mysql' ? 'INVISIBLE' : 'IGNORED';
      const shown = dialect === 'mysql' ? 'VISIBLE' : 'NOT IGNORED';
      return {
        dialect,
        statements: [
          `ALTER TABLE ${table} ALTER INDEX ${index} ${hidden}`,
          `ALTER TABLE ${table} DROP INDEX ${index}, ${online}`,
        ],
        undo: [`ALTER TABLE ${table} ALTER INDEX ${index} ${shown}`, ...(existing === null ? [] : [existing])],
        undoSentence:
          existing === null
            ? `While it is ${hidden} it comes back at once. Once dropped it must be built anew: keep its definition`
            : `While it is ${hidden} it comes back at once (first statement). Once dropped it is built anew (second)`,
        replication: replicates(dialect, 'does the same in moments'),
        locking: `${moment} The first statement hides it from every session of every server; wait a day of usual work before the second.`,
        checks: [],
      };
    }
    case 'analyze-table': {
      // It changes no data: every server needs statistics of its own, and the binary log would carry it to all at once.
      const statements =
        decision.histogram === null
          ? [`ANALYZE NO_WRITE_TO_BINLOG TABLE ${table}`]
          : dialect === 'mysql'
            ? [
                `ANALYZE NO_WRITE_TO_BINLOG TABLE ${table} UPDATE HISTOGRAM ON ${quotedName(decision.histogram)} WITH 100 BUCKETS`,
              ]
            : [
                `ANALYZE NO_WRITE_TO_BINLOG TABLE ${table} PERSISTENT FOR COLUMNS (${quotedName(decision.histogram)}) INDEXES ()`,
              ];
      const undo =
        decision.histogram !== null && dialect === 'mysql'
          ? [`ANALYZE NO_WRITE_TO_BINLOG TABLE ${table} DROP HISTOGRAM ON ${quotedName(decision.histogram)}`]
          : [];
      return {
        dialect,
        statements,
        undo,
        undoSentence:
          undo.length > 0
            ? 'Dropping the histogram gives the old estimates back'
            : 'Statistics cannot be put back; they can be taken anew',
        replication: 'It is not replicated: run it on each server whose plans are to change.',
        locking: 'Readers and writers go on. Statements that already wait for the table finish first.',
        checks: [],
      };
    }
    default:
      return assertNever(decision);
  }
}

const building =
  'Readers and writers go on while it is built. At its beginning and its end it needs the table for a moment: a long transaction on it makes it wait, and everyone else behind it.';
const moment = 'It needs the table for a moment: a long transaction on it makes it wait, and everyone else behind it.';

const replicates = (dialect: DialectName, does: string): string =>
  `It goes through the binary log as one statement when the source is done. Each replica then ${does}; ${
    dialect === 'mysql'
      ? 'what comes after it waits there, so lag grows by that time.'
      : 'what comes after it waits there, so lag grows by that time, unless binlog_alter_two_phase is on.'
  }`;
