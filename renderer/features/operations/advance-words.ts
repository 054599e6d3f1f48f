import type { StepAdvance } from '@shared/model/run';
import { formatBytes, formatCount, formatRemaining } from '../../lib/format';

const amount = (value: number, unit: StepAdvance['unit']): string =>
  unit === 'bytes' ? formatBytes(value) : `${formatCount(value)} ${value === 1 ? 'transaction' : 'transactions'}`;

/** How far in 0 to 1; null where nobody knows how much there is. */
export function shareOf({ done, total }: StepAdvance): number | null {
  if (total === null || total <= 0) return null;
  return Math.min(1, Math.max(0, done / total));
}

/** "1.2 GB of 3.4 GB, 110 MB/s, 20 s left": what is not known is said, never guessed. */
export function advanceWords(advance: StepAdvance): string {
  const { done, total, unit, perSecond, secondsLeft } = advance;
  const rate =
    perSecond === null
      ? 'rate not known yet'
      : unit === 'bytes'
        ? `${formatBytes(perSecond)}/s`
        : `${formatCount(perSecond)} transactions/s`;
  const all =
    total === null ? `${amount(done, unit)} so far, total not known` : `${part(advance)} of ${amount(total, unit)}`;
  const left =
    secondsLeft === null
      ? 'time left not known'
      : secondsLeft <= 0
        ? 'done soon'
        : `${formatRemaining(secondsLeft * 1_000)} left`;
  return [all, rate, left].join(', ');
}

/** The part done, without a unit where the total has the same. */
const part = ({ done, unit }: StepAdvance): string => (unit === 'bytes' ? formatBytes(done) : formatCount(done));
