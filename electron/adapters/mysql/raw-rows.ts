import type { Connection, FieldPacket } from 'mysql2';
import type { ResultColumn, RowReader } from '../../core/ports/mysql-session';

/** Sends a statement and passes on its first result set row by row, each cell as the bytes that the server sent. */
export function readRawRows(
  connection: Connection,
  sql: string,
  reader: RowReader,
  done: () => void,
  failed: (error: Error) => void,
): void {
  let failure: Error | null = null;
  const command = connection.query({ sql, rowsAsArray: true, typeCast: (field) => field.buffer() });
  command.on('fields', (fields: unknown) => {
    if (isFieldList(fields)) reader.onColumns(fields.map(toColumn));
  });
  command.on('result', (row: unknown) => {
    if (Array.isArray(row)) reader.onRow(row as readonly (Buffer | null)[]);
  });
  command.on('error', (error: Error) => {
    failure = error;
    failed(error);
  });
  command.on('end', () => {
    if (failure === null) done();
  });
}

const toColumn = (field: FieldPacket): ResultColumn => ({
  name: field.name,
  table: field.table,
  sourceName: field.orgName,
  type: field.columnType ?? field.type ?? -1,
  charset: field.characterSet ?? field.charsetNr ?? 0,
  decimals: field.decimals,
});

const isFieldList = (value: unknown): value is readonly FieldPacket[] => Array.isArray(value);
