/** What made-up failovers are built of: prices, a verdict, the ladder, rules. */
import type { Loss } from '@shared/model/plan';
import type { FenceRung, Verdict } from '@shared/model/verdict';

export const received: Loss = {
  basis: 'every-write-received',
  transactions: 0,
  gtid: '',
  bytes: 0,
  unknownSeconds: 0,
  unknownTransactions: 0,
  sentence:
    'Loses 0 transactions: orders-eu-2 has received all that orders-eu-1 wrote; the binary log on its disk ends where orders-eu-2 ends.',
};

export const behind: Loss = {
  basis: 'disk',
  transactions: 37,
  gtid: '3e11fa47-71ca-11e1-9e33-c80aa9429562:48210341-48210377',
  bytes: 112_000,
  unknownSeconds: 0,
  unknownTransactions: 0,
  sentence: 'Loses 37 transactions (112 kB): counted in the binary log on the disk of orders-eu-1.',
};

export const sinceAnswer: Loss = {
  basis: 'last-answer',
  transactions: 12,
  gtid: '3e11fa47-71ca-11e1-9e33-c80aa9429562:991204-991215',
  bytes: 900_000,
  unknownSeconds: 0.8,
  unknownTransactions: 40,
  sentence:
    'Loses 12 transactions (0.9 MB) for certain, and what was committed in the 0.8 s after the last answer, about 40.',
};

export const notKnown: Loss = {
  ...sinceAnswer,
  basis: 'unknown',
  transactions: null,
  bytes: null,
  gtid: '',
  unknownSeconds: null,
  unknownTransactions: null,
  sentence: 'What it loses is not known: it was never seen beside ledger-us-1.',
};

export const dead = (primary: string, replicas: string): Verdict => ({
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

export const ladder = (
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

export const rule = (
  text: string,
  evidence: string,
  holds = true,
): { readonly rule: string; readonly holds: boolean; readonly evidence: string } => ({
  rule: text,
  holds,
  evidence,
});

export const rulesOf = (lost: string, wait: string, calm = true): ReturnType<typeof rule>[] => [
  rule('Answers this console', 'asked 1 s ago, 11 ms'),
  rule('Follows the lost primary, directly', 'one channel, by GTID'),
  rule('Holds no errant transaction', '0 of its own'),
  rule('Nobody has more than it', lost, calm),
  rule('Catches up in 10 s', wait, calm),
  rule('Keeps what it commits', 'sync_binlog 1, flush at commit 1'),
];
