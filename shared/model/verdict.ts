/**
 * What an outage is. Only `dead`, `hung` and `host-lost` offer a failover; `unseen`: others still see the primary, only
 * this console does not.
 */
export type VerdictKind =
  'alive' | 'dead' | 'hung' | 'overloaded' | 'semi-sync-locked' | 'unseen' | 'host-lost' | 'unclear';

/** One place from which the primary was looked at. `ageMs`: how old that sight is. */
export interface Viewpoint {
  readonly from: string;
  readonly kind: 'console' | 'replica' | 'host' | 'endpoint';
  readonly saw: 'answers' | 'refuses' | 'silent' | 'gone' | 'hangs' | 'full' | 'cannot-tell';
  readonly evidence: string;
  readonly ageMs: number | null;
}

export interface Verdict {
  readonly kind: VerdictKind;
  /** "The primary is dead: its host refuses connections from 3 places". */
  readonly sentence: string;
  readonly offersFailover: boolean;
  readonly nextStep: string;
  readonly viewpoints: readonly Viewpoint[];
}

/**
 * One way to make sure that the old primary takes no write, in the order they are tried. `attestation`: a person swears
 * that it is off, and types its host's name.
 */
export interface FenceRung {
  readonly code: 'sql' | 'ssh-stop' | 'ssh-kill' | 'hook' | 'attestation';
  readonly title: string;
  readonly usable: boolean;
  /** What it proves; or, when not usable, what is missing. */
  readonly why: string;
}
