import type { AppError } from '@shared/errors';
import type { Discovery } from '@shared/model/discovery';
import type { PathLeg, PathStage, PathStageName, PathTest, TargetInput } from '@shared/model/path-test';

const evidence: Readonly<Record<PathStageName, string>> = {
  name: '203.0.113.18',
  tcp: 'port open',
  'host-key': 'ed25519, pinned 14 Oct, same',
  'sign-in': 'key SHA256:q1Zt…, agent',
  tls: 'TLSv1.3, certificate of this name',
  rights: 'MySQL 9.7.4; 6 of 6 capabilities',
};

const passed = (name: PathStageName): PathStage => ({ name, state: 'passed', evidence: evidence[name], tookMs: 12 });

/** What a host in the form makes happen: `unknown`, `changed` and `denied` in a hop's name fail at their stage. */
function errorOf(
  target: TargetInput,
): { readonly hop: number; readonly stage: PathStageName; readonly error: AppError } | null {
  const at = (word: string): number => target.hops.findIndex((hop) => hop.host.includes(word));
  const offered = 'SHA256:Vn8eT0m0zq3mJ4f0tq8m8v3n4m7cYl6o0M6r1pWQe7s';
  if (at('unknown') >= 0) {
    const host = target.hops[at('unknown')]?.host ?? '';
    return {
      hop: at('unknown'),
      stage: 'host-key',
      error: {
        code: 'host-key-unknown',
        message: `The host key of ${host} is not known yet`,
        nextStep: 'Compare the fingerprint, then trust it',
        details: { host, port: 22, offered },
      },
    };
  }
  if (at('changed') >= 0) {
    const host = target.hops[at('changed')]?.host ?? '';
    const pinned = 'SHA256:Lk2vT0m0zq3mJ4f0tq8m8v3n4m7cYl6o0M6r1pWQe7s';
    return {
      hop: at('changed'),
      stage: 'host-key',
      error: {
        code: 'host-key-changed',
        message: `The host key of ${host} has changed`,
        nextStep: 'Do not go on before its owner confirms the change',
        details: { host, port: 22, offered, pinned },
      },
    };
  }
  if (at('denied') >= 0) {
    return {
      hop: at('denied'),
      stage: 'sign-in',
      error: {
        code: 'ssh-auth-failed',
        message: 'db-gate does not know this key',
        nextStep: 'Add the key there, or sign in by the agent',
        details: { cause: 'permission denied (publickey)' },
      },
    };
  }
  return null;
}

/** The test as it goes, stage by stage. */
export function* demoPathTest(target: TargetInput, nowMs: number): Generator<PathTest> {
  const failure = errorOf(target);
  const hopStages: readonly PathStageName[] = ['name', 'tcp', 'host-key', 'sign-in'];
  const legs = [
    ...target.hops.map((hop) => ({
      kind: 'hop' as const,
      title: `${hop.user}@${hop.host}:${hop.port}`,
      names: hopStages,
    })),
    {
      kind: 'server' as const,
      title: `${target.host}:${target.port}`,
      names: ['tcp', 'tls', 'sign-in', 'rights'] as const,
    },
  ];
  let tried = 0;
  const total = legs.reduce((sum, leg) => sum + leg.names.length, 0);
  for (;;) {
    let seen = 0;
    let stopped = false;
    const drawn: PathLeg[] = legs.map((leg, legIndex) => ({
      kind: leg.kind,
      title: leg.title,
      stages: leg.names.map((name): PathStage => {
        seen += 1;
        if (stopped || seen > tried + 1) return { name, state: 'not-tried' };
        if (seen === tried + 1) return { name, state: 'running' };
        if (failure && failure.hop === legIndex && failure.stage === name) {
          stopped = true;
          return { name, state: 'failed', error: failure.error, tookMs: 31 };
        }
        return passed(name);
      }),
    }));
    const state = stopped ? 'failed' : tried >= total ? 'passed' : 'running';
    yield { startedAtMs: nowMs, tookMs: tried * 14, state, legs: drawn };
    if (state !== 'running') return;
    tried += 1;
  }
}

export function demoDiscovery(target: TargetInput): Discovery {
  const found = (name: string, role: 'primary' | 'replica'): Discovery['instances'][number] => ({
    host: name,
    port: 3306,
    name,
    askedFrom: target.host,
    reached: true,
    role,
    version: 'MySQL 9.7.4',
    sources: role === 'primary' ? [] : ['db-1'],
  });
  return {
    state: 'done',
    suggestedName: 'ledger',
    asked: 4,
    instances: [
      found('db-1', 'primary'),
      found('db-2', 'replica'),
      found('db-3', 'replica'),
      {
        ...found('db-4', 'replica'),
        reached: false,
        role: 'unknown',
        version: '',
        error: {
          code: 'connection-timeout',
          message: 'db-4 did not answer in 5 s',
          nextStep: 'Look whether the firewall lets this bastion through',
          details: {},
        },
      },
    ],
  };
}
