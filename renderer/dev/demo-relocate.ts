/** A made-up relocation in payments: a replica of us-east is moved. */
import { bareParts, type Candidate, type Plan, type Step } from '@shared/model/plan';
import { demoCandidate, demoCheck, demoStep } from './demo-plan';

const stepsTo = (replica: string, source: string): readonly Step[] => [
  demoStep({
    id: 'lock',
    title: 'Lock the cluster',
    target: '6 instances',
    plannedMs: 60,
    send: ["SELECT GET_LOCK('midwatch.operation', 0)"],
  }),
  demoStep({
    id: 'drain',
    title: `Let ${replica} apply everything it has received`,
    target: replica,
    plannedMs: 300,
    send: ["SHOW REPLICA STATUS FOR CHANNEL ''"],
  }),
  demoStep({
    id: 'stop',
    title: `Stop replication on ${replica}`,
    target: replica,
    plannedMs: 60,
    send: ["STOP REPLICA FOR CHANNEL ''"],
  }),
  demoStep({
    id: 'change',
    title: `Point ${replica} to ${source}`,
    target: replica,
    plannedMs: 60,
    send: [`CHANGE REPLICATION SOURCE TO SOURCE_HOST = '${source}', SOURCE_PORT = 3306 FOR CHANNEL ''`],
  }),
  demoStep({
    id: 'start',
    title: `Let ${replica} follow ${source}`,
    target: replica,
    plannedMs: 300,
    send: ["START REPLICA FOR CHANNEL ''"],
  }),
  demoStep({
    id: 'marker',
    title: `Write a row on payments-1 that ${replica} must get`,
    target: 'payments-1',
    plannedMs: 30,
    send: ['INSERT INTO midwatch.operation_marker VALUES (:runId, :candidate, UTC_TIMESTAMP(6))'],
  }),
  demoStep({
    id: 'prove',
    title: `Prove that ${replica} gets what payments-1 commits`,
    target: replica,
    plannedMs: 300,
    send: ['SELECT COUNT(*) AS present FROM midwatch.operation_marker WHERE run_id = :runId'],
  }),
];

const source = (instance: string, region: string, why: string, state: Candidate['state'], lacks = 0): Candidate =>
  demoCandidate({
    instance,
    region,
    state,
    toApply: lacks,
    waitSeconds: null,
    why,
    loss: null,
    rules: [
      { rule: 'Not below the replica itself', holds: !why.includes('itself'), evidence: why },
      { rule: 'Writes its own log of what it replicates', holds: true, evidence: '' },
      { rule: 'Has or gets what it holds', holds: true, evidence: '' },
    ],
  });

export function demoRelocate(nowMs: number, replica = 'pay-us-east-2', asked = 'payments-1'): Plan {
  const board = [
    source('payments-1', 'eu-central', 'the primary itself, holds all of it', 'best'),
    source(
      'pay-ap-south-1',
      'ap-south',
      'directly below the primary, still lacks 12 transactions: the run waits for them',
      'possible',
      12,
    ),
    source(
      'payments-2',
      'eu-central',
      'does not write its own log of what it replicates: log_replica_updates off',
      'excluded',
    ),
    source('pay-us-east-1', 'us-east', `${replica} follows it already`, 'excluded'),
    source('pay-ap-south-2', 'ap-south', 'delayed on purpose by 3600 s', 'excluded'),
  ];
  const chosen = board.find((each) => each.instanceId === asked) ?? board[0];
  const refusals = chosen?.state === 'excluded' ? [`${chosen.instance}: ${chosen.why}`] : [];
  const name = chosen?.instance ?? '';
  return {
    ...bareParts,
    id: 'plan-relocate',
    kind: 'relocate',
    clusterId: 'payments',
    cluster: 'payments',
    title: `Relocation of ${replica} in payments: pay-us-east-1 to ${name}`,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + 60_000,
    basis: { seenAtMs: nowMs, facts: { primary: 'payments-1' } },
    checks: [
      demoCheck('primary', 'The primary answers', 'payments-1'),
      demoCheck('replica', 'The replica follows one source', `${replica} follows pay-us-east-1:3306`),
      demoCheck(
        'drain',
        'What it has received can be applied first',
        '4 transactions received and to apply when asked',
      ),
      demoCheck('old-source', 'The way back', 'every step can be turned back to pay-us-east-1'),
      demoCheck(
        'semi-sync',
        'Its source keeps enough semi-sync ackers',
        'pay-us-east-1 waits for 1, 1 left',
        'warn',
        'None to spare: the next loss holds its commits up',
      ),
      demoCheck('login', 'The new source lets it in', `repl signs in to ${name} and may replicate`),
    ].map((each) => ({ ...each, atMs: nowMs - 1_000 })),
    candidates: board,
    steps: refusals.length > 0 ? [] : stepsTo(replica, name),
    impact: {
      primary: 'payments-1',
      candidate: replica,
      writeGapMs: 0,
      lostTransactions: 0,
      sentences: [
        'Writes on payments-1 go on: nothing waits, nothing is lost',
        `${replica} receives nothing for about 0.7 s; reads on it see data that old`,
        `Every step can be turned back: ${replica} then follows pay-us-east-1 again`,
      ],
      achieved: `${replica} follows ${name}, proven by a row that payments-1 committed after the move`,
    },
    actLabel: `Let ${replica} follow ${name}`,
    applyable: refusals.length === 0,
    refusals,
  };
}
