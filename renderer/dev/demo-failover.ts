/** A made-up failover that loses nothing. */
import type { Plan } from '@shared/model/plan';
import { behind, dead, ladder, notKnown, received, rulesOf } from './demo-failover-parts';
import { failoverSteps } from './demo-failover-steps';
import { demoCandidate, demoCheck } from './demo-plan';

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
    steps: failoverSteps(cluster, candidate, true),
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
