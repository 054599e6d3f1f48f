import type { Loss } from '@shared/model/plan';
import type { Dialect } from '../../dialect/dialect';
import type { LastWords } from '../../ports/store';
import { covers } from '../steps/positions';

export interface LossInput {
  readonly dialect: Dialect;
  /** What the primary last said; null when this console never heard it. */
  readonly words: LastWords | null;
  /**
   * When the plan was made, ms since the epoch. Until then it may have lived and written, cut off from this console and from
   * its replicas: that nobody heard it is no proof that it was dead.
   */
  readonly nowMs: number;
  /** Everything that the candidate received or holds. */
  readonly held: string;
  /** Replicas of the primary that answer, and all that are known. */
  readonly replicasAnswering: number;
  readonly replicasKnown: number;
  /** False when a replica was started after the primary's last answer: it may have thrown away what it had received. */
  readonly noneRestarted: boolean;
  /** True when nobody that answers received more than the candidate. */
  readonly isMostReceived: boolean;
  /** Counted in the dead primary's binary logs; null where its disk cannot be read. */
  readonly disk: {
    readonly transactions: number;
    readonly bytes: number | null;
    readonly lacked: readonly string[];
  } | null;
}

const count = (n: number, one: string): string => `${n.toLocaleString('en')} ${n === 1 ? one : `${one}s`}`;

/**
 * What taking this candidate loses, and how that is known. Pure. In the order of certainty: the dead primary's own disk, the
 * promise of semi-sync, its last answer. What is not known is null, and said.
 */
export function lossOf(input: LossInput): Loss {
  const { words, held, dialect, disk } = input;
  const unknownSeconds = words ? Math.max(0, (input.nowMs - words.atMs) / 1000) : null;
  const unknownTransactions =
    words && words.commitsPerSecond !== null && unknownSeconds !== null
      ? Math.round(words.commitsPerSecond * unknownSeconds)
      : null;
  const seen = words ? dialect.transactionsBehind(held, words.gtidExecuted) : null;
  const gtid = words && !covers(held, words.gtidExecuted) ? words.gtidExecuted : '';
  if (disk)
    return {
      basis: 'disk',
      transactions: disk.transactions,
      gtid: '',
      bytes: disk.bytes,
      unknownSeconds: 0,
      unknownTransactions: 0,
      sentence:
        disk.transactions === 0
          ? 'Loses nothing: every transaction in the dead primary’s binary logs was received'
          : `Loses ${count(disk.transactions, 'transaction')}${disk.bytes === null ? '' : ` (${size(disk.bytes)})`}, counted in the dead primary’s binary logs${disk.lacked.length === 0 ? ', unless the salvage brings them over' : `; they cannot be salvaged by this account (${disk.lacked.join(', ')} missing)`}`,
    };
  if (
    words?.semiSync &&
    seen === 0 &&
    input.noneRestarted &&
    input.isMostReceived &&
    isPromised(input, words, unknownSeconds ?? Infinity)
  )
    return {
      basis: 'semi-sync',
      transactions: 0,
      gtid: '',
      bytes: 0,
      unknownSeconds,
      unknownTransactions: 0,
      sentence: `Loses no acknowledged write: the primary acknowledged only what ${count(words.semiSyncWaitForCount, 'replica')} had received, and this candidate received the most${aloneAfter(words)}`,
    };
  const base = { gtid, bytes: seen === 0 ? 0 : null, unknownSeconds, unknownTransactions };
  if (words === null || seen === null)
    return {
      ...base,
      basis: 'unknown',
      transactions: null,
      sentence: 'What is lost is not known: this console never heard what the primary held',
    };
  const window =
    unknownTransactions === null
      ? `and what it took in the ${(unknownSeconds ?? 0).toFixed(1)} s since its last answer, a number that nobody knows`
      : `and what it took in the ${(unknownSeconds ?? 0).toFixed(1)} s since its last answer, if it lived on unseen: about ${unknownTransactions.toLocaleString('en')} at its last rate${eachSecond(words)}`;
  return {
    ...base,
    basis: 'last-answer',
    transactions: seen,
    sentence: `Loses ${count(seen, 'transaction')} for certain, ${window}`,
  };
}

/** Semi-sync gives up after its time: one that is only cut off then acknowledges alone. */
const aloneAfter = ({ semiSyncTimeoutMs }: LastWords): string =>
  semiSyncTimeoutMs > 0 && semiSyncTimeoutMs < 86_400_000
    ? `. Should it live on unseen, it acknowledges alone ${Math.round(semiSyncTimeoutMs / 1000)} s after it lost them, until it is fenced`
    : '';

/** The count grows while a person reads: one that is only cut off goes on until it is fenced. */
const eachSecond = ({ commitsPerSecond }: LastWords): string =>
  commitsPerSecond !== null && commitsPerSecond >= 0.5
    ? `, and ${Math.round(commitsPerSecond).toLocaleString('en')} more each second until it is fenced`
    : '';

/** Semi-sync promises only while it cannot have fallen back since, and while enough of those who were asked answer here. */
function isPromised(input: LossInput, words: LastWords, unknownSeconds: number): boolean {
  const absent = input.replicasKnown - input.replicasAnswering;
  return absent < Math.max(1, words.semiSyncWaitForCount) && words.semiSyncTimeoutMs > unknownSeconds * 1000;
}

const size = (bytes: number): string =>
  bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
