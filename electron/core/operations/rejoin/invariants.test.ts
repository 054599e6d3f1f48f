import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MidwatchError } from '@shared/errors';
import type { PlanChoice, Step } from '@shared/model/plan';
import type { Instance } from '@shared/model/inventory';
import { mariadbDialect } from '../../dialect/mariadb';
import { mysqlDialect } from '../../dialect/mysql';
import type { ServerSample } from '../../dialect/server-sample';
import { switchoverSql } from '../../dialect/switchover-sql';
import { deriveTopology } from '../../fleet/topology';
import { unseen } from '../../monitor/observation';
import { channelOf, factsOf, sampleOf } from '../../testing/sample-of';
import type { ClusterReading, ReachedInstance } from '../cluster-reading';
import type { DivergenceReading } from '../divergence/divergence-of';
import { evidence, evidenceStep } from '../divergence/evidence';
import type { Ask } from '../divergence/log-reach';
import { StepFailure, type StepContext } from '../operation-kind';
import { attestationOf, choicesOf, countOf, rejoinChoices, type ChoicesInput } from './choices';
import { rejoinPreflight, type RejoinPreflightInput } from './preflight';
import { namesOf, rejoinStepCode } from './step-code';
import { rejoinSteps, type RejoinStepsInput } from './steps-data';
import { promotedLater, rejoinParties } from './who';

const uuid = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const own = `${uuid}:101-103`;

const reached = (name: string, sample: Partial<ServerSample> = {}): ReachedInstance => {
  const instance: Instance = { id: name, name, host: name, port: 3306, via: [] };
  return {
    instance,
    reached: true,
    dialect: mysqlDialect,
    facts: factsOf({
      serverUuid: `uuid-${name}`,
      variables: new Map([['log_bin', 'ON']]),
      grants: ["GRANT ALL PRIVILEGES ON *.* TO 'x'@'%'"],
    }),
    sample: sampleOf({ gtidExecuted: `${uuid}:1-100`, readOnly: (sample.channels ?? []).length > 0, ...sample }),
    preparedXa: 0,
    enabledEvents: 0,
    privilegedAccounts: '',
    longestWriteSeconds: 0,
    partialTransaction: '',
    binlogState: '',
    channelSettings: null,
  };
};

const readingOf = (...readings: readonly ReachedInstance[]): ClusterReading => ({
  cluster: {
    id: 'c',
    name: 'c',
    user: 'u',
    tls: { mode: 'off' },
    instances: readings.map((one) => one.instance),
    heartbeat: { kind: 'none' },
    pinned: false,
    connectionBudget: 4,
  },
  atMs: 0,
  readings,
  topology: deriveTopology(
    readings.map((one) => ({ ...unseen('c', one.instance), sample: one.sample, facts: one.facts })),
  ),
  dialect: 'mysql',
});

const below = (source: string, more: Parameters<typeof channelOf>[0] = {}): Partial<ServerSample> => ({
  channels: [channelOf({ sourceHost: source, ...more })],
});

const divergenceWith = (change: {
  readonly errant?: DivergenceReading['errant'];
  readonly way?: DivergenceReading['way'];
  readonly behind?: Partial<DivergenceReading['behind']>;
}): DivergenceReading => ({
  errant: change.errant ?? { text: '', count: 0 },
  way: change.way ?? null,
  behind: { transactions: 40, purgedText: '', purgedTransactions: 0, unknown: '', ...change.behind },
  divergence: {
    instance: 'db-1',
    against: 'db-2',
    errantGtid: '',
    errantTransactions: 0,
    behindTransactions: 40,
    purgedGtid: '',
    purgedTransactions: 0,
    rows: [],
    rowsLeftOut: '',
  },
});

const bySsh: DivergenceReading['way'] = {
  by: 'ssh',
  logs: {
    access: { via: ['h'], sudo: false },
    dialect: 'mysql',
    binaryLogBase: '/d/binlog',
    firstLog: '',
    errant: own,
  },
};
const errantReading = divergenceWith({ errant: { text: own, count: 3 }, way: bySsh });

const choices = (change: Partial<ChoicesInput> = {}): readonly PlanChoice[] =>
  choicesOf({
    instance: 'db-1',
    primary: 'db-2',
    dialect: 'mysql',
    reading: divergenceWith({}),
    applierError: '',
    asked: undefined,
    ...change,
  });
const possible = (change: Partial<ChoicesInput>): readonly string[] =>
  choices(change)
    .filter((one) => one.possible)
    .map((one) => one.code);
const chosen = (change: Partial<ChoicesInput>): string => choices(change).find((one) => one.chosen)?.code ?? '';

describe('the choices', () => {
  it('A choice that is not possible says why, and refuses the plan.', () => {
    const cases: readonly [Partial<ChoicesInput>, readonly string[], string][] = [
      [{}, ['incremental', 're-provision'], 'incremental'],
      [{ reading: errantReading }, ['re-provision', 'inject-empty'], 're-provision'],
      [{ reading: errantReading, dialect: 'mariadb' }, ['re-provision'], 're-provision'],
      [
        { reading: divergenceWith({ behind: { purgedText: 'x:1', purgedTransactions: 1 } }) },
        ['re-provision'],
        're-provision',
      ],
      [{ reading: divergenceWith({ behind: { unknown: 'refused' } }) }, ['re-provision'], 're-provision'],
      [{ applierError: 'Duplicate entry' }, ['re-provision'], 're-provision'],
      [
        { reading: divergenceWith({ errant: { text: own, count: 1001 }, way: bySsh }) },
        ['re-provision'],
        're-provision',
      ],
      [
        { reading: divergenceWith({ errant: { text: own, count: 3 }, way: { by: 'none', why: 'purged' } }) },
        [],
        're-provision',
      ],
    ];
    for (const [change, wanted, best] of cases) {
      expect(possible(change)).toEqual(wanted);
      expect(chosen(change)).toBe(best);
      for (const one of choices(change)) expect(one.why === '').toBe(one.possible);
    }
    expect(chosen({ reading: errantReading, asked: 'incremental' })).toBe('incremental');
    expect(chosen({ asked: 'sideways' })).toBe('');
  });

  it('What is not known is null and said, never 0.', () => {
    const unknown = divergenceWith({
      errant: { text: '0-1-9', count: null },
      way: bySsh,
      behind: { transactions: null },
    });
    expect(countOf(unknown)).toBe('an unknown number of');
    expect(
      choices({ reading: unknown, dialect: 'mariadb' })
        .map((one) => one.consequence)
        .join(),
    ).not.toMatch(/\b0 /);
    const check = checksOf({
      divergence: divergenceWith({ behind: { transactions: null, purgedTransactions: null, unknown: 'refused' } }),
    });
    expect(check('purged')).toMatchObject({ status: 'unknown', evidence: 'refused' });
    expect(checksOf({ divergence: null })('errant').status).toBe('unknown');
    expect(checksOf({ promotedLater: null })('live-primary').status).toBe('unknown');
  });

  it('asks for an oath where data will differ or evidence is not whole', () => {
    const names = { instance: 'db-1', primary: 'db-2' };
    const bySql = divergenceWith({ errant: { text: own, count: 3 }, way: { by: 'sql', firstLog: '', why: 'no SSH' } });
    expect(attestationOf('incremental', divergenceWith({}), names)).toBeNull();
    expect(attestationOf('re-provision', errantReading, names)).toBeNull();
    expect(attestationOf('re-provision', bySql, names)?.expected).toBe('db-1 undecoded');
    expect(attestationOf('inject-empty', errantReading, names)?.expected).toBe('db-1 differs');
    expect(attestationOf('inject-empty', bySql, names)?.statement).toContain('not decoded');
  });
});

const old = reached('db-1', { readOnly: false });
const primary = reached('db-2');
const sibling = reached('db-3', below('db-2'));

function checksOf(
  change: Partial<RejoinPreflightInput>,
): (code: string) => { readonly status: string; readonly evidence: string } {
  const checks = rejoinPreflight({
    reading: readingOf(old, primary, sibling),
    instance: old,
    primary,
    divergence: divergenceWith({}),
    promotedLater: '',
    endpointLeadsThere: null,
    logFilters: '',
    login: { ok: true, evidence: 'repl signs in' },
    choice: 'incremental',
    interruptedRun: null,
    quarantinedBy: null,
    ...change,
  });
  return (code) => checks.find((one) => one.code === code) ?? { status: 'not asked', evidence: '' };
}

describe('who returns', () => {
  const who = (
    readings: readonly ReachedInstance[],
    given: { readonly instanceId?: string; readonly quarantined?: readonly string[] } = {},
  ): readonly (string | undefined)[] => {
    const found = rejoinParties(readingOf(...readings), {
      instanceId: given.instanceId,
      quarantined: given.quarantined ?? [],
    });
    return [found.instance?.instance.name, found.primary?.instance.name];
  };

  it('Whoever others follow is not the one that returns.', () => {
    expect(who([old, primary, sibling])).toEqual(['db-1', 'db-2']);
    // A record says that db-2 is the old one, and db-3 follows it.
    expect(who([old, primary, sibling], { quarantined: ['db-2'] })).toEqual(['db-1', 'db-2']);
    expect(who([old, primary, sibling], { instanceId: 'db-2', quarantined: ['db-2'] })).toEqual(['db-2', 'db-2']);
    const refused = checksOf({ instance: primary, primary });
    expect(refused('one-primary')).toMatchObject({ status: 'fail', evidence: 'db-2 is the primary itself' });
    const followed = readingOf(old, primary, sibling, reached('db-4', below('db-1')));
    expect(checksOf({ reading: followed })('live-primary')).toMatchObject({
      status: 'fail',
      evidence: 'db-4 follow db-1',
    });
  });

  it('has nothing to do where it is a healthy replica already', () => {
    const healthy = reached('db-1', below('db-2'));
    const reading = readingOf(healthy, primary, sibling);
    expect(checksOf({ instance: healthy, reading })('instance').evidence).toContain('already');
    expect(checksOf({ instance: healthy, reading })('instance').status).toBe('fail');
    expect(checksOf({ instance: healthy, reading, divergence: errantReading })('instance').status).toBe('pass');
  });

  it('is told of two servers by the quarantine, and of nobody where both take writes', () => {
    expect(who([old, primary], { quarantined: ['db-1'] })).toEqual(['db-1', 'db-2']);
    expect(who([old, primary])).toEqual(['db-1', undefined]);
    expect(checksOf({ primary: null })('one-primary').status).toBe('fail');
  });

  it('Who was opened last is not the one that returns.', async () => {
    const marker = [{ run: 'r-9', name: 'db-1', at: '2026-11-23 00:31:32' }];
    const has =
      (present: number): Ask =>
      async () => [{ present }];
    const nothing: Ask = async () => Promise.reject(new Error('Table does not exist'));
    expect(await promotedLater(async () => marker, has(1))).toBe('');
    expect(await promotedLater(nothing, has(0))).toBe('');
    expect(await promotedLater(async () => marker, nothing)).toBeNull();
    const noSuchTable: Ask = async () =>
      Promise.reject(new MidwatchError('statement-failed', 'no table', { details: { errno: '1146' } }));
    expect(await promotedLater(async () => marker, noSuchTable)).toContain('db-1');
    const later = await promotedLater(async () => marker, has(0));
    expect(later).toContain('db-1');
    expect(checksOf({ promotedLater: later })('live-primary')).toMatchObject({
      status: 'fail',
      evidence: expect.stringContaining('db-1 is the newer primary') as string,
    });
  });

  it('is compared by version, filters, channels and what it received', () => {
    const version = (text: string): ReachedInstance => ({ ...old, facts: { ...old.facts, version: text } });
    expect(checksOf({})('version').status).toBe('pass');
    expect(checksOf({ instance: version('8.4.1') })('version').status).toBe('fail');
    expect(checksOf({ instance: version('9.7.3') })('version').status).toBe('warn');
    expect(checksOf({ instance: { ...old, dialect: mariadbDialect } })('product').status).toBe('fail');
    expect(checksOf({ logFilters: 'app' })('filters').status).toBe('fail');
    const received = reached('db-1', below('db-9', { receivedGtid: `${uuid}:101-105`, applier: 'stopped' }));
    expect(checksOf({ instance: received })('relay-log').status).toBe('fail');
    const waiting = reached('db-1', { counters: new Map([['rpl_semi_sync_source_wait_sessions', 3]]) });
    expect(checksOf({ instance: waiting })('errant')).toMatchObject({ status: 'warn' });
  });
});

const stepsOf = (change: Partial<RejoinStepsInput> = {}): readonly Step[] => {
  const party = (name: string, serverId: number): RejoinStepsInput['instance'] => ({
    id: name,
    name,
    host: name,
    port: 3306,
    serverId,
  });
  const errant = change.errant ?? '';
  return rejoinSteps({
    dialect: 'mysql',
    sql: switchoverSql.mysql,
    instance: party('db-1', 1),
    primary: party('db-2', 2),
    everyone: [party('db-1', 1), party('db-2', 2)],
    choice: 'incremental',
    settings: { user: 'repl', sslAllowed: true, getPublicKey: false, heartbeatSeconds: 1, connectRetrySeconds: 1 },
    setsOwnPosition: false,
    errant,
    errantCount: errant === '' ? 0 : 3,
    evidence: errant === '' ? null : evidenceStep({ id: 'db-1', name: 'db-1' }, 'mysql', errantReading),
    position: '',
    channel: 'none',
    isSemiSyncSource: true,
    clusterUsesSemiSync: true,
    ...change,
  });
};

describe('the steps', () => {
  it('Only names that were given to the primary cannot be taken back: nothing else is a point of no return.', () => {
    for (const choice of rejoinChoices) {
      const steps = stepsOf({ choice, errant: choice === 'incremental' ? '' : own });
      expect(steps.filter((one) => one.pointOfNoReturn).map((one) => one.id)).toEqual(
        choice === 'inject-empty' ? ['inject'] : [],
      );
      expect(steps.slice(0, 3).map((one) => one.id)).toEqual(['lock', 'fence', 'quarantine']);
      for (const id of ['fence', 'quarantine']) expect(steps.find((one) => one.id === id)?.undo).toBeNull();
      for (const one of steps) expect(rejoinStepCode[one.action], one.action).toBeDefined();
      const follows = steps.findIndex((one) => one.id === 'follow');
      const saved = steps.findIndex((one) => one.id === 'evidence');
      expect(follows >= 0).toBe(choice !== 're-provision');
      if (follows >= 0 && saved >= 0) expect(saved).toBeLessThan(follows);
    }
    expect(rejoinStepCode['fence']?.undo).toBeUndefined();
  });

  it('name each transaction of a set once', () => {
    expect(namesOf(`${uuid}:5-6:9`)).toEqual([`${uuid}:5`, `${uuid}:6`, `${uuid}:9`]);
  });
});

describe('the evidence', () => {
  const printed = (...numbers: readonly number[]): string =>
    ['DELIMITER /*!*/;', ...numbers.map((n) => `SET @@SESSION.GTID_NEXT= '${uuid}:${n}'/*!*/;`)].join('\n');

  function contextOf(
    answers: Readonly<Record<string, string>>,
    exitCode = 0,
  ): { context: StepContext; saved: string[] } {
    const saved: string[] = [];
    const memory = new Map<string, string>();
    const step = evidenceStep({ id: 'db-1', name: 'db-1' }, 'mysql', errantReading);
    if (!step) throw new Error('no step');
    const context: Partial<StepContext> = {
      step,
      memory: {
        get: (name) => memory.get(name) ?? '',
        find: (name) => memory.get(name) ?? '',
        set: (name, value) => void memory.set(name, value),
      },
      command: async (key) => ({ exitCode, stdout: answers[key] ?? '', stderr: '', truncated: false }),
      saveEvidence: async (name) => `/evidence/${saved.push(name)}`,
    };
    return { context: context as StepContext, saved };
  }

  it('Evidence that lacks one transaction stops the run.', async () => {
    const whole = printed(101, 102, 103);
    for (const answers of [
      { decoded: printed(101, 103), replayable: whole },
      { decoded: whole, replayable: printed(102, 103) },
      { decoded: '', replayable: '' },
    ]) {
      const { context, saved } = contextOf(answers);
      await expect(evidence.run(context)).rejects.toThrow('nothing is thrown away');
      expect(saved).toEqual([]);
      await expect(evidence.verify(context)).rejects.toThrow(StepFailure);
    }
    await expect(evidence.run(contextOf({ decoded: whole, replayable: whole }, 1).context)).rejects.toThrow(
      StepFailure,
    );
    const { context, saved } = contextOf({ decoded: whole, replayable: whole });
    await evidence.run(context);
    expect(saved).toEqual(['db-1-errant-decoded.sql', 'db-1-errant-replayable.sql']);
    expect(await evidence.verify(context)).toContain('3 transactions');
  });

  it('is no step where nothing is errant, or nothing can be saved', () => {
    const none = divergenceWith({ errant: { text: own, count: 3 }, way: { by: 'none', why: 'purged' } });
    for (const reading of [divergenceWith({}), none])
      expect(evidenceStep({ id: 'db-1', name: 'db-1' }, 'mysql', reading)).toBeNull();
  });
});

describe('INVARIANTS.md', () => {
  it('has a test with the same words for every sentence', () => {
    const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
    const tests = (read('./invariants.test.ts') + read('./invariants.server.test.ts')).replaceAll("\\'", "'");
    const sentences = [...read('./INVARIANTS.md').matchAll(/^\d+\. (.+)$/gm)].map((match) => match[1] ?? '');
    expect(sentences).toHaveLength(17);
    expect(sentences.filter((one) => !tests.includes(`it('${one}'`) && !tests.includes(`it("${one}"`))).toEqual([]);
  });
});
