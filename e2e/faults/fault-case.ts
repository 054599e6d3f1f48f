import type { UpOptions } from '../fleet';
import type { Stage } from './stage';

/** What a case leaves behind, for the invariants that are asked afterwards. */
export interface Ending {
  /** Of the run in the journal; `not started` where a plan was refused, as it should be. */
  readonly state: string;
  /** One sentence with the numbers that were seen. */
  readonly seen: string;
  /** Instances that nobody can ask any more. Default none. */
  readonly gone?: readonly string[];
  /** Instances that a report names as not following. Default none. */
  readonly leftBehind?: readonly string[];
  /** Transactions announced as lost before the click; null: an unknown number. Default 0. */
  readonly announcedLost?: number | null;
}

/** One fault on one cluster, what is expected of the console, and how it is played. */
export interface FaultCase {
  /** Number in the fault matrix; `input` where the trouble is in what the console is given. */
  readonly number: number | 'input';
  readonly family: string;
  readonly name: string;
  readonly scenario: 'wallet' | 'shop' | 'payments';
  readonly kind: 'switchover' | 'failover';
  readonly expected: string;
  /** Part of the quick form. */
  readonly quick?: boolean;
  /** Beside hosts and semi-sync, which every case has unless it says otherwise. */
  readonly up?: UpOptions;
  /** The console knows no host by SSH. */
  readonly withoutHosts?: boolean;
  /** The case opens its consoles itself. */
  readonly withoutConsole?: boolean;
  /** @throws Error with what was seen in place of what was expected, {@link NotInjectable} */
  readonly play: (stage: Stage) => Promise<Ending>;
}

/** This machine cannot make the fault; the message says why. */
export class NotInjectable extends Error {}

/** @throws Error with what was seen, when what was expected does not hold */
export function require(holds: boolean, seen: string): asserts holds {
  if (!holds) throw new Error(seen);
}
