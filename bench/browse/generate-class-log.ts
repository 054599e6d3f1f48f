import fs from 'node:fs';
import { seededRandom } from '../slowlog/statement-shapes';

const startSeconds = 1_714_550_400;
const windowSeconds = 24 * 3600;
const pieceBytes = 1 << 20;

const nouns = [
  'account',
  'posting',
  'customer',
  'orders',
  'invoice',
  'payment',
  'shipment',
  'product',
  'ticket',
  'job',
];
const columns = [
  'id',
  'state',
  'note',
  'amount_cents',
  'created_at',
  'owner_id',
  'region',
  'version',
  'token',
  'score',
];

/**
 * Writes a slow log of MySQL in which every statement class is called a few times within one day, as a log of many tenants
 * with tables of their own is. The digest tells all of them apart: tables have no number that a fingerprint would drop.
 *
 * @param options.slower every hundredth class takes three times its time, as after a change that went wrong
 */
export function generateClassLog(options: {
  readonly file: string;
  readonly classes: number;
  readonly callsEach: number;
  readonly seed: number;
  readonly slower: boolean;
}): void {
  const random = seededRandom(options.seed);
  const file = fs.openSync(options.file, 'w');
  const statements = options.classes * options.callsEach;
  let piece: string[] = [];
  let bytes = 0;
  for (let at = 0; at < statements; at++) {
    const one = at % options.classes;
    const second = startSeconds + Math.floor((at / statements) * windowSeconds);
    const event = header(one, second, random, options.slower && one % 100 === 0) + statement(one, random);
    piece.push(event);
    bytes += event.length;
    if (bytes < pieceBytes) continue;
    fs.writeSync(file, piece.join(''));
    piece = [];
    bytes = 0;
  }
  fs.writeSync(file, piece.join(''));
  fs.closeSync(file);
}

function header(one: number, second: number, random: () => number, isSlower: boolean): string {
  // A few classes take most of the time, as everywhere.
  const seconds = ((0.002 + 20 / (1 + one)) * (0.5 + random()) * (isSlower ? 3 : 1)).toFixed(6);
  const time = new Date(second * 1000).toISOString().replace('000Z', '000000Z');
  const examined = Math.floor(Math.exp(random() * 10));
  return `# Time: ${time}\n# User@Host: app${one % 4}[app${one % 4}] @  [10.0.0.${one % 9}]  Id: ${one % 997}\n# Query_time: ${seconds}  Lock_time: 0.000012 Rows_sent: ${Math.floor(random() * 50)}  Rows_examined: ${examined}\nSET timestamp=${second};\n`;
}

/** Letters in place of digits: `posting_bcx`. */
function tableOf(one: number): string {
  const letters = [...one.toString(26)].map((digit) => String.fromCharCode(97 + parseInt(digit, 26))).join('');
  return `${nouns[one % nouns.length] ?? ''}_${letters}`;
}

function statement(one: number, random: () => number): string {
  const table = tableOf(one);
  const column = columns[Math.floor(one / 10) % columns.length] ?? 'id';
  const value = Math.floor(random() * 1e6);
  switch (one % 4) {
    case 0:
      return `SELECT id, note, amount_cents FROM ${table} WHERE ${column} = ${value} ORDER BY created_at DESC LIMIT 20;\n`;
    case 1:
      return `SELECT t.id, t.${column}, c.name, COUNT(*) AS n FROM ${table} t INNER JOIN customer c ON c.id = t.owner_id WHERE t.created_at > '${value}' AND t.state IN (1, 2, ${value}) GROUP BY t.id, c.name ORDER BY n DESC;\n`;
    case 2:
      return `UPDATE ${table} SET ${column} = ${value}, version = version + 1 WHERE id = ${value};\n`;
    default:
      return `SELECT a.id FROM ${table} a WHERE EXISTS (SELECT 1 FROM stock s WHERE s.owner = a.id AND s.qty < ${value}) AND a.${column} > '${value}';\n`;
  }
}
