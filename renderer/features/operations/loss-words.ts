import type { Loss } from '@shared/model/plan';
import { formatBareSeconds, formatBytes, formatCount, formatSeconds, plural } from '../../lib/format';

type Tone = 'ok' | 'watch' | 'act';

/** A figure of the price. null of the model is "Not known", never 0. */
export interface LossFigure {
  readonly value: string;
  readonly tone: Tone;
}

/** The bases that close the question: nothing was committed that this count does not hold. */
const closed = new Set<Loss['basis']>(['every-write-received', 'semi-sync', 'disk']);

/** True while writes may have been acknowledged that nobody could count. */
export const hasUnknown = ({ basis, unknownSeconds, unknownTransactions }: Loss): boolean =>
  closed.has(basis) ? (unknownTransactions ?? 0) > 0 : unknownSeconds !== 0 || unknownTransactions !== 0;

/** Transactions lost, short: "0", "12", "12 + about 40", "12 or more", "Not known". Green only for a 0 that is certain. */
export function lossFigure(loss: Loss): LossFigure {
  const { transactions, unknownTransactions } = loss;
  if (transactions === null) return { value: 'Not known', tone: 'act' };
  const certain = formatCount(transactions);
  if (!hasUnknown(loss)) return { value: certain, tone: transactions === 0 ? 'ok' : 'act' };
  const value =
    unknownTransactions === null ? `${certain} or more` : `${certain} + about ${formatCount(unknownTransactions)}`;
  return { value, tone: transactions === 0 ? 'watch' : 'act' };
}

/** Bytes lost for certain. */
export const lostBytes = ({ bytes }: Loss): string => (bytes === null ? 'Not known' : formatBytes(bytes));

/** What is lost for certain: "12 transactions, 900 kB". */
export const certainWords = (loss: Loss): string =>
  loss.transactions === null
    ? 'Not known'
    : loss.transactions === 0
      ? '0 transactions'
      : `${plural(loss.transactions, 'transaction')}, ${loss.bytes === null ? 'bytes not known' : formatBytes(loss.bytes)}`;

/** Seconds of which nothing is known, for a column whose head has the unit. */
export const unseenSeconds = (loss: Loss): string =>
  loss.unknownSeconds !== null ? formatBareSeconds(loss.unknownSeconds) : hasUnknown(loss) ? 'Not known' : '–';

/** What may be lost besides: "about 40 transactions in 0.8 s". */
export function unseenWords(loss: Loss): string {
  if (!hasUnknown(loss)) return 'None';
  const { unknownSeconds, unknownTransactions } = loss;
  const count =
    unknownTransactions === null ? 'a number not known' : `about ${plural(unknownTransactions, 'transaction')}`;
  return unknownSeconds === null ? count : `${count} in ${formatSeconds(unknownSeconds)}`;
}

/** On what the count rests. */
export const basisWords: Readonly<Record<Loss['basis'], string>> = {
  'every-write-received': 'Every write of the primary was received',
  'semi-sync': 'Semi-sync: each acknowledged write is on a replica that was asked',
  disk: "Counted in the binary logs on the primary's disk",
  'last-answer': "The primary's last answer to this console, and what it may have committed since",
  unknown: 'None: nothing was seen to count by',
};
