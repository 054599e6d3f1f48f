import type { Share } from '@shared/model/query-capture';
import type { Origin, OriginPart, Origins } from './origins';

/** Names of one part that a class shows. */
const shown = 20;
/** Numbers of a pair: class and name in one, calls, seconds, the class's pair before (0: none). One look into memory. */
const width = 4;
const startPairs = 1_024;
/** More names than there can be. */
const nameRoom = 2 ** 21;
/** Pairs of class and name that are told apart: 40 bytes each. What is beyond is counted as from {@link Origins.others}. */
const mostPairs = 1_000_000;

/**
 * Calls and seconds by class and name: of its schemas, users, hosts and applications. A class that has one origin, as most
 * have, takes nothing here: all that it counts is of that origin. The pairs of the others lie in flat arrays, found by a
 * hash (open addressing, linear probing) and linked by class: a log's few hundred classes with fifty hosts each stay in the
 * processor's cache, where an object for each pair did not.
 */
export class ShareTable {
  readonly #origins: Origins;
  readonly #mostPairs: number;
  /** By class: its only origin; undefined when there are more, or none yet. */
  readonly #only: (Origin | undefined)[] = [];
  /** By class: its latest pair; 0 without. */
  readonly #latest: number[] = [];
  #pairs = new Float64Array(startPairs * width);
  /** Numbers of pairs by hash, 0 for none; twice as many as pairs. */
  #places = new Uint32Array(startPairs * 2);
  /** Pairs, and the unused first. */
  #used = 1;

  constructor(origins: Origins, limit = mostPairs) {
    this.#origins = origins;
    this.#mostPairs = limit;
  }

  /** @returns the number of a new class, which has no calls */
  open(): number {
    this.#only.push(undefined);
    return this.#latest.push(0) - 1;
  }

  /** @param callsBefore of the class, without this statement */
  add(owner: number, origin: Origin, seconds: number, callsBefore: number, secondsBefore: number): void {
    const only = this.#only[owner];
    if (only === origin) return;
    if (callsBefore === 0) {
      this.#only[owner] = origin;
      return;
    }
    if (only !== undefined) {
      this.#only[owner] = undefined;
      this.#count(owner, only, callsBefore, secondsBefore);
    }
    this.#count(owner, origin, 1, seconds);
  }

  /** Of each part the largest first, at most twenty; statements without such a name are left out. @param all of the class */
  of(
    owner: number,
    all: { readonly calls: number; readonly seconds: number },
    toText: (latin1: string) => string,
  ): Readonly<Record<OriginPart, Share[]>> {
    const shares: Record<OriginPart, Share[]> = { schema: [], user: [], host: [], application: [] };
    for (const { part, text } of this.#only[owner]?.names.map((id) => this.#origins.nameOf(id)) ?? [])
      shares[part].push({ name: toText(text), calls: all.calls, seconds: all.seconds });
    const pairs = this.#pairs;
    for (let at = (this.#latest[owner] ?? 0) * width; at !== 0; at = (pairs[at + 3] as number) * width) {
      const { part, text } = this.#origins.nameOf((pairs[at] as number) % nameRoom);
      shares[part].push({ name: toText(text), calls: pairs[at + 1] as number, seconds: pairs[at + 2] as number });
    }
    return {
      schema: largest(shares.schema),
      user: largest(shares.user),
      host: largest(shares.host),
      application: largest(shares.application),
    };
  }

  #count(owner: number, { names }: Origin, calls: number, seconds: number): void {
    for (let index = 0; index < names.length; index++) {
      const at = this.#pairOf(owner, names[index] as number) * width;
      const pairs = this.#pairs;
      pairs[at + 1] = (pairs[at + 1] as number) + calls;
      pairs[at + 2] = (pairs[at + 2] as number) + seconds;
    }
  }

  #pairOf(owner: number, name: number): number {
    const key = owner * nameRoom + name;
    const mask = this.#places.length - 1;
    let place = placeOf(owner, name) & mask;
    for (let pair = this.#places[place] as number; pair !== 0; pair = this.#places[place] as number) {
      if (this.#pairs[pair * width] === key) return pair;
      place = (place + 1) & mask;
    }
    const other = this.#used > this.#mostPairs ? this.#origins.otherNameFor(name) : name;
    return other === name ? this.#addPair(owner, key) : this.#pairOf(owner, other);
  }

  #addPair(owner: number, key: number): number {
    if (this.#used * width >= this.#pairs.length) this.#grow();
    const pair = this.#used++;
    this.#pairs[pair * width] = key;
    this.#pairs[pair * width + 3] = this.#latest[owner] ?? 0;
    this.#latest[owner] = pair;
    this.#place(pair);
    return pair;
  }

  #grow(): void {
    const pairs = new Float64Array(this.#pairs.length * 2);
    pairs.set(this.#pairs);
    this.#pairs = pairs;
    this.#places = new Uint32Array((pairs.length / width) * 2);
    for (let pair = 1; pair < this.#used; pair++) this.#place(pair);
  }

  #place(pair: number): void {
    const key = this.#pairs[pair * width] as number;
    const mask = this.#places.length - 1;
    let place = placeOf(Math.floor(key / nameRoom), key % nameRoom) & mask;
    while (this.#places[place] !== 0) place = (place + 1) & mask;
    this.#places[place] = pair;
  }
}

function largest(shares: Share[]): Share[] {
  if (shares.length < 2) return shares;
  return shares
    .sort((a, b) => b.seconds - a.seconds || b.calls - a.calls || (a.name < b.name ? -1 : 1))
    .slice(0, shown);
}

/** Two numbers mixed (Murmur3's finalizer, Appleby 2008). */
function placeOf(owner: number, name: number): number {
  let mixed = Math.imul(owner, 0x9e3779b1) ^ Math.imul(name + 1, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
