import type { Divergence } from '@shared/model/plan';
import { formatCount } from '../../lib/format';

/** A counter of the divergence. null of the model is "Not known", never 0. */
export interface DivergenceFigure {
  readonly label: string;
  readonly value: string;
  readonly unit: string;
  readonly tone: 'act' | 'watch' | 'ok' | 'plain';
  readonly why: string;
}

const transactions = (count: number | null): Pick<DivergenceFigure, 'value' | 'unit'> =>
  count === null
    ? { value: 'Not known', unit: '' }
    : { value: formatCount(count), unit: count === 1 ? 'transaction' : 'transactions' };

/** Only on the instance, only on the primary, and what of that no log holds any more. The first is what can be lost. */
export function divergenceFigures(divergence: Divergence): readonly DivergenceFigure[] {
  const { instance, against, errantTransactions, behindTransactions, purgedTransactions } = divergence;
  return [
    {
      label: `Only on ${instance}`,
      ...transactions(errantTransactions),
      tone: errantTransactions === 0 ? 'ok' : 'act',
      why:
        errantTransactions === 0
          ? `${against} holds all that ${instance} holds`
          : `${against} never had them: an application may have been told that they are safe`,
    },
    {
      label: 'Behind',
      ...transactions(behindTransactions),
      tone: behindTransactions === null ? 'watch' : 'plain',
      why: `comes by itself from the logs of ${against}`,
    },
    {
      label: 'Purged',
      ...transactions(purgedTransactions),
      tone: purgedTransactions === 0 ? 'plain' : 'watch',
      why: purgedTransactions === 0 ? 'no log lacks what it needs' : 'in no log any more: comes only with a new copy',
    },
  ];
}
