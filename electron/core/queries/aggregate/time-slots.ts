/** Slots that a capture has at most. */
const maxSlots = 200;
/** Seconds are kept for so many slots of all classes together: 16 MB. */
const maxCells = 2_000_000;
const firstSlotMs = 1_000;

/** A class's seconds by slot, from its first slot on. */
export interface SlotSeconds {
  from: number;
  seconds: number[];
}

/**
 * One measure of time for all classes: slots of a second at first, and each time the window has more than 200 of them (or
 * all classes together hold too many figures) two become one. Slots are counted from the epoch, so that they stay in step.
 */
export class TimeSlots {
  readonly #all: SlotSeconds[] = [];
  #slotMs = firstSlotMs;
  #first = Infinity;
  #last = -Infinity;
  #cells = 0;
  #maxCells: number;

  constructor(limit = maxCells) {
    this.#maxCells = limit;
  }

  get slotMs(): number {
    return this.#slotMs;
  }

  /** Number of slots; 0 while nothing has a time. */
  get count(): number {
    return this.#last < this.#first ? 0 : this.#last - this.#first + 1;
  }

  /** ms since the epoch; null while nothing has a time. */
  get fromMs(): number | null {
    return this.count === 0 ? null : this.#first * this.#slotMs;
  }

  open(): SlotSeconds {
    const slots: SlotSeconds = { from: 0, seconds: [] };
    this.#all.push(slots);
    return slots;
  }

  add(slots: SlotSeconds, timeMs: number, seconds: number): void {
    let slot = Math.floor(timeMs / this.#slotMs);
    if (slot < this.#first || slot > this.#last) {
      this.#first = Math.min(this.#first, slot);
      this.#last = Math.max(this.#last, slot);
      while (this.count > maxSlots) this.#widen();
      slot = Math.floor(timeMs / this.#slotMs);
    }
    const list = slots.seconds;
    if (list.length === 0) {
      slots.from = slot;
      // One cell, as most classes of a log with many need: a list that is pushed to has room for seventeen.
      slots.seconds = [seconds];
      this.#cells++;
      if (this.#cells > this.#maxCells) this.#widen();
      return;
    }
    const at = slot - slots.from;
    if (at >= 0 && at < list.length) {
      list[at] = (list[at] as number) + seconds;
      return;
    }
    const missing = at < 0 ? -at : at - list.length + 1;
    this.#cells += missing;
    if (at < 0) {
      list.unshift(...Array.from({ length: missing }, () => 0));
      slots.from = slot;
    } else for (let index = 0; index < missing; index++) list.push(0);
    list[slot - slots.from] = (list[slot - slots.from] as number) + seconds;
    if (this.#cells > this.#maxCells) this.#widen();
  }

  /** Makes slots so wide that all classes' full lists together are not longer than `cells`. */
  narrowTo(classes: number, cells: number): void {
    while (this.count > 1 && this.count * classes > cells) this.#widen();
  }

  /** Seconds in each slot of the capture; empty when nothing has a time. */
  listOf(slots: SlotSeconds): readonly number[] {
    const list = new Array<number>(this.count).fill(0);
    const from = slots.from - this.#first;
    slots.seconds.forEach((seconds, index) => (list[from + index] = seconds));
    return list;
  }

  #widen(): void {
    this.#slotMs *= 2;
    this.#first = Math.floor(this.#first / 2);
    this.#last = Math.floor(this.#last / 2);
    this.#cells = 0;
    for (const slots of this.#all) {
      halve(slots);
      this.#cells += slots.seconds.length;
    }
  }
}

function halve(slots: SlotSeconds): void {
  const from = Math.floor(slots.from / 2);
  const { seconds } = slots;
  const count = seconds.length === 0 ? 0 : Math.floor((slots.from + seconds.length - 1) / 2) - from + 1;
  const wider = new Array<number>(count).fill(0);
  seconds.forEach((value, index) => {
    const at = Math.floor((slots.from + index) / 2) - from;
    wider[at] = (wider[at] ?? 0) + value;
  });
  slots.from = from;
  slots.seconds = wider;
}
