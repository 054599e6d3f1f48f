import type { Share } from '@shared/model/query-capture';
import type { Origin, OriginPart, Origins } from './origins';

/** Names of one part that a class shows. */
const shown = 20;
const startEntries = 1_024;
/** Pairs of class and name that are told apart: 28 bytes each. What is beyond is counted as from {@link Origins.others}. */
const mostPairs = 1_000_000;

/** What a class had before the statement that is added. */
export interface CountedSoFar {
  readonly calls: number;
  readonly seconds: number;
}

/**
 * Calls and seconds by class and name: of its schemas, users, hosts and applications. A class that has one origin, as most
 * have, takes nothing here: all that it counts is of that origin. The pairs of the others lie in flat arrays, found by a
 * hash (open addressing, linear probing) and linked by class: a log's few hundred classes with fifty hosts each stay in the
 * processor's cache, where an object for each pair did not.
 */
export class ShareTable {
  readonly #origins: Origins;
  /** By class: its only origin; undefined when there are more, or none yet. */
  readonly #only: (Origin | undefined)[] = [];
  /** By class: its latest pair; 0 without. */
  readonly #latest: number[] = [];
  #owners = new Uint32Array(startEntries);
  #names = new Uint32Array(startEntries);
  #before = new Uint32Array(startEntries);
  #calls = new Float64Array(startEntries);
  #seconds = new Float64Array(startEntries);
  /** Numbers of pairs by hash, 0 for none; twice as many as pairs. */
  #places = new Uint32Array(startEntries * 2);
  /** Pairs, and the unused first. */
  #used = 1;

  constructor(origins: Origins) {
    this.#origins = origins;
  }

  /** @returns the number of a new class, which has no calls */
  open(): number {
    this.#only.push(undefined);
    return this.#latest.push(0) - 1;
  }

  /** @param soFar of the class, without this statement */
  add(owner: number, origin: Origin, seconds: number, soFar: CountedSoFar): void {
    const only = this.#only[owner];
    if (only === origin) return;
    if (soFar.calls === 0) {
      this.#only[owner] = origin;
      return;
    }
    if (only !== undefined) {
      this.#only[owner] = undefined;
      this.#count(owner, only, soFar.calls, soFar.seconds);
    }
    this.#count(owner, origin, 1, seconds);
  }

  /** The largest first, at most twenty; statements without such a name are left out. @param all of the class */
  by(owner: number, part: OriginPart, all: CountedSoFar, toText: (latin1: string) => string): readonly Share[] {
    const only = this.#only[owner];
    if (only !== undefined)
      return only[part] === '' ? [] : [{ name: toText(only[part]), calls: all.calls, seconds: all.seconds }];
    const found: { readonly name: string; readonly calls: number; readonly seconds: number }[] = [];
    for (let pair = this.#latest[owner] ?? 0; pair !== 0; pair = this.#before[pair] as number) {
      const name = this.#origins.nameOf(this.#names[pair] as number);
      if (name.part !== part) continue;
      found.push({ name: name.text, calls: this.#calls[pair] as number, seconds: this.#seconds[pair] as number });
    }
    return found
      .sort((a, b) => b.seconds - a.seconds || b.calls - a.calls || (a.name < b.name ? -1 : 1))
      .slice(0, shown)
      .map(({ name, calls, seconds }) => ({ name: toText(name), calls, seconds }));
  }

  #count(owner: number, { names }: Origin, calls: number, seconds: number): void {
    for (let index = 0; index < names.length; index++) {
      const pair = this.#pairOf(owner, names[index] as number, index);
      this.#calls[pair] = (this.#calls[pair] as number) + calls;
      this.#seconds[pair] = (this.#seconds[pair] as number) + seconds;
    }
  }

  #pairOf(owner: number, name: number, index: number): number {
    const mask = this.#places.length - 1;
    let place = placeOf(owner, name) & mask;
    for (let pair = this.#places[place] as number; pair !== 0; pair = this.#places[place] as number) {
      if (this.#owners[pair] === owner && this.#names[pair] === name) return pair;
      place = (place + 1) & mask;
    }
    const { others } = this.#origins;
    if (this.#used > mostPairs && !others.names.includes(name)) {
      const { part } = this.#origins.nameOf(name);
      const other = others.names.find((id) => this.#origins.nameOf(id).part === part) ?? index;
      return this.#pairOf(owner, other, index);
    }
    return this.#addPair(owner, name);
  }

  #addPair(owner: number, name: number): number {
    if (this.#used >= this.#owners.length) this.#grow();
    const pair = this.#used++;
    this.#owners[pair] = owner;
    this.#names[pair] = name;
    this.#before[pair] = this.#latest[owner] ?? 0;
    this.#latest[owner] = pair;
    this.#place(pair);
    return pair;
  }

  #grow(): void {
    const length = this.#owners.length * 2;
    this.#owners = grown(this.#owners, new Uint32Array(length));
    this.#names = grown(this.#names, new Uint32Array(length));
    this.#before = grown(this.#before, new Uint32Array(length));
    this.#calls = grown(this.#calls, new Float64Array(length));
    this.#seconds = grown(this.#seconds, new Float64Array(length));
    this.#places = new Uint32Array(length * 2);
    for (let pair = 1; pair < this.#used; pair++) this.#place(pair);
  }

  #place(pair: number): void {
    const mask = this.#places.length - 1;
    let place = placeOf(this.#owners[pair] as number, this.#names[pair] as number) & mask;
    while (this.#places[place] !== 0) place = (place + 1) & mask;
    this.#places[place] = pair;
  }
}

/** Two numbers mixed (Murmur3's finalizer, Appleby 2008). */
function placeOf(owner: number, name: number): number {
  let mixed = Math.imul(owner, 0x9e3779b1) ^ Math.imul(name + 1, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function grown<Numbers extends Uint32Array | Float64Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
