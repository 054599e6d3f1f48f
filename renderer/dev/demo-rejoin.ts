/** Made-up rejoins: an old primary with three writes of its own, and one that comes back clean. */
import { bareParts, type Plan, type PlanChoice, type Step } from '@shared/model/plan';
import { demoCheck, demoStep } from './demo-plan';

const gtid = '53d9ba94-e6d8-11f1-a52f-02fc00000001';

const steps: readonly Step[] = [
  demoStep({
    id: 'lock',
    title: 'Lock the cluster',
    target: '4 instances',
    plannedMs: 60,
    send: ["SELECT GET_LOCK('midwatch.operation', 0)"],
  }),
  demoStep({
    id: 'fence',
    title: 'Fence audit-1',
    target: 'audit-1',
    plannedMs: 80,
    send: ['SET SESSION lock_wait_timeout = 2', 'SET PERSIST super_read_only = ON'],
    undo: null,
  }),
  demoStep({
    id: 'freeze',
    title: 'Prove that audit-1 is frozen',
    target: 'audit-1',
    plannedMs: 40,
    send: ['SELECT @@GLOBAL.gtid_executed AS position'],
    undo: null,
  }),
  demoStep({
    id: 'evidence',
    title: 'Save what only audit-1 holds',
    target: 'host audit-1',
    plannedMs: 900,
    by: 'ssh',
    send: ['mysqlbinlog --include-gtids=:errant --base64-output=DECODE-ROWS --verbose binlog.000041'],
    undo: null,
  }),
  demoStep({
    id: 'follow',
    title: 'Let audit-1 follow audit-2',
    target: 'audit-1',
    plannedMs: 300,
    send: ["CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'audit-2', SOURCE_PASSWORD = :password", 'START REPLICA'],
    pointOfNoReturn: true,
    undo: null,
  }),
  demoStep({
    id: 'catch-up',
    title: 'Let audit-1 catch up',
    target: 'audit-1',
    plannedMs: 2_400,
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

const choices = (chosen: string, errant: boolean): readonly PlanChoice[] =>
  [
    {
      code: 'incremental',
      title: 'Follow from where it stands',
      consequence: 'Keeps all data. Catches up 214 transactions by itself, about 3 s.',
      possible: !errant,
      why: errant ? 'audit-1 holds 3 transactions that audit-2 never had' : '',
    },
    {
      code: 're-provision',
      title: 'Save the evidence, then fill it anew',
      consequence:
        'Throws away the 3 transactions on audit-1 once they are saved as files. The copy is the next operation.',
      possible: true,
      why: '',
    },
    {
      code: 'inject-empty',
      title: 'Keep its rows, hide the difference',
      consequence:
        'Writes 3 empty transactions on audit-2, so that audit-1 can follow. The extra rows stay on audit-1 alone: its data differs.',
      possible: errant,
      why: errant ? '' : 'There is no difference to hide',
    },
  ].map((each) => ({ ...each, chosen: each.code === chosen }));

/** `clean`: audit-1 holds nothing of its own. */
export function demoRejoin(nowMs: number, asked: string | undefined, clean = false): Plan {
  const chosen = asked ?? (clean ? 'incremental' : 're-provision');
  const ends = chosen === 're-provision' ? steps.slice(0, 4) : steps;
  return {
    ...bareParts,
    id: 'plan-rejoin',
    kind: 'rejoin',
    clusterId: 'audit',
    cluster: 'audit',
    title: 'Rejoin of audit-1 in audit',
    createdAtMs: nowMs,
    expiresAtMs: nowMs + 60_000,
    basis: { seenAtMs: nowMs, facts: { primary: 'audit-2' } },
    checks: [
      demoCheck('primary', 'One primary answers, and it is another', 'audit-2 takes writes'),
      demoCheck('login', 'The primary lets it in', 'repl signs in to audit-2 and may replicate'),
      demoCheck('xa', 'No prepared XA transaction', 'None'),
      demoCheck('purged', 'The primary still has what it needs', 'nothing needed was purged'),
      demoCheck(
        'writes',
        'It takes no writes now',
        'audit-1 is writable, 2 applications are connected',
        'warn',
        'The fence is the first step; each write until then is one more that only it holds.',
      ),
      demoCheck('evidence', 'What only it holds can be saved', 'its host answers by SSH; binlog.000041 is readable'),
    ].map((each) => ({ ...each, atMs: nowMs - 1_000 })),
    candidates: [],
    steps: ends,
    impact: {
      primary: 'audit-2',
      candidate: 'audit-1',
      writeGapMs: 0,
      lostTransactions: 0,
      sentences: [
        'Writes on audit-2 go on',
        'audit-1 is closed first, and stays closed whatever comes',
        ...(clean ? [] : ['What only audit-1 holds is saved as two files before anything is thrown away']),
      ],
      achieved:
        chosen === 're-provision'
          ? 'audit-1 is closed, and what only it held is saved. The next step fills it anew.'
          : 'audit-1 follows audit-2, read-only, with nothing of its own.',
    },
    choices: choices(chosen, !clean),
    divergence: {
      instance: 'audit-1',
      against: 'audit-2',
      errantGtid: clean ? '' : `${gtid}:48210378-48210380`,
      errantTransactions: clean ? 0 : 3,
      behindTransactions: 214,
      purgedGtid: '',
      purgedTransactions: 0,
      rows: clean
        ? []
        : [
            { gtid: `${gtid}:48210378`, table: 'bank.account', change: 'UPDATE id=7: balance 120.00 to 95.50' },
            {
              gtid: `${gtid}:48210379`,
              table: 'bank.transfer',
              change: "INSERT id=88120418, from=7, to=12, amount=24.50, note='rent'",
            },
            { gtid: `${gtid}:48210380`, table: 'bank.session', change: 'DELETE id=5512, user=7' },
          ],
      rowsLeftOut: '',
    },
    actLabel:
      chosen === 're-provision'
        ? 'Close audit-1 and save 3 transactions'
        : chosen === 'inject-empty'
          ? 'Let audit-1 follow audit-2, 3 transactions differ'
          : 'Let audit-1 follow audit-2, lose 0 transactions',
    applyable: true,
    refusals: [],
  };
}
