/** A made-up re-provision: audit-1 is filled anew from audit-3. */
import { bareParts, type Plan, type Step } from '@shared/model/plan';
import { demoCandidate, demoCheck, demoStep } from './demo-plan';

const steps: readonly Step[] = [
  demoStep({
    id: 'lock',
    title: 'Lock the cluster',
    target: '4 instances',
    plannedMs: 60,
    send: ["SELECT GET_LOCK('midwatch.operation', 0)"],
  }),
  demoStep({
    id: 'plugin',
    title: 'Load the clone plugin on both',
    target: 'audit-3, audit-1',
    plannedMs: 200,
    send: ["INSTALL PLUGIN clone SONAME 'mysql_clone.so'"],
  }),
  demoStep({
    id: 'clone',
    title: 'Copy all data from audit-3',
    target: 'audit-1',
    plannedMs: 31_000,
    send: [
      'SET GLOBAL super_read_only = OFF',
      "CLONE INSTANCE FROM 'midwatch'@'audit-3':3306 IDENTIFIED BY :donor_password REQUIRE SSL",
    ],
    pointOfNoReturn: true,
    undo: null,
  }),
  demoStep({
    id: 'restart',
    title: 'Wait until audit-1 has restarted',
    target: 'audit-1',
    plannedMs: 5_000,
    send: ['SELECT state, error_message FROM performance_schema.clone_status'],
    undo: null,
  }),
  demoStep({
    id: 'follow',
    title: 'Let audit-1 follow audit-2',
    target: 'audit-1',
    plannedMs: 400,
    send: ["CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'audit-2', SOURCE_PASSWORD = :password", 'START REPLICA'],
    undo: null,
  }),
  demoStep({
    id: 'catch-up',
    title: 'Let audit-1 catch up',
    target: 'audit-1',
    plannedMs: 2_000,
    send: ['SELECT WAIT_FOR_EXECUTED_GTID_SET(:position, 30)'],
    undo: null,
  }),
  demoStep({
    id: 'prove',
    title: 'Prove by a new connection',
    target: 'audit-1',
    plannedMs: 120,
    send: ['SHOW REPLICA STATUS'],
    undo: null,
  }),
];

const rules = (holds: boolean, evidence: string): { rule: string; holds: boolean; evidence: string }[] => [
  { rule: 'Same version', holds: true, evidence: '9.7.4' },
  { rule: 'Not the primary', holds, evidence },
];

export function demoReprovision(nowMs: number, donor = 'audit-3'): Plan {
  return {
    ...bareParts,
    id: 'plan-reprovision',
    kind: 'reprovision',
    clusterId: 'audit',
    cluster: 'audit',
    title: `Re-provision of audit-1 in audit from ${donor}`,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + 60_000,
    basis: { seenAtMs: nowMs, facts: { primary: 'audit-2' } },
    checks: [
      demoCheck('disk', 'Enough room on audit-1', '3.4 GB to copy, 81 GB free'),
      demoCheck('grants', 'Both accounts may copy', 'BACKUP_ADMIN on audit-3, CLONE_ADMIN on audit-1'),
      demoCheck('supervisor', 'Somebody starts it again', 'mysqld.service on its host'),
      demoCheck('evidence', 'What only it holds is saved', '2 files of run rejoin-0413'),
    ].map((each) => ({ ...each, atMs: nowMs - 1_000 })),
    candidates: [
      demoCandidate({
        instance: 'audit-3',
        state: 'best',
        toApply: 0,
        waitSeconds: null,
        why: 'A healthy replica away from the primary, 0.1 s behind',
        loss: null,
        rules: rules(true, ''),
      }),
      demoCandidate({
        instance: 'audit-4',
        region: 'eu-west',
        state: 'possible',
        toApply: 0,
        waitSeconds: null,
        why: 'Another region: the copy crosses the ocean',
        loss: null,
        rules: rules(true, ''),
      }),
      demoCandidate({
        instance: 'audit-2',
        state: 'possible',
        toApply: 0,
        waitSeconds: null,
        why: 'The primary: copying from it slows its writes',
        loss: null,
        rules: rules(false, 'is the primary'),
      }),
    ],
    steps,
    impact: {
      primary: 'audit-2',
      candidate: 'audit-1',
      writeGapMs: 0,
      lostTransactions: 0,
      sentences: [
        'Writes on audit-2 go on',
        'All data on audit-1 is replaced, also 3 transactions that only it holds: they are saved',
        'Until step 3 everything can be taken back; after it audit-1 is empty until the copy is done',
      ],
      achieved: 'audit-1 holds the data of audit-3 and follows audit-2.',
    },
    divergence: {
      instance: 'audit-1',
      against: 'audit-2',
      errantGtid: '53d9ba94-e6d8-11f1-a52f-02fc00000001:48210378-48210380',
      errantTransactions: 3,
      behindTransactions: null,
      purgedGtid: '53d9ba94-e6d8-11f1-a52f-02fc00000001:1-900',
      purgedTransactions: 900,
      rows: [],
      rowsLeftOut: 'its host has no SSH access set, so its binary logs cannot be read',
    },
    actLabel: `Replace the data of audit-1 by a copy of ${donor}, after saving 3 transactions of its own`,
    applyable: true,
    refusals: [],
  };
}
