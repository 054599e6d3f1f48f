import type { SlowLogEvent } from '../slow-log/slow-log-event';

/** Who sent a statement, and where to: what the seconds of a class are told apart by. */
export type OriginPart = 'schema' | 'user' | 'host' | 'application';

/** One object for all statements with the same four names. Latin-1. */
export interface Origin {
  readonly schema: string;
  readonly user: string;
  readonly host: string;
  readonly application: string;
  /** Ids of those of the four that are not empty. */
  readonly names: readonly number[];
}

/** A name in its place: a user `app` is another one than a schema `app`. */
export interface OriginName {
  readonly part: OriginPart;
  readonly text: string;
}

/** Sessions that are found at once; of two with one slot the latest. */
const sessionSlots = 4_096;

interface OfSession {
  readonly session: number;
  readonly origins: Origin[];
}

/** What a statement says of where it came from. */
type SentFrom = Pick<SlowLogEvent, 'schema' | 'user' | 'host' | 'session'>;

const maxOrigins = 100_000;
const parts: readonly OriginPart[] = ['schema', 'user', 'host', 'application'];
/** Stands for all names of a part that are not told apart. */
const others = '(others)';

/** Gives the same object for the same four names, and a number for each name. */
export class Origins {
  /** By user, host, then schema and application: users' and hosts' texts are the same objects again and again. */
  readonly #known = new Map<string, Map<string, Origin[]>>();
  readonly #names: OriginName[] = [];
  readonly #ids = new Map<string, number>();
  readonly #copy: (latin1: string) => string;
  readonly #bySession: (OfSession | undefined)[] = Array.from({ length: sessionSlots });
  #kept = 0;
  /** Of statements whose names there is no room for. */
  readonly others: Origin;

  /** @param copy gives a text that keeps no larger one alive */
  constructor(copy: (latin1: string) => string) {
    this.#copy = copy;
    this.others = this.#make({ schema: others, user: others, host: others, application: others });
  }

  of({ schema, user, host, session }: SentFrom, application: string): Origin {
    if (session === 0) return this.#find(schema, user, host, application);
    // Statements of one session number have the same user and host: only the other two are looked at.
    const slot = session & (sessionSlots - 1);
    const known = this.#bySession[slot];
    if (known?.session !== session) {
      const origin = this.#find(schema, user, host, application);
      this.#bySession[slot] = { session, origins: [origin] };
      return origin;
    }
    for (const origin of known.origins)
      if (origin.schema === schema && origin.application === application) return origin;
    const origin = this.#find(schema, user, host, application);
    if (origin !== this.others) known.origins.push(origin);
    return origin;
  }

  #find(schema: string, user: string, host: string, application: string): Origin {
    const ofHost = this.#known.get(user)?.get(host);
    if (ofHost !== undefined)
      for (const origin of ofHost) if (origin.schema === schema && origin.application === application) return origin;
    return this.#add(schema, user, host, application);
  }

  /** @param id of {@link Origin.names} */
  nameOf(id: number): OriginName {
    return this.#names[id] as OriginName;
  }

  /** The name that stands for all of its part; for such a name itself. */
  otherNameFor(id: number): number {
    return this.#idOf(this.nameOf(id).part, others);
  }

  #add(schema: string, user: string, host: string, application: string): Origin {
    if (this.#kept >= maxOrigins) return this.others;
    this.#kept++;
    const copy = this.#copy;
    const origin = this.#make({
      schema: copy(schema),
      user: copy(user),
      host: copy(host),
      application: copy(application),
    });
    const hosts = this.#known.get(user) ?? new Map<string, Origin[]>();
    const origins = hosts.get(host) ?? [];
    origins.push(origin);
    hosts.set(origin.host, origins);
    this.#known.set(origin.user, hosts);
    return origin;
  }

  #make(named: Omit<Origin, 'names'>): Origin {
    const names = parts.filter((part) => named[part] !== '').map((part) => this.#idOf(part, named[part]));
    return { ...named, names };
  }

  #idOf(part: OriginPart, text: string): number {
    const key = `${part} ${text}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#names.push({ part, text });
    this.#ids.set(key, this.#names.length - 1);
    return this.#names.length - 1;
  }
}
