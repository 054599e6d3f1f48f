import { Radio } from '@mantine/core';
import type { ReactNode } from 'react';
import type { PlanChoice } from '@shared/model/plan';
import { plural } from '../../lib/format';
import { Panel } from '../../ui/panel';
import { StatusBadge } from '../../ui/status-badge';

/** Several ways to go on, a card each: what it keeps and throws away, and why one cannot be taken. Choosing asks again. */
export function ChoicesPanel({
  choices,
  onChoose,
}: {
  readonly choices: readonly PlanChoice[];
  readonly onChoose: (code: string) => void;
}): ReactNode {
  const possible = choices.filter((each) => each.possible).length;
  return (
    <Panel
      className="none"
      title="Ways to go on"
      note={`${possible} of ${plural(choices.length, 'is possible', 'are possible')}`}
      right="the plan below is made for the chosen one"
    >
      <div className="choices" role="radiogroup" aria-label="Ways to go on">
        {choices.map((choice) => (
          <label
            key={choice.code}
            className={`choice ${choice.chosen ? 'chosen' : ''} ${choice.possible ? '' : 'c-t3'}`}
            data-choice={choice.code}
            data-possible={choice.possible}
            aria-current={choice.chosen}
          >
            <span className="row">
              <Radio
                size="xs"
                name="choice"
                aria-label={choice.title}
                checked={choice.chosen}
                disabled={!choice.possible}
                onChange={() => onChoose(choice.code)}
              />
              <span className={choice.possible ? 'name' : ''}>{choice.title}</span>
            </span>
            <span className="small c-t2">{choice.consequence}</span>
            {!choice.possible && (
              <span className="small">
                <StatusBadge mark="skipped">Not possible</StatusBadge> {choice.why}
              </span>
            )}
          </label>
        ))}
      </div>
    </Panel>
  );
}
