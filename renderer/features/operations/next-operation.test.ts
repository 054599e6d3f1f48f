import { describe, expect, it } from 'vitest';
import type { ClusterState, InstanceState } from '@shared/model/fleet';
import type { Plan } from '@shared/model/plan';
import type { RunState } from '@shared/model/run';
import { demoChannel, demoCluster } from '../../dev/demo-fleet';
import { demoPlan } from '../../dev/demo-plan';
import { nextOperation } from './next-operation';

const calm = demoCluster({ name: 'wallet', regions: ['eu'], replicas: 2 });

/** wallet-2 is the primary now, followed by wallet-3; wallet-1 as told. */
const after = (old: Partial<InstanceState>): ClusterState => ({
  ...calm,
  primaryId: 'wallet-2',
  instances: calm.instances.map((each) => {
    if (each.name === 'wallet-1') return { ...each, channels: [], ...old };
    return { ...each, channels: each.name === 'wallet-2' ? [] : [demoChannel('wallet-2')] };
  }),
});
const planOf = (more: Partial<Plan>): Plan => ({
  ...demoPlan(0),
  kind: 'failover',
  impact: { ...demoPlan(0).impact, primary: 'wallet-1', candidate: 'wallet-2' },
  ...more,
});
const choice = (code: string): Plan['choices'][number] => ({
  code,
  title: '',
  consequence: '',
  possible: true,
  why: '',
  chosen: true,
});
const rejoin = (code: string): Plan =>
  planOf({
    kind: 'rejoin',
    choices: [choice(code)],
    impact: { ...demoPlan(0).impact, primary: 'wallet-2', candidate: 'wallet-1' },
  });
const next = (plan: Plan, cluster: ClusterState, state: RunState = 'succeeded'): string | undefined =>
  nextOperation({ state, plan }, cluster)?.label;

describe('what a report leads to', () => {
  it('is the rejoin of the old primary after a failover, whether it answers or not', () => {
    expect(next(planOf({}), after({}))).toBe('Rejoin wallet-1…');
    expect(nextOperation({ state: 'succeeded', plan: planOf({}) }, after({ reach: 'lost' }))?.why).toContain(
      'does not answer yet',
    );
  });

  it('is nothing once it follows again, or after a run that did not succeed', () => {
    expect(next(planOf({}), after({ channels: [demoChannel('wallet-2')] }))).toBeUndefined();
    expect(next(planOf({}), after({}), 'failed')).toBeUndefined();
    expect(next(planOf({ kind: 'switchover' }), after({}))).toBeUndefined();
  });

  it('is first the one that still follows the old primary, and after its new copy the old primary', () => {
    const region = after({});
    const below: ClusterState = {
      ...region,
      instances: region.instances.map((each) =>
        each.name === 'wallet-3' ? { ...each, channels: [demoChannel('wallet-1')] } : each,
      ),
    };
    expect(next(planOf({}), below)).toBe('Rejoin wallet-3…');
    const filled = planOf({ kind: 'reprovision', impact: { ...demoPlan(0).impact, candidate: 'wallet-3' } });
    expect(next(filled, after({}))).toBe('Rejoin wallet-1…');
    expect(next(filled, after({ channels: [demoChannel('wallet-2')], readOnly: true }))).toBeUndefined();
  });

  it('is a re-provision where the rejoin was planned with it', () => {
    expect(next(rejoin('re-provision'), after({}))).toBe('Re-provision wallet-1…');
    expect(next(rejoin('incremental'), after({}))).toBeUndefined();
  });
});
