import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PtTakenOver } from '@shared/ipc/query.contract';
import type { RunningFleet } from '../../e2e/fleet/fleet';
import { openTemporaryLab } from '../../e2e/fleet/lab';

const lab = openTemporaryLab();
const entry = fileURLToPath(new URL('./index.ts', import.meta.url));
let fleet: RunningFleet;
let folder: string;

beforeAll(async () => {
  fleet = await lab.up('shards:1');
  folder = mkdtempSync(join(tmpdir(), 'midwatch-cli-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await lab.close();
});

/** Runs the command line as a person would. @throws with what it said on its error output */
const midwatch = (...words: readonly string[]): string =>
  execFileSync(process.execPath, ['--import', 'tsx', entry, ...words, '--data', folder], {
    encoding: 'utf8',
    stdio: 'pipe',
    env: { ...process.env, MIDWATCH_PASSWORD: 'midwatch' },
  });

it('takes over what people said in pt-query-digest, twice without a difference', async () => {
  const { primary } = fleet;
  midwatch(
    ...['fleet', 'discover', '--host', primary.host, '--port', String(primary.port), '--user', 'midwatch'],
    ...['--name', 'one', '--add'],
  );
  const checksum = createHash('md5').update('select sleep(?)').digest('hex').toUpperCase();
  await primary.execute(
    'SELECT SLEEP(0.01)',
    'CREATE DATABASE percona_schema',
    `CREATE TABLE percona_schema.query_review (checksum CHAR(32) NOT NULL PRIMARY KEY, fingerprint TEXT NOT NULL, sample TEXT NOT NULL,
       first_seen DATETIME, last_seen DATETIME, reviewed_by VARCHAR(20), reviewed_on DATETIME, comments TEXT)`,
    `INSERT INTO percona_schema.query_review VALUES ('${checksum}', '', '', NULL, NULL, 'dba', '2025-03-09', 'waits on purpose')`,
  );
  const cluster = ['--cluster', 'one', '--instance', nameOfPrimary()];
  const [, review = ''] = /^Review (\S+):/m.exec(midwatch('queries', 'review', 'capture', ...cluster)) ?? [];
  const takeOver = (...more: readonly string[]): string =>
    midwatch('queries', 'review', 'import-pt', review, ...cluster, ...more);

  expect(takeOver('--schema', 'percona_schema')).toContain(
    'percona_schema.query_review: 1 class of this review found, 1 note added, 1 accepted because reviewed there',
  );
  const again = JSON.parse(takeOver('--schema', 'percona_schema', '--json')) as PtTakenOver;
  expect(again).toMatchObject({ classesMatched: 1, notesAdded: 0, accepted: 0, rowsWithoutClass: 0 });
  expect(takeOver()).toContain('percona_schema.query_review: 1 class');
  expect(() => takeOver('--review-table', 'digest')).toThrow('There is no table percona_schema.digest');
  expect(() => takeOver('--history-schema', 'sys', '--history-table', 'runs')).toThrow('There is no table sys.runs');
  expect(() => takeOver('--schema', 'sys')).toThrow('There is no table sys.query_review');
});

/** As the inventory names it: by what the server says of itself. */
function nameOfPrimary(): string {
  const { clusters } = JSON.parse(midwatch('fleet', 'status', '--json')) as {
    readonly clusters: readonly {
      readonly instances: readonly { readonly name: string; readonly port: number }[];
    }[];
  };
  return clusters[0]?.instances.find((one) => one.port === fleet.primary.port)?.name ?? '';
}
