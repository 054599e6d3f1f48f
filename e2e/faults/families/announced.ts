import type { Report } from '@shared/model/report';

/** How many transactions the plan said would be lost, the estimate included; null: it said that nobody knows. */
export function announcedLost({ announcedLoss: loss }: Report): number | null {
  if (!loss || loss.transactions === null) return loss ? null : 0;
  return loss.unknownTransactions === null ? null : loss.transactions + loss.unknownTransactions;
}
