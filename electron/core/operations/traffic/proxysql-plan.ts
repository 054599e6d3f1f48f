import type { DirectTraffic, Line } from '../steps/step-data';
import type { HookLook } from './look';
import { isAt, type Place } from './place';
import type { ProxysqlLook } from './proxysql-look';
import { proxysqlSql, rowWords, type ProxysqlRow } from './proxysql-words';

type Look = Extract<HookLook, { readonly kind: 'proxysql' }>;
export type MoveKind = 'switchover' | 'failover';

/** What one ProxySQL is told, in order, or why it is told nothing. */
export interface ProxysqlMove {
  readonly look: ProxysqlLook;
  /** Before the old primary is proven closed, and after. */
  readonly close: readonly string[];
  readonly open: readonly string[];
  /** The new primary as this ProxySQL names it; null when it cannot be led there. */
  readonly next: ProxysqlRow | null;
  readonly problem: string;
}

/** What each ProxySQL must be told, by who decides there about the writer hostgroup. */
export const proxysqlMoves = (
  { hook, proxies }: Look,
  old: Place,
  next: Place,
  kind: MoveKind,
): readonly ProxysqlMove[] => proxies.map((look) => moveOf(look, hook.writerHostgroup, { old, next, kind }));

function moveOf(
  look: ProxysqlLook,
  writer: number,
  { old, next, kind }: { readonly old: Place; readonly next: Place; readonly kind: MoveKind },
): ProxysqlMove {
  const none = { look, close: [], open: [], next: null };
  if (look.problem !== '') return { ...none, problem: look.problem };
  const known = look.rule.kind === 'checker' ? look.runtime : look.memory;
  const rows = known.filter((one) => isAt(one, next));
  const target = rows.find((one) => one.hostgroup === writer) ?? rows[0];
  const olds = known.filter((one) => isAt(one, old));
  const missing = !target ? next.name : olds.length === 0 ? old.name : '';
  const problem =
    missing === ''
      ? ''
      : `no server at the address of ${missing}; its servers: ${known.map(rowWords).join(', ') || 'none'}`;
  if (!target) return { ...none, problem };
  if (look.rule.kind === 'checker')
    return {
      look,
      close: kind === 'failover' ? removal(olds, writer, look.rule.reader) : [],
      open: [],
      next: target,
      problem,
    };
  const others = known.filter(
    (one) => one.hostgroup === writer && !isAt(one, next) && (isAt(one, old) || one.status !== 'OFFLINE_HARD'),
  );
  return {
    look,
    close: [...others.map((one) => proxysqlSql.setStatus(one, 'OFFLINE_HARD')), proxysqlSql.load],
    open: [
      target.hostgroup === writer ? proxysqlSql.setStatus(target, 'ONLINE') : proxysqlSql.copyTo(writer, target),
      proxysqlSql.load,
      proxysqlSql.save,
    ],
    next: target,
    problem,
  };
}

/** The checker would make a dead primary a writer again when it comes back writable: it must not know it any more. */
const removal = (olds: readonly ProxysqlRow[], writer: number, reader: number): readonly string[] =>
  olds[0] === undefined
    ? []
    : [
        // What the checker moved stands in the runtime alone; LOAD of what is older would undo it.
        proxysqlSql.fromRuntime,
        proxysqlSql.remove([writer, reader], olds[0]),
        proxysqlSql.load,
        proxysqlSql.save,
      ];

/** The statements of a move, in the order in which they are sent: everywhere closed first, then opened. */
export function proxysqlTraffic(look: Look, old: Place, next: Place, kind: MoveKind): DirectTraffic {
  const { writerHostgroup: writer, timeoutSeconds } = look.hook;
  const moves = proxysqlMoves(look, old, next, kind).map((move, index) => ({ ...move, index }));
  const able = moves.flatMap((move) => (move.next ? [{ ...move, next: move.next }] : []));
  const slowestMs = Math.max(0, ...able.map(({ look: one }) => (one.rule.kind === 'checker' ? one.rule.everyMs : 0)));
  return {
    action: 'traffic-proxysql',
    target: `hostgroup ${writer} at ${look.hook.admins.join(', ')}`,
    lines: [
      ...able.flatMap((one) => numbered('close', one.index, one.look.address, one.close)),
      ...able.flatMap((one) => numbered('open', one.index, one.look.address, one.open)),
      ...able.flatMap((one) => readLines('', one.index, one.look.address, writer)),
    ],
    verify: able.some((one) => one.look.rule.kind === 'checker')
      ? `ProxySQL's own check of read_only has made it the writer, alone`
      : 'Each ProxySQL routes writes to it alone',
    ifUnknown: 'Read runtime_mysql_servers again: each statement may be sent twice',
    timeoutMs: 130_000,
    params: {
      proxies: able.map(({ index }) => index).join(','),
      writer: String(writer),
      timeoutMs: String(timeoutSeconds * 1000),
      // The checker looks again after a LOAD: three of its rounds, and never less than a connection needs to end.
      waitMs: String(Math.max(2000, 3 * slowestMs)),
      ...Object.fromEntries(able.map(({ index, next: to }) => [`at.${index}`, `${to.host}:${to.port}`])),
      missed: moves
        .filter((one) => one.next === null)
        .map((one) => `${one.look.address}: ${one.problem}`)
        .join('; '),
    },
  };
}

/** The statements of a fence; null where one ProxySQL cannot be told. */
export function proxysqlFence(
  { hook, proxies }: Look,
  old: Place,
): { readonly lines: readonly Line[]; readonly params: Readonly<Record<string, string>> } | null {
  if (proxysqlFenceProblem({ kind: 'proxysql', hook, proxies }) !== '') return null;
  const writer = hook.writerHostgroup;
  return {
    lines: proxies.flatMap(({ address, rule, memory, runtime }, index) => [
      ...numbered(
        'fence-close',
        index,
        address,
        rule.kind === 'checker'
          ? removal(
              runtime.filter((one) => isAt(one, old)),
              writer,
              rule.reader,
            )
          : [
              ...memory
                .filter((one) => one.hostgroup === writer)
                .map((one) => proxysqlSql.setStatus(one, 'OFFLINE_HARD')),
              proxysqlSql.load,
            ],
      ),
      ...readLines('fence-', index, address, writer),
    ]),
    params: {
      'fence-proxies': proxies.map((_one, index) => index).join(','),
      'fence-old': old.at.map(({ host, port }) => `${host}:${port}`).join(' '),
      writer: String(writer),
      timeoutMs: String(hook.timeoutSeconds * 1000),
      waitMs: '3000',
    },
  };
}

/** What stands against a fence at these ProxySQL; '' when nothing does. */
export const proxysqlFenceProblem = ({ proxies }: Look): string =>
  proxies
    .filter((one) => one.problem !== '')
    .map((one) => (one.problem.startsWith(one.address) ? one.problem : `${one.address}: ${one.problem}`))
    .join('; ');

const numbered = (verb: string, index: number, address: string, texts: readonly string[]): readonly Line[] =>
  texts.map((text, place): Line => [`${verb}.${index}.${place}`, 'run', at(address), text, 'proxysql']);

const readLines = (prefix: string, index: number, address: string, writer: number): readonly Line[] => [
  [`${prefix}runtime.${index}`, 'verify', at(address), proxysqlSql.runtime, 'proxysql'],
  [`${prefix}used.${index}`, 'verify', at(address), proxysqlSql.used(writer), 'proxysql'],
];

/** A proxy is no instance: it has a name to show and no id. */
const at = (address: string): { readonly id: string; readonly name: string } => ({ id: '', name: address });
