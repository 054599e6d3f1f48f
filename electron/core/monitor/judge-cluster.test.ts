import { describe, expect, it } from 'vitest';
import type { FindingCode } from '@shared/model/health';
import type { Cluster } from '@shared/model/inventory';
import { PrimaryPositions } from '../replication/primary-positions';
import { channelOf, observationOf } from '../testing/sample-of';
import { judgeCluster, type JudgedCluster } from './judge-cluster';
import type { Observation } from './observation';
import { rules } from './rules';

const cluster: Cluster = {
  id: 'c',
  name: 'c',
  user: 'u',
  tls: { mode: 'off' },
  instances: [],
  heartbeat: { kind: 'none' },
  pinned: false,
  connectionBudget: 3,
};
const judge = (observations: readonly Observation[], nowMs = 1_000_500): JudgedCluster =>
  judgeCluster({
    cluster,
    observations,
    positions: new PrimaryPositions(),
    nowMs,
    held: () => 1,
    lagSlopePerMinute: () => null,
    since: () => nowMs,
    isOperating: false,
  });
const primary = observationOf('db-1');
const replica = (
  change: Parameters<typeof channelOf>[0] = {},
  more: Parameters<typeof observationOf>[1] = {},
): Observation =>
  observationOf('db-2', {
    ...more,
    sample: { channels: [channelOf({ sourceUuid: 'uuid-db-1', ...change })], ...more.sample },
  });
const error = (code: 'connection-refused' | 'too-many-connections' | 'version-too-old') => ({
  code,
  message: 'no',
  nextStep: '',
  details: {},
});

describe('findings', () => {
  const cases: readonly (readonly [FindingCode, readonly Observation[]])[] = [
    [
      'primary-unreachable',
      [
        { ...primary, error: error('connection-refused'), failingSinceMs: 900_000 },
        replica({ receiver: 'connecting' }),
      ],
    ],
    ['primary-read-only', [observationOf('db-1', { sample: { readOnly: true } }), replica()]],
    ['several-writable', [primary, observationOf('db-9')]],
    ['instance-unreachable', [primary, { ...replica(), error: error('connection-refused') }]],
    ['too-many-connections', [{ ...primary, error: error('too-many-connections') }, replica()]],
    ['receiver-stopped', [primary, replica({ receiver: 'stopped', receiverErrno: 13114 })]],
    ['receiver-connecting', [primary, replica({ receiver: 'connecting' })]],
    ['receiver-silent', [primary, replica({ heardAtMs: 1_000_000 - 30_000 })]],
    ['applier-stopped', [primary, replica({ applier: 'stopped', applierErrno: 1062 })]],
    ['replica-writable', [primary, replica({}, { sample: { readOnly: false } })]],
    ['delayed-replica', [primary, replica({ delaySeconds: 3600 })]],
    ['replication-filter', [primary, replica({ filters: ['replicate_do_db=x'] })]],
    ['position-based-replication', [primary, replica({ autoPosition: false })]],
    ['version-too-old', [{ ...primary, error: error('version-too-old') }]],
    ['gtid-off', [observationOf('db-1', { facts: { gtidEnabled: false } })]],
    ['long-transaction', [observationOf('db-1', { facts: { longestTransactionSeconds: 90 } })]],
    ['lock-pile-up', [observationOf('db-1', { facts: { lockWaits: 8 } })]],
    ['clock-skew', [primary, replica({}, { rest: { clockSkewMs: 3000 } })]],
    ['version-mismatch', [primary, replica({}, { rest: { version: '8.4.8' } })]],
    [
      'errant-transactions',
      [
        { ...primary, sampledAtMs: 1_000_200 },
        replica({}, { sample: { gtidExecuted: '3e11fa47-71ca-11e1-9e33-c80aa9429562:1' } }),
      ],
    ],
    ['connections-near-limit', [observationOf('db-1', { sample: { counters: new Map([['threads_connected', 95]]) } })]],
  ];
  it.each(cases)('%s', (code, observations) => {
    expect(judge(observations).findings.map((one) => one.code)).toContain(code);
  });

  it('finds nothing in a healthy pair', () => {
    expect(judge([primary, replica()])).toMatchObject({ findings: [], severity: 'ok', primaryId: 'db-1', answered: 2 });
  });

  it('does not call a primary dead that only this console cannot see', () => {
    const found = judge([{ ...primary, error: error('connection-refused'), failingSinceMs: 900_000 }, replica()])
      .findings[0];
    expect(found).toMatchObject({ code: 'primary-unreachable', severity: 'watch' });
    expect(found?.title).toContain('this console cannot see');
  });

  it('asks only direct replicas whether the primary is gone: others hear their intermediate', () => {
    const chained = observationOf('db-3', { sample: { channels: [channelOf({ sourceUuid: 'uuid-db-2' })] } });
    const lost = { ...primary, error: error('connection-refused'), failingSinceMs: 900_000 };
    const [found] = judge([lost, replica({ receiver: 'connecting' }), chained]).findings;
    expect(found).toMatchObject({ code: 'primary-unreachable', severity: 'act' });
    expect(found?.evidence[1]?.text).toBe('1 of 1 lost their source, 0 still hear it');
  });

  it('does not take a new commit for an errant transaction when the replica was asked later', () => {
    const ahead = replica(
      {},
      { sample: { gtidExecuted: '3e11fa47-71ca-11e1-9e33-c80aa9429562:1' }, rest: { sampledAtMs: 1_000_300 } },
    );
    expect(judge([primary, ahead]).findings).toEqual([]);
  });

  it('finds an errant transaction also where every round asks the primary first', () => {
    const gtidExecuted = '3e11fa47-71ca-11e1-9e33-c80aa9429562:1';
    const asked = replica(
      {},
      { sample: { gtidExecuted }, rest: { sampledAtMs: 1_000_300, earlier: { sampledAtMs: 999_300, gtidExecuted } } },
    );
    expect(judge([primary, asked]).findings.map((one) => one.code)).toEqual(['errant-transactions']);
  });

  it('is stale, never calm, when no answer is newer than three polls', () => {
    expect(judge([primary, replica()], 1_005_000).severity).toBe('stale');
    expect(judge([primary, replica()], 1_030_000).severity).toBe('unknown');
  });

  it('has one row for each code, with advice and a page of a manual', () => {
    expect(new Set(rules.map((rule) => rule.code)).size).toBe(rules.length);
    for (const rule of rules)
      expect([
        rule.code,
        rule.advice.length > 20,
        /^https:\/\/(dev\.mysql|mariadb)\.com\//.test(rule.manualUrl),
      ]).toEqual([rule.code, true, true]);
  });
});
