import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Check } from '@shared/model/plan';
import { switchoverSql } from '../../dialect/switchover-sql';
import type { StepContext } from '../operation-kind';
import type { Party } from '../steps/step-data';
import { relocatePreflight } from './preflight';
import { relocateStepCode } from './step-code';
import { relocateSteps } from './steps-data';
import { readingOf, regions as tree, uuid, type Change } from './testing-readings';

function checkOf(
  code: string,
  replica: string,
  changes: Readonly<Record<string, Change | 'silent'>>,
): Check | undefined {
  const reading = readingOf(tree, changes);
  const reached = reading.readings.filter((one) => one.reached);
  const find = (name: string | null | undefined) => reached.find((one) => one.instance.name === name) ?? null;
  const source = tree[replica as keyof typeof tree];
  return relocatePreflight({
    reading,
    primary: find('eu-1'),
    replica: find(replica),
    oldSource: find(source),
    newSource: find('ap-1'),
    children: [],
    login: { ok: true, evidence: 'signs in' },
    interruptedRun: null,
  }).find((one) => one.code === code);
}

const acking = { rpl_semi_sync_replica_enabled: 'ON' };
const waiting = (count: number, clients: number): Change => ({
  variables: { rpl_semi_sync_source_enabled: 'ON', rpl_semi_sync_source_wait_for_replica_count: String(count) },
  sample: { counters: new Map([['rpl_semi_sync_source_clients', clients]]) },
});

const checks: readonly (readonly [string, string, Readonly<Record<string, Change | 'silent'>>, Check['status']])[] = [
  ['primary', 'eu-2', {}, 'pass'],
  ['primary', 'eu-2', { 'eu-1': { sample: { readOnly: true } } }, 'fail'],
  ['replica', 'eu-1', {}, 'fail'],
  ['replica', 'eu-2', {}, 'pass'],
  ['replica', 'eu-2', { 'eu-2': 'silent' }, 'fail'],
  ['replica', 'eu-2', { 'eu-2': { channel: { name: 'b' } } }, 'fail'],
  ['replica', 'eu-2', { 'eu-2': { channel: { autoPosition: false } } }, 'fail'],
  ['replica', 'eu-2', { 'eu-2': { channel: { filters: ['a'] } } }, 'fail'],
  ['replica', 'eu-2', { 'eu-2': { sample: { channels: [] } } }, 'fail'],
  ['others', 'eu-2', { 'us-2': 'silent' }, 'warn'],
  ['drain', 'eu-2', { 'eu-2': { channel: { applier: 'stopped' } } }, 'fail'],
  ['drain', 'eu-2', { 'eu-2': { channel: { delaySeconds: 9 } } }, 'fail'],
  ['drain', 'eu-2', { 'eu-2': { channel: { receivedGtid: `${uuid}:1-130` } } }, 'pass'],
  ['drain', 'eu-2', { 'eu-2': { channel: { receivedGtid: `${uuid}:1-99000` } } }, 'fail'],
  ['old-source', 'us-2', {}, 'pass'],
  ['old-source', 'us-2', { 'us-1': 'silent' }, 'warn'],
  ['errant', 'eu-2', { 'eu-2': { sample: { gtidExecuted: `${uuid}:1-101` } } }, 'fail'],
  ['semi-sync', 'eu-2', {}, 'pass'],
  ['grants', 'eu-2', { 'eu-2': { facts: { grants: ['GRANT PROCESS ON *.* TO `m`@`%`'] } } }, 'fail'],
];

describe('the checks before a relocation', () => {
  it.each(checks)('judge %s of %s', (code, replica, changes, status) => {
    const found = checkOf(code, replica, changes);
    expect([found?.code, found?.status]).toEqual([code, status]);
    expect(found?.evidence).not.toBe('');
  });

  it('The source that is left keeps the semi-sync ackers that it waits for.', () => {
    const status = (count: number, clients: number, replica: Change = { variables: acking }): string | undefined =>
      checkOf('semi-sync', 'eu-2', { 'eu-1': waiting(count, clients), 'eu-2': replica })?.status;
    expect([status(1, 1), status(1, 2), status(1, 3), status(2, 2)]).toEqual(['fail', 'warn', 'pass', 'fail']);
    expect(status(1, 1, {})).toBe('pass');
  });
});

const party = (name: string): Party => ({ id: name, name, host: name, port: 3306, serverId: 1 });
const steps = relocateSteps({
  product: 'mysql',
  sql: switchoverSql.mysql,
  everyone: ['eu-1', 'us-1', 'us-2'].map(party),
  primary: party('eu-1'),
  replica: {
    ...party('us-2'),
    settings: { user: 'repl', sslAllowed: true, getPublicKey: false, heartbeatSeconds: 1, connectRetrySeconds: 1 },
  },
  old: { address: 'us-1:3306', host: 'us-1', port: 3306, party: party('us-1') },
  newSource: party('eu-1'),
  newSourceFollows: '',
  children: [],
  acksWanted: 0,
  ran: true,
  toApply: 0,
});

/** The servers as the code of a step sees them: what stands in the tables, and what was sent. */
function fakeContext(
  action: string,
  seen: { readonly applied: string; readonly held: string; readonly received: string },
) {
  const step = steps.find((one) => one.action === action);
  if (!step) throw new Error(action);
  const sent: string[] = [];
  const memory = new Map([['drained', seen.applied]]);
  const status = {
    Source_Host: 'us-1',
    Source_Port: 3306,
    Replica_IO_Running: 'No',
    Replica_SQL_Running: action === 'change' ? 'No' : 'Yes',
    Retrieved_Gtid_Set: seen.received,
    Auto_Position: 1,
  };
  const context = {
    step,
    memory: {
      get: (name: string) => memory.get(name) ?? '',
      find: (name: string) => memory.get(name) ?? '',
      set: () => undefined,
    },
    signal: new AbortController().signal,
    resumed: false,
    clock: { nowMs: () => 0, monotonicMs: () => 0, sleep: async () => undefined },
    advance: () => undefined,
    note: () => undefined,
    send: async (key: string) => {
      sent.push(key);
      if (key === 'status') return [status];
      if (key === 'applied') return [{ position: seen.applied }];
      return key === 'held' ? [{ position: seen.held }] : [];
    },
  } as unknown as StepContext;
  return { context, sent };
}

describe('the steps', () => {
  it('stand in the one safe order, each with a way back before the proof', () => {
    expect(steps.map((one) => one.id)).toEqual(['lock', 'drain', 'stop', 'change', 'start', 'marker', 'prove']);
    expect(steps.some((one) => one.pointOfNoReturn)).toBe(false);
    const changing = steps.filter((one) => ['stop', 'change', 'start'].includes(one.id));
    for (const one of changing) {
      expect(one.undo).not.toBeNull();
      // All on the replica's own chain of undos, so that they run newest first.
      expect(one.statements.find((each) => each.phase === 'undo')?.instance).toBe('us-2');
    }
  });

  it('hold no secret', () => expect(JSON.stringify(steps)).not.toMatch(/password/i));

  it('A replica is never pointed to a source that lacks what it holds.', async () => {
    const upTo = fc.integer({ min: 1, max: 6 });
    await fc.assert(
      fc.asyncProperty(upTo, upTo, upTo, async (applied, held, received) => {
        const { context, sent } = fakeContext('change', {
          applied: `${uuid}:1-${applied}`,
          held: `${uuid}:1-${held}`,
          received: `${uuid}:1-${received}`,
        });
        const code = relocateStepCode['change'];
        const ran = await (async () => code?.guard?.(context))().then(
          async () => code?.run(context).then(() => true),
          () => false,
        );
        expect(ran).toBe(held >= Math.max(applied, received));
        expect(sent.includes('change')).toBe(ran);
      }),
    );
  });
});

describe('INVARIANTS.md', () => {
  it('has a test with the same words for every sentence', () => {
    const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
    const tests = [
      './invariants.test.ts',
      './source-board.test.ts',
      './invariants.server.test.ts',
      './crash.server.test.ts',
    ]
      .map(read)
      .join('\n');
    const sentences = [...read('./INVARIANTS.md').matchAll(/^\d+\. (.+)$/gm)].map((match) => match[1] ?? '');
    expect(sentences).toHaveLength(14);
    expect(sentences.filter((one) => !tests.includes(`it('${one}'`))).toEqual([]);
  });
});
