/** Made-up failovers: one that loses nothing, one that needs a person's word, one that must not be. */
import type { Loss, Plan, Step } from '@shared/model/plan';
import type { FenceRung, Verdict } from '@shared/model/verdict';
import { demoCandidate, demoCheck, demoStep } from './demo-plan';

const received: Loss = {
  basis: 'every-write-received',
  transactions: 0,
  gtid: '',
  bytes: 0,
  unknownSeconds: 0,
  unknownTransactions: 0,
  sentence:
    'Loses 0 transactions: orders-eu-2 has received all that orders-eu-1 wrote; the binary log on its disk ends where orders-eu-2 ends.',
};

const behind: Loss = {
  basis: 'disk',
  transactions: 37,
  gtid: '3e11fa47-71ca-11e1-9e33-c80aa9429562:48210341-48210377',
  bytes: 112_000,
  unknownSeconds: 0,
  unknownTransactions: 0,
  sentence: 'Loses 37 transactions (112 kB): counted in the binary log on the disk of orders-eu-1.',
};

const sinceAnswer: Loss = {
  basis: 'last-answer',
  transactions: 12,
  gtid: '3e11fa47-71ca-11e1-9e33-c80aa9429562:991204-991215',
  bytes: 900_000,
  unknownSeconds: 0.8,
  unknownTransactions: 40,
  sentence:
    'Loses 12 transactions (0.9 MB) for certain, and what was committed in the 0.8 s after the last answer, about 40.',
};

const notKnown: Loss = {
  ...sinceAnswer,
  basis: 'unknown',
  transactions: null,
  bytes: null,
  gtid: '',
  unknownSeconds: null,
  unknownTransactions: null,
  sentence: 'What it loses is not known: it was never seen beside ledger-us-1.',
};

const dead = (primary: string, replicas: string): Verdict => ({
  kind: 'dead',
  sentence: `${primary} is dead: its host refuses connections from 3 places, and its process is gone`,
  offersFailover: true,
  nextStep: 'Choose whom to promote, then type the name of the cluster.',
  viewpoints: [
    { from: 'This console', kind: 'console', saw: 'refuses', evidence: 'port 3306 refused, 3 of 3 tries', ageMs: 900 },
    { from: replicas, kind: 'replica', saw: 'gone', evidence: 'receivers lost it at 03:09:41, all 4', ageMs: 1_100 },
    {
      from: 'Host by SSH',
      kind: 'host',
      saw: 'refuses',
      evidence: 'host up; mysqld ended by the OOM killer',
      ageMs: 4_000,
    },
    {
      from: 'Application endpoint',
      kind: 'endpoint',
      saw: 'refuses',
      evidence: 'orders.db.internal:3306 refused',
      ageMs: 1_400,
    },
  ],
});

const ladder = (
  usable: Partial<Record<FenceRung['code'], string>>,
  missing: Record<FenceRung['code'], string>,
): readonly FenceRung[] =>
  (
    [
      ['sql', 'SQL: read-only, sessions ended'],
      ['ssh-stop', 'SSH: stop the service'],
      ['ssh-kill', 'SSH: end the process'],
      ['hook', 'Fence hook: power off'],
      ['attestation', 'A person swears that it is off'],
    ] as const
  ).map(([code, title]) => ({ code, title, usable: usable[code] !== undefined, why: usable[code] ?? missing[code] }));

const stepsOf = (cluster: string, candidate: string, sshFence: boolean): readonly Step[] => {
  const primary = `${cluster}-1`;
  const others = `${cluster}-3, -4, -5`;
  return [
    demoStep({
      id: 'lock',
      title: 'Lock the cluster',
      target: `${cluster}-2 … -5`,
      plannedMs: 100,
      send: [`SELECT GET_LOCK('midwatch:${cluster}', 0)`],
    }),
    sshFence
      ? demoStep({
          id: 'fence',
          title: `Fence ${primary}: stop and mask mysqld`,
          target: `host ${primary}`,
          plannedMs: 1_200,
          by: 'ssh',
          send: ['sudo systemctl stop mysqld.service', 'sudo systemctl mask mysqld.service'],
        })
      : demoStep({
          id: 'fence',
          title: `Fence ${primary}: taken on a person's word`,
          target: primary,
          plannedMs: 50,
          by: 'hook',
          send: [],
        }),
    demoStep({
      id: 'freeze',
      title: 'Freeze what is received',
      target: others,
      plannedMs: 100,
      send: ['STOP REPLICA IO_THREAD'],
    }),
    demoStep({
      id: 'drain',
      title: `Drain ${candidate}: 1,204 transactions`,
      target: candidate,
      plannedMs: 3_100,
      send: ['SELECT WAIT_FOR_EXECUTED_GTID_SET(:received_set, 10)'],
    }),
    demoStep({
      id: 'promote',
      title: `Promote ${candidate}`,
      target: candidate,
      plannedMs: 300,
      send: ["STOP REPLICA FOR CHANNEL ''", 'SET PERSIST super_read_only = OFF', 'SET PERSIST read_only = OFF'],
      pointOfNoReturn: true,
      undo: null,
    }),
    demoStep({
      id: 'traffic',
      title: `Point traffic to ${candidate}`,
      target: 'application endpoint',
      plannedMs: 400,
      by: 'hook',
      send: [`/etc/midwatch/repoint.sh --cluster ${cluster} --primary ${candidate}`],
      undo: null,
    }),
    demoStep({
      id: 'prove',
      title: 'Prove by a new connection',
      target: 'application endpoint',
      plannedMs: 120,
      send: ['INSERT INTO midwatch.term VALUES (:term, :run)'],
      undo: null,
    }),
    demoStep({
      id: 'repoint',
      title: `Repoint ${others}`,
      target: others,
      plannedMs: 800,
      send: [
        `CHANGE REPLICATION SOURCE TO SOURCE_HOST='${candidate}', SOURCE_PASSWORD=:replication_password`,
        'START REPLICA',
      ],
      undo: null,
      optional: true,
    }),
  ];
};

const rule = (
  text: string,
  evidence: string,
  holds = true,
): { readonly rule: string; readonly holds: boolean; readonly evidence: string } => ({
  rule: text,
  holds,
  evidence,
});

const rulesOf = (lost: string, wait: string, calm = true): ReturnType<typeof rule>[] => [
  rule('Answers this console', 'asked 1 s ago, 11 ms'),
  rule('Follows the lost primary, directly', 'one channel, by GTID'),
  rule('Holds no errant transaction', '0 of its own'),
  rule('Nobody has more than it', lost, calm),
  rule('Catches up in 10 s', wait, calm),
  rule('Keeps what it commits', 'sync_binlog 1, flush at commit 1'),
];

/** A failover that can run: the host is reached, nothing is lost. `chosen` is the candidate asked for. */
export function demoFailover(nowMs: number, chosen = 'orders-eu-2'): Plan {
  const cluster = 'orders-eu';
  const second = chosen === 'orders-eu-3';
  const candidate = second ? 'orders-eu-3' : 'orders-eu-2';
  const lost = second ? 37 : 0;
  return {
    id: 'plan-2',
    kind: 'failover',
    clusterId: cluster,
    cluster,
    title: `Failover: ${cluster}`,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + 30_000,
    basis: { seenAtMs: nowMs, facts: { primary: 'orders-eu-1', verdict: 'dead' } },
    choices: [],
    divergence: null,
    verdict: dead('orders-eu-1', 'orders-eu-2, -3, -4, -5'),
    fence: ladder(
      {
        'ssh-stop': 'Stops and masks mysqld.service; rehearsed 4 s ago, sudo allowed',
        'ssh-kill': 'Held in reserve: proves that no process is left',
        hook: 'Held in reserve: /etc/midwatch/power-off.sh',
      },
      {
        sql: 'orders-eu-1 refuses connections',
        'ssh-stop': '',
        'ssh-kill': '',
        hook: '',
        attestation: 'Not needed: the host is reached by SSH',
      },
    ),
    attestation: null,
    drillId: null,
    checks: [
      demoCheck('lock', 'No other operation', 'lock free on 4 of 4'),
      demoCheck('replicas', 'Replicas answer', '4 of 4 in under 0.1 s'),
      demoCheck(
        'errant',
        'No errant transactions',
        '3 on orders-eu-5',
        'warn',
        'It is left behind and must be rebuilt.',
      ),
      demoCheck('grants', 'The account may do it all', '6 of 6 capabilities on 4 of 4'),
      demoCheck('endpoint', 'The endpoint can be moved', 're-point hook answers'),
    ].map((each) => ({ ...each, atMs: nowMs - 1_000 })),
    candidates: [
      demoCandidate({
        instance: 'orders-eu-2',
        state: 'best',
        toApply: 1_204,
        waitSeconds: 3.1,
        why: 'Received all that orders-eu-1 wrote; same region',
        loss: received,
        rules: rulesOf('received the last transaction, :48210377', '1,204 to apply, about 3.1 s'),
      }),
      demoCandidate({
        instance: 'orders-eu-3',
        state: 'possible',
        toApply: 88,
        waitSeconds: 0.4,
        why: '37 transactions behind orders-eu-2',
        loss: behind,
        rules: rulesOf('37 behind orders-eu-2', '88 to apply, about 0.4 s', false),
      }),
      demoCandidate({
        instance: 'orders-eu-4',
        region: 'us-east',
        state: 'possible',
        toApply: 12,
        waitSeconds: 0.2,
        why: 'Other region: +24 ms for each commit',
        loss: { ...behind, transactions: 2_118, bytes: 6_300_000 },
        rules: rulesOf('2,118 behind orders-eu-2', '12 to apply, about 0.2 s', false),
      }),
      demoCandidate({
        instance: 'orders-eu-5',
        state: 'excluded',
        toApply: 1_482_911,
        waitSeconds: 702,
        why: 'Holds 3 errant transactions; delayed 1 h on purpose',
        loss: { ...notKnown, sentence: 'Not counted: it is excluded.' },
        rules: rulesOf('delayed 1 h on purpose', '702 s', false),
      }),
    ],
    steps: stepsOf(cluster, candidate, true),
    impact: {
      primary: 'orders-eu-1',
      candidate,
      writeGapMs: 6_000,
      lostTransactions: lost,
      sentences: [`Writes are back about 6 s after the click. orders-eu-1 is kept out until it is rejoined.`],
      achieved: '',
    },
    actLabel: `Promote ${candidate}, lose ${lost} transactions`,
    applyable: true,
    refusals: [],
  };
}

/** A failover whose fence no one can prove: the host is lost, so a person must swear that it is off. */
export function demoAttested(nowMs: number): Plan {
  const plan = demoFailover(nowMs);
  const cluster = 'ledger-us';
  return {
    ...plan,
    id: 'plan-3',
    clusterId: cluster,
    cluster,
    title: `Failover: ${cluster}`,
    verdict: {
      ...dead('ledger-us-1', 'ledger-us-2, -3'),
      kind: 'host-lost',
      sentence: 'ledger-us-1 and its host are lost: no answer from 4 places, by SQL or by SSH',
      viewpoints: [
        {
          from: 'This console',
          kind: 'console',
          saw: 'silent',
          evidence: 'no answer in 3 s, 3 of 3 tries',
          ageMs: 900,
        },
        {
          from: 'ledger-us-2, -3',
          kind: 'replica',
          saw: 'silent',
          evidence: 'nothing received for 41 s',
          ageMs: 1_100,
        },
        { from: 'Host by SSH', kind: 'host', saw: 'silent', evidence: 'no route to host', ageMs: 5_000 },
        {
          from: 'Application endpoint',
          kind: 'endpoint',
          saw: 'cannot-tell',
          evidence: 'no endpoint is set',
          ageMs: null,
        },
      ],
    },
    fence: ladder(
      { attestation: 'Needed: nothing else can prove that ledger-us-1 takes no write' },
      {
        sql: 'ledger-us-1 does not answer',
        'ssh-stop': 'Its host does not answer',
        'ssh-kill': 'Its host does not answer',
        hook: 'No fence hook is set',
        attestation: '',
      },
    ),
    attestation: {
      statement: 'I have made sure that the host us-east-db7.internal is off and cannot come back by itself.',
      expected: 'us-east-db7.internal',
    },
    candidates: [
      demoCandidate({
        instance: 'ledger-us-2',
        region: 'us-east',
        state: 'best',
        toApply: 88,
        waitSeconds: 0.4,
        why: 'Received most; nobody has more',
        loss: sinceAnswer,
        rules: rulesOf('nobody has more', '88 to apply, about 0.4 s'),
      }),
      demoCandidate({
        instance: 'ledger-us-3',
        region: 'us-west',
        state: 'possible',
        toApply: 0,
        waitSeconds: 0.1,
        why: 'Other region',
        loss: notKnown,
        rules: rulesOf('not known', '0 to apply'),
      }),
    ],
    steps: stepsOf(cluster, 'ledger-us-2', false),
    impact: { ...plan.impact, primary: 'ledger-us-1', candidate: 'ledger-us-2', lostTransactions: 12 },
    actLabel: 'Promote ledger-us-2, lose 12 transactions and about 40 not known',
  };
}

/** Others still see the primary: a failover would make two. */
export function demoUnseen(nowMs: number): Plan {
  const plan = demoFailover(nowMs);
  return {
    ...plan,
    id: 'plan-4',
    clusterId: 'media-ap',
    cluster: 'media-ap',
    title: 'Failover: media-ap',
    verdict: {
      kind: 'unseen',
      sentence: 'media-ap-1 is alive: only this console does not see it',
      offersFailover: false,
      nextStep: 'Mend the way there: bastion-sin has been down for 48 s. Applications write as before.',
      viewpoints: [
        { from: 'This console', kind: 'console', saw: 'silent', evidence: 'bastion-sin down for 48 s', ageMs: 900 },
        {
          from: 'media-ap-2',
          kind: 'replica',
          saw: 'answers',
          evidence: 'received a heartbeat 0.6 s ago',
          ageMs: 1_100,
        },
        {
          from: 'Application endpoint',
          kind: 'endpoint',
          saw: 'answers',
          evidence: 'accepts connections; writable',
          ageMs: 1_400,
        },
      ],
    },
    fence: [],
    candidates: [],
    steps: [],
    checks: plan.checks.slice(0, 2),
    impact: { primary: 'media-ap-1', candidate: '', writeGapMs: 0, lostTransactions: 0, sentences: [], achieved: '' },
    actLabel: '',
    applyable: false,
    refusals: ['media-ap-1 is alive and takes writes: a failover would make a second primary'],
  };
}
