import type { Drill } from '@shared/model/drill';
import type { Plan } from '@shared/model/plan';

/** What is left after a planned move: the primary stands elsewhere, and nothing else. */
export const switchoverNotes = (
  drill: Pick<Drill, 'fromRegion' | 'toRegion'>,
  { impact }: Pick<Plan, 'impact'>,
): readonly string[] =>
  drill.toRegion === ''
    ? []
    : [
        `Left to do: the primary is ${impact.candidate} in ${drill.toRegion} now; a switchover back to ${drill.fromRegion} leads it home`,
      ];

/** What was broken and what was not, whether another region took over than was asked for, and what is left to do. */
export function failoverNotes(
  drill: Drill,
  { breakPlan, asked }: { readonly breakPlan: Pick<Plan, 'impact' | 'steps'>; readonly asked: string },
): readonly string[] {
  const ended = breakPlan.steps
    .flatMap((step) => step.statements)
    .filter((one) => one.key.startsWith('kill.'))
    .map((one) => one.instance);
  const names = ended.join(', ');
  const all = ended.length > 1;
  return [
    ...(asked === '' ? [] : [`${asked}. The best one took over instead`]),
    ...(all
      ? [`Ended with kill -9: ${names}. Hosts and lines stayed: a region that is really lost takes them too`]
      : []),
    `Left to do: start ${names || drill.oldPrimary}, bring ${all ? 'them' : 'it'} back by a rejoin${all ? ', first those whom nobody follows' : ''}${drill.fromRegion === '' ? '' : `; then a switchover leads the primary home to ${drill.fromRegion}`}`,
  ];
}
