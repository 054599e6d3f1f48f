import type { Session } from '@shared/model/instance';
import { formatCount, plural } from '../../lib/format';

/** A session in the tree of who blocks whom. `depth` 0 is a root: it waits for nobody. */
export interface BlockedRow {
  readonly session: Session;
  readonly depth: number;
  /** How many sessions would go on, directly or after others, when this one ends. */
  readonly blocks: number;
}

/** Roots first, the longest wait first; a circle is entered at its longest waiter; no session stands twice. */
export function blockTree(sessions: readonly Session[]): readonly BlockedRow[] {
  const byId = new Map(sessions.map((session) => [session.id, session]));
  const waitersOf = new Map<number, Session[]>();
  for (const session of sessions) {
    for (const blocker of session.blockedBy) waitersOf.set(blocker, [...(waitersOf.get(blocker) ?? []), session]);
  }
  const blocked = (session: Session): boolean => session.blockedBy.some((id) => byId.has(id));
  const longestFirst = (a: Session, b: Session): number => b.seconds - a.seconds || a.id - b.id;
  const seen = new Set<number>();
  const rows: BlockedRow[] = [];
  const visit = (session: Session, depth: number): void => {
    if (seen.has(session.id)) return;
    seen.add(session.id);
    rows.push({ session, depth, blocks: freedBy(session.id, waitersOf).size });
    for (const waiter of (waitersOf.get(session.id) ?? []).sort(longestFirst)) visit(waiter, depth + 1);
  };
  const involved = sessions.filter((session) => blocked(session) || waitersOf.has(session.id)).sort(longestFirst);
  const roots = involved.filter((session) => !blocked(session));
  const reach = (session: Session): number => freedBy(session.id, waitersOf).size;
  for (const root of roots.sort((a, b) => reach(b) - reach(a) || longestFirst(a, b))) visit(root, 0);
  for (const rest of involved) visit(rest, 0);
  return rows;
}

function freedBy(id: number, waitersOf: ReadonlyMap<number, readonly Session[]>): ReadonlySet<number> {
  const found = new Set<number>();
  const queue = [id];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const waiter of waitersOf.get(next) ?? []) {
      if (waiter.id === id || found.has(waiter.id)) continue;
      found.add(waiter.id);
      queue.push(waiter.id);
    }
  }
  return found;
}

export type SessionSort = 'id' | 'state' | 'seconds' | 'user' | 'rows';

const rowsOf = (session: Session): number => session.trx?.rowsModified ?? 0;

const compare: Readonly<Record<SessionSort, (a: Session, b: Session) => number>> = {
  id: (a, b) => a.id - b.id,
  state: (a, b) => a.kind.localeCompare(b.kind) || a.state.localeCompare(b.state),
  seconds: (a, b) => a.seconds - b.seconds,
  user: (a, b) => a.user.localeCompare(b.user) || a.host.localeCompare(b.host),
  rows: (a, b) => rowsOf(a) - rowsOf(b),
};

/** Sleepers without an open transaction hold nothing: they are hidden unless asked for. */
export const isSleeper = (session: Session): boolean => session.kind === 'sleeping' && session.trx === null;

/** The list as wanted: hidden sleepers, filtered by every typed word, sorted; ties by session id so that rows stay. */
export function listSessions(
  sessions: readonly Session[],
  wanted: {
    readonly hideSleepers: boolean;
    readonly filter: string;
    readonly sort: SessionSort;
    readonly direction: 'asc' | 'desc';
  },
): readonly Session[] {
  const words = wanted.filter.toLowerCase().split(/\s+/).filter(Boolean);
  const sign = wanted.direction === 'asc' ? 1 : -1;
  return sessions
    .filter((session) => !(wanted.hideSleepers && isSleeper(session)))
    .filter((session) => {
      const hay =
        `${session.id} ${session.user} ${session.host} ${session.schema} ${session.state} ${session.command} ${session.program} ${session.statement}`.toLowerCase();
      return words.every((word) => hay.includes(word));
    })
    .sort((a, b) => sign * compare[wanted.sort](a, b) || a.id - b.id);
}

/** The price on the button: what ending this costs. */
export function killLabel(session: Session, what: 'query' | 'connection'): string {
  const verb = what === 'query' ? `Kill query of ${session.id}` : `Kill ${session.id}`;
  const rows = session.trx?.rowsModified ?? 0;
  if (rows === 0) return what === 'query' ? verb : `${verb}, nothing to roll back`;
  // KILL QUERY ends the statement; of an open transaction only that statement is rolled back.
  return what === 'query'
    ? `${verb}, transaction stays open`
    : `${verb}, roll back ${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}`;
}

/** What ending this session means for others and for itself, in a sentence. */
export function killSentence(session: Session, freed: number): string {
  const rows = session.trx?.rowsModified ?? 0;
  const frees = freed > 0 ? `Ending it frees ${plural(freed, 'session')}. ` : '';
  const back = rows > 0 ? `Its ${formatCount(rows)} changed rows roll back; the` : 'The';
  return `${frees}${back} application gets an error.`;
}
