import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAll } from '../../testing/read-slow-log';

/** Parts of logs, right and wrong, that meet in any order. */
const parts: readonly string[] = [
  '# Time: 2024-05-01T12:00:01.250000Z\n',
  '# Time: 240501 12:00:00\n',
  '# Time: \n',
  '# User@Host: a[a] @ b [10.0.0.1]  Id: 5\n',
  '# User@Host: \n',
  '# Query_time: 0.5  Lock_time: 0.000001 Rows_sent: 1  Rows_examined: 2\n',
  '# Thread_id: 5  Schema: shop  QC_hit: No\n',
  '# Query_time: 0.25  Schema: a b  Killed:\r\n',
  '# Full_scan: Yes  Client: 10.0.0.2:99 Rows_sent: 1e2\r\n',
  '# explain: 1\tSIMPLE\tt\n',
  '#\n',
  'use shop;\n',
  'SET timestamp=1714564800;\n',
  'SET names utf8;\n',
  'SELECT 1;\n',
  'SELECT 2\n# Time: soon\nFROM t;\n',
  "INSERT INTO t VALUES ('ä€');\r\n",
  '# administrator command: Quit;\n',
  '/usr/sbin/mysqld, Version: 8.0.36 (x). started with:\n',
  'Tcp port: 3306  Unix socket: /x\n',
  'Time                 Id Command    Argument\n',
  '\0\0\0\0\0\0\0\0\0\0\n',
  '\n',
  'x',
  ';',
  '# ',
  '\xff\xfe',
];

const logs = fc
  .array(fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...parts) }, fc.string({ maxLength: 12 })), { maxLength: 40 })
  .map((found) => new Uint8Array(Buffer.from(found.join(''), 'utf8')));

describe('any text in any pieces', () => {
  it('every byte is in a statement or skipped, in any pieces', () => {
    // readAll checks the sum.
    fc.assert(
      fc.property(logs, fc.integer({ min: 1, max: 200 }), (log, pieceBytes) => void readAll(log, { pieceBytes })),
    );
  });

  it('the pieces do not change what is read', () => {
    fc.assert(
      fc.property(logs, fc.integer({ min: 1, max: 200 }), (log, pieceBytes) => {
        const [whole, inPieces] = [readAll(log), readAll(log, { pieceBytes })];
        expect(inPieces.statements).toEqual(whole.statements);
        expect(inPieces.parser.skipped).toEqual(whole.parser.skipped);
      }),
      { numRuns: 300 },
    );
  });

  it('bytes of no text at all do not stop it', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 3_000 }), (log) => void readAll(log, { pieceBytes: 97 })));
  });
});
