import type { DirectTraffic, Line } from '../steps/step-data';
import {
  closeCommand,
  openCommand,
  sayOf,
  serverWords,
  shutCommand,
  stateCommand,
  statCommand,
  type HaproxyServer,
} from './haproxy-words';
import type { HaproxyLook, HookLook } from './look';
import { isAt, type Place } from './place';

type Look = Extract<HookLook, { readonly kind: 'haproxy' }>;

/** What one proxy is told, or why it is told nothing. */
export interface HaproxyMove {
  readonly address: string;
  /** Names of the servers that are closed first: the old primary's, and every other that is open. */
  readonly close: readonly string[];
  /** Name and address of the one that is opened last; null when this proxy cannot be moved. */
  readonly open: HaproxyServer | null;
  /** '' when nothing stands against it. */
  readonly problem: string;
}

/** What each proxy must be told to lead applications from one instance to another, found by the servers' addresses. */
export const haproxyMoves = ({ hook, proxies }: Look, old: Place, next: Place): readonly HaproxyMove[] =>
  proxies.map((one) => moveOf(one, hook.backend, old, next));

function moveOf({ address, servers, problem }: HaproxyLook, backend: string, old: Place, next: Place): HaproxyMove {
  const none = { address, close: [], open: null };
  if (problem !== '') return { ...none, problem };
  const there = servers.map((one) => `${one.name} (${one.host}:${one.port})`).join(', ') || 'none';
  const [open, ...more] = servers.filter((one) => isAt(one, next));
  if (!open || more.length > 0)
    return {
      ...none,
      problem: `backend ${backend} has ${open ? `${more.length + 1} servers` : 'no server'} at the address of ${next.name}; its servers: ${there}`,
    };
  const ofOld = servers.filter((one) => isAt(one, old));
  const close = servers.filter((one) => one !== open && (ofOld.includes(one) || one.state !== 'closed'));
  return {
    address,
    close: close.map((one) => one.name),
    open,
    problem:
      ofOld.length > 0 ? '' : `backend ${backend} has no server at the address of ${old.name}; its servers: ${there}`,
  };
}

/** The commands of a move, in the order in which they are sent: everywhere closed first, then opened. */
export function haproxyTraffic(look: Look, old: Place, next: Place): DirectTraffic {
  const { backend, timeoutSeconds } = look.hook;
  const moves = haproxyMoves(look, old, next).map((move, index) => ({ ...move, index }));
  const able = moves.flatMap((move) => (move.open ? [{ ...move, open: move.open }] : []));
  return {
    action: 'traffic-haproxy',
    target: `backend ${backend} at ${look.hook.proxies.join(', ')}`,
    lines: [
      ...able.flatMap(({ address, close, index }) => closeLines('', { address, servers: close, index }, backend)),
      ...able.map(({ address, open, index }): Line => [
        `open.${index}`,
        'run',
        at(address),
        openCommand(backend, open.name),
        'haproxy',
      ]),
      ...able.flatMap(({ address, index }) => lookLines('', { address, index }, backend)),
    ],
    verify: 'Each proxy says that it is open alone',
    timeoutMs: 130_000,
    ifUnknown: 'Ask each proxy again for the state of its servers: each command may be sent twice',
    params: {
      proxies: able.map(({ index }) => index).join(','),
      backend,
      timeoutMs: String(timeoutSeconds * 1000),
      ...Object.fromEntries(
        able.flatMap(({ index, open }) => [
          [`name.${index}`, open.name],
          [`at.${index}`, `${open.host}:${open.port}`],
        ]),
      ),
      missed: moves
        .filter((one) => one.open === null)
        .map((one) => sayOf(one.address, one.problem))
        .join('; '),
    },
  };
}

/** The commands of a fence: every server of the backend closed, at every proxy. null where one of them cannot be told. */
export function haproxyFence({
  hook,
  proxies,
}: Look): { readonly lines: readonly Line[]; readonly params: Readonly<Record<string, string>> } | null {
  if (proxies.some((one) => one.problem !== '')) return null;
  return {
    lines: proxies.flatMap(({ address, servers }, index) => [
      ...closeLines('fence-', { address, servers: servers.map((one) => one.name), index }, hook.backend),
      ...lookLines('fence-', { address, index }, hook.backend),
    ]),
    params: {
      'fence-proxies': proxies.map((_one, index) => index).join(','),
      backend: hook.backend,
      timeoutMs: String(hook.timeoutSeconds * 1000),
    },
  };
}

/** What stands against a fence at these proxies; '' when nothing does. */
export const haproxyFenceProblem = ({ proxies }: Look): string =>
  proxies
    .filter((one) => one.problem !== '')
    .map((one) => sayOf(one.address, one.problem))
    .join('; ');

/** One proxy in words: who is open, who is not. */
export const proxyWords = (servers: readonly HaproxyServer[]): string => servers.map(serverWords).join(', ');

interface Closing {
  readonly address: string;
  readonly servers: readonly string[];
  readonly index: number;
}

const closeLines = (prefix: string, { address, servers, index }: Closing, backend: string): readonly Line[] =>
  servers.flatMap((name): readonly Line[] => [
    [`${prefix}close.${index}.${name}`, 'run', at(address), closeCommand(backend, name), 'haproxy'],
    [`${prefix}shut.${index}.${name}`, 'run', at(address), shutCommand(backend, name), 'haproxy'],
  ]);

const lookLines = (prefix: string, { address, index }: Omit<Closing, 'servers'>, backend: string): readonly Line[] => [
  [`${prefix}state.${index}`, 'verify', at(address), stateCommand(backend), 'haproxy'],
  [`${prefix}stat.${index}`, 'verify', at(address), statCommand(backend), 'haproxy'],
];

/** A proxy is no instance: it has a name to show and no id. */
const at = (address: string): { readonly id: string; readonly name: string } => ({ id: '', name: address });
