import { haproxyName } from '@shared/model/hook';
import type { ProxyServer } from '@shared/model/traffic';
import type { Located } from './place';

/** A server of a backend, by "show servers state" and "show stat". */
export interface HaproxyServer extends Omit<ProxyServer, 'instance'>, Located {}

/** Level of the connection; only `admin` may change a server (management guide 9.3, "show cli level"). */
export const levelCommand = 'show cli level';
export const stateCommand = (backend: string): string => `show servers state ${backend}`;
/** 4: servers alone; -1: all of them. */
export const statCommand = (backend: string): string => `show stat ${backend} 4 -1`;

export const closeCommand = (backend: string, server: string): string => `set server ${backend}/${server} state maint`;
export const shutCommand = (backend: string, server: string): string => `shutdown sessions server ${backend}/${server}`;
export const openCommand = (backend: string, server: string): string => `set server ${backend}/${server} state ready`;

/** Bits of srv_admin_state: forced, inherited and by DNS; 0x04 (disabled in the configuration) only says how it began. */
const maintBits = 0x23;
const drainBits = 0x18;

/** What the runtime API says instead of doing it; null where it is no refusal. */
export function haproxyRefusal(answer: string): string | null {
  const [first = ''] = answer.trim().split('\n');
  if (/^permission denied/i.test(first)) return 'it answered "Permission denied": its socket is not of level admin';
  return first === '' ? null : `it answered "${first.slice(0, 200)}"`;
}

/**
 * Reads "show servers state" (version 1 of the format: columns are named in its second line) and the sessions of
 * "show stat". @returns the reason where the answer holds no servers
 */
export function readServers(
  stateAnswer: string,
  statAnswer: string,
  backend: string,
): readonly HaproxyServer[] | string {
  if (/^can't find backend/i.test(stateAnswer)) return `it has no backend ${backend}`;
  const lines = stateAnswer.split('\n').filter((line) => line.trim() !== '');
  const columns = lines
    .find((line) => line.startsWith('# '))
    ?.slice(2)
    .split(' ');
  if (!columns || lines[0] !== '1') return haproxyRefusal(stateAnswer) ?? 'it says nothing of its servers';
  const sessions = readSessions(statAnswer);
  return lines
    .filter((line) => line !== '1' && !line.startsWith('#'))
    .map((line) => {
      const cells = line.split(' ');
      return (name: string): string => cells[columns.indexOf(name)] ?? '';
    })
    .filter((cell) => cell('be_name') === backend && haproxyName.test(cell('srv_name')))
    .map((cell) => {
      const admin = Number(cell('srv_admin_state'));
      const named = cell('srv_fqdn');
      return {
        name: cell('srv_name'),
        host: cell('srv_addr'),
        otherHost: named === '-' ? '' : named,
        port: Number(cell('srv_port')),
        state: (admin & maintBits) !== 0 ? 'closed' : (admin & drainBits) !== 0 ? 'draining' : 'open',
        up: cell('srv_op_state') !== '0',
        sessions: sessions.get(cell('srv_name')) ?? null,
      };
    });
}

function readSessions(answer: string): ReadonlyMap<string, number> {
  const [head = '', ...rows] = answer.split('\n').filter((line) => line !== '');
  const columns = head.replace(/^# /, '').split(',');
  const [name, current] = [columns.indexOf('svname'), columns.indexOf('scur')];
  if (name < 0 || current < 0) return new Map();
  return new Map(rows.map((row) => row.split(',')).map((cells) => [cells[name] ?? '', Number(cells[current])]));
}

/** One server in words: "wallet-1 (127.0.0.1:3306) closed". */
export const serverWords = (one: Omit<HaproxyServer, 'otherHost'>): string =>
  `${one.name} (${one.host}:${one.port}) ${one.state}${one.state === 'open' && !one.up ? ' but down by its check' : ''}`;

/** A proxy's name before what is said of it; errors of the way name it already. */
export const sayOf = (address: string, text: string): string =>
  text.startsWith(address) ? text : `${address}: ${text}`;
