import type { Capture } from '@shared/model/query-capture';

const maxSlots = 200;

type SlotGrid = Pick<Capture, 'slotMs' | 'slotsFromMs'>;

/** Slots into which the slots of two captures fit. */
export interface AlignedSlots {
  readonly slotMs: number;
  readonly fromMs: number | null;
  /** A class's seconds of one of the two captures, in these slots; empty stays empty. */
  place(slots: readonly number[], grid: SlotGrid): readonly number[];
}

/**
 * The narrowest slots for both: as wide as the wider of the two, doubled until they are at most 200. Seconds go to the slot
 * in which their own slot begins; slots made here are powers of two seconds counted from the epoch, so they fit exactly.
 */
export function alignSlots(a: Capture, b: Capture): AlignedSlots {
  const starts = [a, b].flatMap((one) => (one.slotsFromMs === null ? [] : [one.slotsFromMs]));
  if (starts.length === 0) return { slotMs: a.slotMs, fromMs: null, place: () => [] };
  const end = Math.max(...[a, b].map(endOf));
  let slotMs = Math.max(...[a, b].flatMap((one) => (one.slotsFromMs === null ? [] : [one.slotMs])));
  const from = (): number => Math.floor(Math.min(...starts) / slotMs);
  const count = (): number => Math.ceil(end / slotMs) - from();
  while (count() > maxSlots) slotMs *= 2;
  const first = from();
  const length = Math.max(1, count());
  return {
    slotMs,
    fromMs: first * slotMs,
    place(slots, grid) {
      const { slotsFromMs } = grid;
      if (slotsFromMs === null || slots.length === 0) return [];
      const placed = Array.from({ length }, () => 0);
      slots.forEach((seconds, index) => {
        const at = Math.min(length - 1, Math.floor((slotsFromMs + index * grid.slotMs) / slotMs) - first);
        placed[at] = (placed[at] ?? 0) + seconds;
      });
      return placed;
    },
  };
}

function endOf(capture: Capture): number {
  const slots = capture.classes.reduce((most, { slots: own }) => Math.max(most, own.length), 0);
  return capture.slotsFromMs === null ? -Infinity : capture.slotsFromMs + slots * capture.slotMs;
}
