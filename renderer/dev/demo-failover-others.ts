/** Made-up failovers that are not plain: one that needs a person's word, one that must not be. */
import type { Plan } from '@shared/model/plan';
import { demoFailover } from './demo-failover';
import { dead, ladder, notKnown, rulesOf, sinceAnswer } from './demo-failover-parts';
import { failoverSteps } from './demo-failover-steps';
import { demoCandidate } from './demo-plan';

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
    steps: failoverSteps(cluster, 'ledger-us-2', false),
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
