import type { Share } from '@shared/model/query-capture';

const shown = 20;

/** Who sent a statement, and where to; one object for all statements with the same four. Latin-1. */
export interface Origin {
  readonly schema: string;
  readonly user: string;
  readonly host: string;
  readonly application: string;
}

interface Sent {
  readonly origin: Origin;
  calls: number;
  seconds: number;
}

/** Origins of one class that are told apart; what comes from more of them is counted as from {@link otherOrigins}. */
const maxOrigins = 5_000;
const otherOrigins: Origin = { schema: '(others)', user: '(others)', host: '(others)', application: '(others)' };

/** Calls and seconds of a class by origin. Most classes have one, so a map is made only for a second. */
export class ShareCounts {
  #first: Sent | null = null;
  #more: Map<Origin, Sent> | null = null;

  add(origin: Origin, seconds: number): void {
    const sent = this.#of(origin);
    sent.calls++;
    sent.seconds += seconds;
  }

  /** The largest first, at most twenty; those without a name are left out. */
  by(part: keyof Origin, toText: (latin1: string) => string): readonly Share[] {
    const found = new Map<string, { calls: number; seconds: number }>();
    for (const { origin, calls, seconds } of this.#all()) {
      const share = found.get(origin[part]);
      if (share === undefined) found.set(origin[part], { calls, seconds });
      else {
        share.calls += calls;
        share.seconds += seconds;
      }
    }
    return [...found]
      .filter(([name]) => name !== '')
      .sort(([, a], [, b]) => b.seconds - a.seconds || b.calls - a.calls)
      .slice(0, shown)
      .map(([name, share]) => ({ name: toText(name), ...share }));
  }

  #of(origin: Origin): Sent {
    if (this.#first === null) return (this.#first = { origin, calls: 0, seconds: 0 });
    if (this.#first.origin === origin) return this.#first;
    this.#more ??= new Map();
    const known = this.#more.get(origin);
    if (known) return known;
    if (this.#more.size >= maxOrigins && origin !== otherOrigins) return this.#of(otherOrigins);
    const sent = { origin, calls: 0, seconds: 0 };
    this.#more.set(origin, sent);
    return sent;
  }

  #all(): readonly Sent[] {
    return this.#first === null ? [] : [this.#first, ...(this.#more?.values() ?? [])];
  }
}

const maxKept = 100_000;

/** Gives the same object for the same four names. */
export class Origins {
  /** By user, host, then schema and application: users' and hosts' texts are the same objects again and again. */
  readonly #known = new Map<string, Map<string, Origin[]>>();
  readonly #copy: (latin1: string) => string;
  #kept = 0;

  constructor(copy: (latin1: string) => string) {
    this.#copy = copy;
  }

  of(schema: string, user: string, host: string, application: string): Origin {
    const ofHost = this.#known.get(user)?.get(host);
    if (ofHost !== undefined)
      for (const origin of ofHost) if (origin.schema === schema && origin.application === application) return origin;
    return this.#add(schema, user, host, application);
  }

  #add(schema: string, user: string, host: string, application: string): Origin {
    if (this.#kept >= maxKept) return otherOrigins;
    this.#kept++;
    const copy = this.#copy;
    const origin = { schema: copy(schema), user: copy(user), host: copy(host), application: copy(application) };
    const hosts = this.#known.get(user) ?? new Map<string, Origin[]>();
    const origins = hosts.get(host) ?? [];
    origins.push(origin);
    hosts.set(origin.host, origins);
    this.#known.set(origin.user, hosts);
    return origin;
  }
}
