import type { FieldPacket } from 'mysql2';
import type { SqlRow, SqlValue } from '../../core/ports/mysql-session';

/**
 * Rows of mysql2 as plain rows: the first result set when a procedure returns several, none for a statement without one.
 * Binary values become text when they are valid UTF-8, else `0x…`. Of columns with the same name the last one stays:
 * give them names in SQL.
 */
export function toPlainRows(result: unknown, fields: unknown): readonly SqlRow[] {
  const several = Array.isArray(fields) && fields.some((set) => set === undefined || Array.isArray(set));
  if (several) {
    const index = fields.findIndex((set) => Array.isArray(set));
    return index < 0 || !Array.isArray(result) ? [] : convert(result[index], fields[index]);
  }
  return convert(result, fields);
}

function convert(rows: unknown, fields: unknown): readonly SqlRow[] {
  if (!isRowList(rows) || !isFieldList(fields)) return [];
  const odd = fields
    .filter((field) => !plainTypes.has(field.columnType ?? field.type ?? -1))
    .map((field) => field.name);
  // The common case (numbers, dates and text alone) costs nothing: rows pass as they are.
  if (!rows.some((row) => odd.some((name) => typeof row[name] === 'object' && row[name] !== null))) {
    return rows as readonly SqlRow[];
  }
  return rows.map((row) => {
    const plain: Record<string, SqlValue> = {};
    for (const [name, value] of Object.entries(row)) plain[name] = toSqlValue(value);
    return plain;
  });
}

/** Any value that mysql2 can return as one that the port allows. */
export function toSqlValue(value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (Buffer.isBuffer(value)) return bytesToText(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  return JSON.stringify(value);
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

function bytesToText(bytes: Buffer): string {
  try {
    const text = strictUtf8.decode(bytes);
    if (!/[\0-\x08\x0e-\x1f]/.test(text)) return text;
  } catch {
    // Not text: shown as hexadecimal below.
  }
  return `0x${bytes.toString('hex')}`;
}

/** Column types that mysql2 returns as number or text with the options of this adapter (MySQL, enum_field_types). */
const plainTypes = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 246]);

function isRowList(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value);
}

function isFieldList(value: unknown): value is readonly FieldPacket[] {
  return Array.isArray(value);
}
