import { describe, expect, it } from 'vitest';
import { demoAttested, demoUnseen } from '../../dev/demo-failover-others';
import { demoPlan } from '../../dev/demo-plan';
import { changedFacts, goRefusal, overPlan, pointOfNoReturn, rankChecks } from './plan-words';

const plan = demoPlan(1_000_000);
const ready = { plan, typed: plan.cluster, sworn: '', locked: false, nowMs: plan.createdAtMs };

describe('plan', () => {
  it('lets go only a plan that can run, is fresh, on an unlocked cluster whose name was typed', () => {
    expect(goRefusal(ready)).toBeNull();
    expect(goRefusal({ ...ready, typed: plan.cluster.slice(1) })).toBe('cluster name not typed yet');
    expect(goRefusal({ ...ready, locked: true })).toBe('wallet is locked');
    expect(goRefusal({ ...ready, nowMs: plan.expiresAtMs + 1 })).toBe('plan expired');
    expect(goRefusal({ ...ready, plan: { ...plan, applyable: false, refusals: ['db-2 lags'] } })).toBe('db-2 lags');
  });

  it('wants the attestation typed exactly, and never lets go where no failover is offered', () => {
    const attested = demoAttested(1_000_000);
    const at = { ...ready, plan: attested, typed: attested.cluster, nowMs: attested.createdAtMs };
    expect(goRefusal({ ...at, sworn: 'us-east-db7' })).toBe('“us-east-db7.internal” not typed yet');
    expect(goRefusal({ ...at, sworn: 'us-east-db7.internal' })).toBeNull();
    const unseen = demoUnseen(1_000_000);
    expect(goRefusal({ ...at, plan: { ...unseen, applyable: true } })).toBe(unseen.verdict?.nextStep);
  });

  it('puts what does not pass first; unknown is not a pass', () => {
    const ranked = rankChecks([
      ...plan.checks,
      ...plan.checks.slice(0, 1).map((each) => ({ ...each, status: 'unknown' as const })),
    ]);
    expect(ranked[0]?.status).toBe('unknown');
    expect(ranked.at(-1)?.status).toBe('pass');
  });

  it('finds the line', () => {
    const at = pointOfNoReturn(plan.steps);
    expect(at === null ? null : plan.steps[at - 1]?.pointOfNoReturn).toBe(true);
    expect(pointOfNoReturn([])).toBeNull();
  });

  it('marks what changed between two plans', () => {
    const before = { seenAtMs: 1, facts: { primary: 'db-1', replicas: '2' } };
    expect(changedFacts(before, { seenAtMs: 2, facts: { primary: 'db-1', replicas: '3' } })).toEqual([
      { fact: 'replicas', was: '2', is: '3' },
    ]);
    expect(changedFacts(null, before)).toEqual([]);
  });

  it('warns only when clearly over plan', () => {
    expect(overPlan(120, 100)).toBe(false);
    expect(overPlan(40, 10)).toBe(false);
    expect(overPlan(510, 400)).toBe(true);
  });
});
