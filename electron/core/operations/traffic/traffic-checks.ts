import type { Check, CheckStatus } from '@shared/model/plan';
import { proxysqlMoves } from './proxysql-plan';
import { rowWords } from './proxysql-words';
import { haproxyFenceProblem, haproxyMoves, proxyWords } from './haproxy-plan';
import { sayOf } from './haproxy-words';
import type { TrafficLook } from './look';
import { routerVerdict } from './router-verdict';
import type { TrafficMove } from './traffic-plan';

type Verdict = readonly [status: CheckStatus, evidence: string, advice?: string];

/**
 * What can be known of proxies before anything happens: a proxy that turns out to be of no use after the point of no return
 * is found at the worst time. A planned move is refused then; a failover warns, because the outage goes on without it.
 * Empty where no hook can be asked.
 */
export function trafficChecks(input: {
  readonly look: TrafficLook;
  readonly move: TrafficMove;
  readonly atMs: number;
}): readonly Check[] {
  const { look, move, atMs } = input;
  const { kind } = move;
  const bad: CheckStatus = kind === 'switchover' ? 'fail' : 'warn';
  const check = (code: string, title: string, [status, evidence, advice]: Verdict): Check => ({
    code,
    title,
    status,
    evidence,
    advice: advice ?? '',
    atMs,
  });
  return [
    ...(look.repoint.kind === 'haproxy'
      ? [check('traffic-proxies', 'Every proxy answers and knows both servers', haproxies(look.repoint, move, bad))]
      : []),
    ...(look.repoint.kind === 'proxysql'
      ? [check('traffic-proxies', 'Every proxy answers and knows both servers', proxysqls(look.repoint, move, bad))]
      : []),
    ...(look.repoint.kind === 'virtual-address'
      ? [check('traffic-address', 'The address can be moved from host to host', address(look.repoint, move, kind))]
      : []),
    ...(look.router
      ? [check('traffic-router', 'Applications leave the old primary', routerVerdict(look.router, move))]
      : []),
    ...(kind === 'failover' && look.fence.kind === 'haproxy'
      ? [check('fence-proxies', 'The proxies of the fence answer', fenceProxies(look.fence))]
      : []),
  ];
}

function haproxies(
  look: Extract<TrafficLook['repoint'], { readonly kind: 'haproxy' }>,
  { old, next }: TrafficMove,
  bad: CheckStatus,
): Verdict {
  const moves = haproxyMoves(look, old, next);
  const problems = moves.filter((one) => one.problem !== '').map((one) => sayOf(one.address, one.problem));
  const able = look.proxies.filter((one) => moves.some((move) => move.address === one.address && move.problem === ''));
  const seen = able.map((one) => `${one.address}: ${proxyWords(one.servers)}`);
  if (problems.length > 0)
    return [
      bad,
      [...problems, ...seen].join('; '),
      bad === 'fail'
        ? 'Mend the proxy, or take it out of the hook in Inventory: else its applications stay behind'
        : 'Applications behind it stay without a primary until a person moves it by hand',
    ];
  const down = able.flatMap((one) =>
    moves.flatMap(({ open, address }) =>
      address === one.address && open && open.state !== 'closed' && !open.up ? [`${address}: ${open.name}`] : [],
    ),
  );
  return down.length === 0
    ? ['pass', seen.join('; ')]
    : [
        'warn',
        seen.join('; '),
        `Its own check holds it down: ${down.join(', ')}. It leads there only when that passes`,
      ];
}

function fenceProxies(look: Extract<TrafficLook['fence'], { readonly kind: 'haproxy' }>): Verdict {
  const problem = haproxyFenceProblem(look);
  return problem === ''
    ? ['pass', look.proxies.map((one) => `${one.address}: ${proxyWords(one.servers)}`).join('; ')]
    : ['warn', problem, 'This rung of the fence cannot be used; the others can'];
}

/** A third that has it would keep it: two hosts with one address. */
function address(
  { hook, hosts }: Extract<TrafficLook['repoint'], { readonly kind: 'virtual-address' }>,
  { from, to }: TrafficMove,
  kind: 'switchover' | 'failover',
): Verdict {
  const bad: CheckStatus = kind === 'switchover' ? 'fail' : 'warn';
  const at = (id: string): (typeof hosts)[number] | undefined => hosts.find((one) => one.instanceId === id);
  const [old, next] = [at(from.id), at(to.id)];
  const third = hosts.filter((one) => one.holds && one.instanceId !== from.id && one.instanceId !== to.id);
  if (next?.problem !== '')
    return [
      bad,
      `host of ${to.name}: ${next?.problem ?? 'not asked'}`,
      'It cannot take the address: mend "Host by SSH"',
    ];
  if (old?.problem !== '')
    return kind === 'switchover'
      ? ['fail', `host of ${from.name}: ${old?.problem ?? 'not asked'}`, 'Its release could not be proven']
      : [
          'warn',
          `host of ${from.name}: ${old?.problem ?? 'not asked'}`,
          'Its release will not be proven: the address is taken because the old primary was fenced',
        ];
  const holders = hosts.filter((one) => one.holds).map((one) => one.name);
  if (third.length > 0 && !old.holds)
    return [
      bad,
      `${hook.address} is on the host of ${holders.join(', ')}`,
      `Bring it to the host of ${from.name} first`,
    ];
  return old.holds
    ? ['pass', `${hook.address} is on the host of ${from.name}; both hosts answer`]
    : ['warn', `${hook.address} is on no host that was asked`, `The host of ${to.name} takes it all the same`];
}

const ruleWords = { static: 'set by hand', checker: 'moved by its own check of read_only', group: 'a group' } as const;

function proxysqls(
  look: Extract<TrafficLook['repoint'], { readonly kind: 'proxysql' }>,
  { old, next, kind }: TrafficMove,
  bad: CheckStatus,
): Verdict {
  const moves = proxysqlMoves(look, old, next, kind);
  const problems = moves.filter((one) => one.problem !== '').map((one) => sayOf(one.look.address, one.problem));
  const seen = moves
    .filter((one) => one.problem === '')
    .map(({ look: one }) => `${one.address} (${ruleWords[one.rule.kind]}): ${one.runtime.map(rowWords).join(', ')}`);
  if (problems.length > 0)
    return [
      bad,
      [...problems, ...seen].join('; '),
      bad === 'fail'
        ? 'Mend the proxy, or take it out of the hook in Inventory: else its applications stay behind'
        : 'Applications behind it stay without a primary until a person moves it by hand',
    ];
  const removes = kind === 'failover' && moves.some((one) => one.look.rule.kind === 'checker');
  return removes
    ? [
        'warn',
        seen.join('; '),
        `${old.name} is taken out of ProxySQL, or its check would make it a writer when it returns: add it again after its rejoin`,
      ]
    : ['pass', seen.join('; ')];
}
