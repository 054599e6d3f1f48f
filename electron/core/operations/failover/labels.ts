import type { Loss } from '@shared/model/plan';

/** The loss stands on the button itself: nobody clicks without having read the number. */
export function actLabel(candidate: string, loss: Loss | null, willSalvage: boolean): string {
  if (!loss || loss.transactions === null) return `Fail over to ${candidate}, lose an unknown number of transactions`;
  if (loss.basis === 'disk' && loss.transactions > 0 && willSalvage)
    return `Fail over to ${candidate}, salvage ${loss.transactions.toLocaleString('en')} transactions, lose at most these`;
  const more = loss.basis === 'last-answer' ? lossWindow(loss) : '';
  return `Fail over to ${candidate}, lose ${loss.transactions.toLocaleString('en')} transactions${more}`;
}

const lossWindow = (loss: Loss): string =>
  loss.unknownTransactions === null
    ? ` and what came in the last ${(loss.unknownSeconds ?? 0).toFixed(1)} s`
    : loss.unknownTransactions === 0
      ? ''
      : ` and about ${loss.unknownTransactions.toLocaleString('en')} more if it lived on`;
