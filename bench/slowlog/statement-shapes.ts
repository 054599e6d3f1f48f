/** Numbers from 0 to 1, the same for a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Draw = () => number;

/** A statement class: each call gives a statement of it with other literals. */
export type StatementShape = (draw: Draw) => string;

const tables = [
  ...[
    'account',
    'posting',
    'customer',
    'orders',
    'order_item',
    'invoice',
    'payment',
    'session',
    'audit_event',
    'price',
  ],
  ...['stock', 'shipment', 'address', 'product', 'category', 'review', 'coupon', 'refund', 'message', 'device'],
  ...['job', 'ledger_2024', 'ledger_2025', 'tenant1', 'tenant2', 'wallet', 'limit_rule', 'card', 'login', 'feature'],
];

const integer = (draw: Draw, most = 1_000_000): number => Math.floor(draw() * most);
const text = (draw: Draw): string => `'${(draw() * 1e15).toString(36)} ${integer(draw)}'`;
const list = (draw: Draw, most: number): string =>
  Array.from({ length: 1 + integer(draw, most) }, () => integer(draw)).join(', ');

const makers: readonly ((table: string) => StatementShape)[] = [
  (table) => (draw) => `SELECT id, note, amount_cents FROM ${table} WHERE id = ${integer(draw)}`,
  (table) => (draw) =>
    `SELECT * FROM ${table} WHERE state IN (${list(draw, 30)}) AND created_at > ${text(draw)} LIMIT ${1 + integer(draw, 100)}`,
  (table) => (draw) =>
    `SELECT t.id, t.note, c.name, COUNT(*) AS n, SUM(t.amount_cents) AS total\nFROM ${table} t\n  INNER JOIN customer c ON c.id = t.customer_id\n  LEFT JOIN region r ON r.id = c.region_id AND r.code = ${text(draw)}\nWHERE t.created_at BETWEEN ${text(draw)} AND ${text(draw)}\n  AND t.amount_cents > ${integer(draw)}\nGROUP BY t.id, t.note, c.name\nHAVING n > ${integer(draw, 9)}\nORDER BY total DESC\nLIMIT ${integer(draw, 50)}`,
  (table) => (draw) => `UPDATE ${table} SET note = ${text(draw)}, version = version + 1 WHERE id = ${integer(draw)}`,
  (table) => (draw) => `DELETE FROM ${table} WHERE expires_at < ${text(draw)} AND flags & ${integer(draw, 64)} = 0`,
  (table) => (draw) =>
    `INSERT INTO ${table} (id, note, amount_cents) VALUES ${Array.from({ length: 1 + integer(draw, 12) }, () => `(${integer(draw)}, ${text(draw)}, ${integer(draw)})`).join(', ')}`,
  (table) => (draw) =>
    `INSERT INTO ${table} (id, seen) VALUES (${integer(draw)}, ${integer(draw)}) ON DUPLICATE KEY UPDATE seen = VALUES(seen) + ${integer(draw, 9)}`,
  (table) => (draw) =>
    `WITH recent AS (\n  SELECT customer_id, MAX(created_at) AS last_at FROM ${table} WHERE id > ${integer(draw)} GROUP BY customer_id\n)\nSELECT c.id, c.name, recent.last_at FROM customer c JOIN recent ON recent.customer_id = c.id WHERE c.name LIKE ${text(draw)}`,
  (table) => (draw) =>
    `SELECT /*+ MAX_EXECUTION_TIME(${1000}) */ COUNT(*) FROM ${table} WHERE doc->>'$.kind' = ${text(draw)}`,
  (table) => (draw) =>
    `SELECT a.id FROM ${table} a WHERE EXISTS (SELECT 1 FROM stock s WHERE s.owner = a.id AND s.qty < ${integer(draw)}) AND a.score > ${(draw() * 100).toFixed(3)}`,
  (table) => (draw) => `SELECT id FROM ${table} WHERE token = ${text(draw)} /* program_name='billing' */`,
  (table) => (draw) => `CALL settle_${table}(${integer(draw)}, ${text(draw)})`,
];

/** Three hundred and sixty classes of the kinds that applications send. */
export const statementShapes: readonly StatementShape[] = makers.flatMap((make) => tables.map((table) => make(table)));

/** Statements that are no SQL: the sessions' ends. */
export const administratorCommands: readonly string[] = [
  'Quit',
  'Ping',
  'Prepare',
  'Init DB',
  'Reset stmt',
  'Close stmt',
];
