import { patternOfText, type LogPattern } from './log-pattern';

/** What the reader does with an attribute. */
export type AttributeRole =
  'metric' | 'query-time' | 'rows-examined' | 'error' | 'killed' | 'schema' | 'client' | 'rate-limit' | 'ignored';

/**
 * Names with a part of their own. Ids and numbers of sessions and transactions are no quantities: their sum says nothing.
 */
const roles: Readonly<Record<string, AttributeRole>> = {
  Query_time: 'query-time',
  Rows_examined: 'rows-examined',
  Last_errno: 'error',
  Errno: 'error',
  Killed: 'killed',
  Schema: 'schema',
  Client: 'client',
  Log_slow_rate_limit: 'rate-limit',
  Log_slow_rate_type: 'ignored',
  Thread_id: 'ignored',
  Id: 'ignored',
  InnoDB_trx_id: 'ignored',
  Start: 'ignored',
  End: 'ignored',
  Stored_routine: 'ignored',
  Cached: 'ignored',
};

const quantities: ReadonlySet<AttributeRole> = new Set(['metric', 'query-time', 'rows-examined', 'killed']);

/** One name for what servers spell in two ways (Percona `QC_Hit`, MariaDB `QC_hit`). */
const spellings: Readonly<Record<string, string>> = { QC_hit: 'QC_Hit' };

/** Id of `Query_time`, which every statement has. */
export const secondsAttribute = 0;

/** Id of `Query_size`: bytes of the statement, which the log does not say but is. */
export const sizeAttribute = 1;

/** Attributes known by name; more than that are no log of a server. */
const maxNames = 255;
const maxLayouts = 4_096;

/**
 * A sequence of attributes that headers have, as a tree: all statements of a server come with the same few. So a header is
 * read by comparing it with the one before, and an attribute that is zero, as most are, costs nothing: that the statement
 * had it stands in its layout.
 */
export interface Layout {
  readonly id: number;
  /** Id of the last attribute's name; -1 for one that is no quantity, and where there is no room for more names. */
  readonly attribute: number;
  readonly role: AttributeRole;
  /** As the log writes it: `Query_time: `. */
  readonly prefix: LogPattern;
  readonly before: Layout | null;
  /** What followed so far; most have one. */
  readonly following: Layout[];
  readonly name: string;
}

/** The attributes and layouts of one source. */
export class HeaderLayouts {
  readonly #names: string[] = [];
  readonly #ids = new Map<string, number>();
  readonly #isFlag: boolean[] = [];
  readonly #all: Layout[] = [];
  /** By layout, once they were asked for. */
  readonly #attributes: (readonly number[] | undefined)[] = [];
  readonly #beyond = new Map<string, Layout>();
  /** Of a header without attributes. */
  readonly root: Layout;
  /** No room for more layouts: from here on every statement has the root's, and its zeros are counted one by one. */
  isFull = false;

  constructor() {
    this.#idOf('Query_time');
    this.#idOf('Query_size');
    this.root = this.#make(null, '');
    this.#all.push(this.root);
  }

  /** Attribute names by id. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** The layout of a header that goes on with this name, which no one before did. */
  follow(layout: Layout, name: string): Layout {
    const known = layout.following.find((one) => one.name === name);
    if (known) return known;
    if (this.#all.length >= maxLayouts) return this.#followBeyond(name);
    const added = this.#make(layout, name);
    this.#all.push(added);
    layout.following.unshift(added);
    return added;
  }

  /** Marks an attribute as one that says yes or no. */
  markFlag(attribute: number): void {
    this.#isFlag[attribute] = true;
  }

  isFlag(attribute: number): boolean {
    return this.#isFlag[attribute] === true;
  }

  /** The metrics and flags that statements of a layout have, each once. */
  attributesOf(id: number): readonly number[] {
    return (this.#attributes[id] ??= this.#findAttributes(id));
  }

  #findAttributes(id: number): readonly number[] {
    const found = new Set<number>();
    for (let layout: Layout | null = this.#all[id] ?? null; layout !== null; layout = layout.before) {
      if (layout.attribute >= 0) found.add(layout.attribute);
    }
    return [...found];
  }

  #followBeyond(name: string): Layout {
    this.isFull = true;
    const known = this.#beyond.get(name);
    if (known) return known;
    const added = this.#make(this.root, name);
    if (added.attribute >= 0) this.#beyond.set(name, added);
    return added;
  }

  #make(before: Layout | null, name: string): Layout {
    const role = roles[name] ?? 'metric';
    const layout: Layout = {
      id: this.#all.length,
      attribute: name === '' || !quantities.has(role) ? -1 : this.#idOf(spellings[name] ?? name),
      role,
      prefix: patternOfText(`${name}: `),
      before,
      following: [],
      name,
    };
    if (role === 'killed') this.markFlag(layout.attribute);
    return layout;
  }

  #idOf(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    if (this.#names.length >= maxNames) return -1;
    this.#names.push(name);
    this.#ids.set(name, this.#names.length - 1);
    return this.#names.length - 1;
  }
}
