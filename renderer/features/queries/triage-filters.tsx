import { Select } from '@mantine/core';
import { clsx } from 'clsx';
import { memo, type ReactNode } from 'react';
import type { ItemState, Movement, ReviewDetail } from '@shared/model/query-review';
import { formatCount } from '../../lib/format';
import { movementWords, stateWords } from './query-words';

export interface TriageFilter {
  readonly state?: ItemState;
  readonly movement?: Movement | 'plan-changed';
  readonly schema?: string;
  readonly user?: string;
  readonly host?: string;
  readonly application?: string;
}

const movements: readonly Movement[] = ['regressed', 'new', 'improved'];
const states: readonly ItemState[] = ['reopened', 'investigating', 'decided', 'done', 'accepted'];
const people = ['schema', 'user', 'host', 'application'] as const;

/** What is worth a look first, one click each; below it who sent the statements. Empty groups are not shown. */
export const TriageFilters = memo(function TriageFilters({
  detail,
  filter,
  onFilter,
}: {
  readonly detail: ReviewDetail;
  readonly filter: TriageFilter;
  readonly onFilter: (filter: TriageFilter) => void;
}): ReactNode {
  const { movement: _movement, state: _state, ...who } = filter;
  const all = filter.movement === undefined && filter.state === undefined;
  const names = {
    schema: detail.schemas,
    user: detail.users,
    host: detail.hosts,
    application: detail.applications,
  };
  return (
    <div className="triage-filters">
      <Chip word="All" count={detail.capture.classCount} on={all} onClick={() => onFilter(who)} />
      {movements
        .filter((each) => detail.movements[each] > 0)
        .map((each) => (
          <Chip
            key={each}
            word={movementWords[each]}
            count={detail.movements[each]}
            on={filter.movement === each}
            onClick={() => onFilter({ ...who, movement: each })}
          />
        ))}
      {detail.planChanged > 0 && (
        <Chip
          word="Plan changed"
          count={detail.planChanged}
          on={filter.movement === 'plan-changed'}
          onClick={() => onFilter({ ...who, movement: 'plan-changed' })}
        />
      )}
      {states
        .filter((each) => detail.states[each] > 0)
        .map((each) => (
          <Chip
            key={each}
            word={stateWords[each]}
            count={detail.states[each]}
            on={filter.state === each}
            onClick={() => onFilter({ ...who, state: each })}
          />
        ))}
      {people
        .filter((each) => names[each].length > 1)
        .map((each) => (
          <Select
            key={each}
            aria-label={`Of one ${each}`}
            placeholder={`any ${each}`}
            size="xs"
            w={122}
            clearable
            searchable
            data={[...names[each]]}
            value={filter[each] ?? null}
            onChange={(value) => {
              const { [each]: _before, ...rest } = filter;
              onFilter(value === null ? rest : { ...rest, [each]: value });
            }}
          />
        ))}
    </div>
  );
});

function Chip({
  word,
  count,
  on,
  onClick,
}: {
  readonly word: string;
  readonly count: number;
  readonly on: boolean;
  readonly onClick: () => void;
}): ReactNode {
  return (
    <button type="button" className={clsx('chip', on && 'tone-run')} aria-pressed={on} onClick={onClick}>
      {word} <b>{formatCount(count)}</b>
    </button>
  );
}
