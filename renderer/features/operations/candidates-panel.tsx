import { useState, type ReactNode } from 'react';
import type { Plan } from '@shared/model/plan';
import { plural } from '../../lib/format';
import { Panel } from '../../ui/panel';
import { CandidateRow } from './candidate-row';
import { RulesRow } from './rules-row';

/** Who could take over, what each costs, and why the others are not chosen; each opens into the rules it was asked. */
export function CandidatesPanel({
  plan,
  onChoose,
}: {
  readonly plan: Plan;
  readonly onChoose: (instanceId: string) => void;
}): ReactNode {
  const [open, setOpen] = useState<string | null>(null);
  // A switchover loses nothing: bytes and seconds would be columns of dashes.
  const priced = plan.candidates.some((each) => each.loss !== null);
  const columns = priced ? 11 : 10;
  return (
    <Panel
      flush
      className="candidates"
      title="Candidates"
      note={`${plural(plan.candidates.length, 'replica')}, least loss first`}
      right={priced ? 'lost of what the primary held' : "loss counted against the primary's executed set"}
    >
      <div className="scroll" tabIndex={0} role="region" aria-label="Candidates, one row each">
        <table className="board" aria-label="Candidates">
          <colgroup>
            <col width="30" />
            <col width="110" />
            <col width="92" />
            <col width="92" />
            {!priced && <col width="180" />}
            <col width="84" />
            <col width={priced ? 116 : 76} />
            {priced && <col width="80" />}
            {priced && <col width="86" />}
            <col width="60" />
            <col />
            <col width="100" />
          </colgroup>
          <thead>
            <tr>
              <th aria-label="Choice" />
              <th>Instance</th>
              <th>Region</th>
              <th>State</th>
              {!priced && <th>Executed to</th>}
              <th className="num">To apply, trx</th>
              <th className="num c-t1">Lost, trx</th>
              {priced && <th className="num">Lost, bytes</th>}
              {priced && <th className="num">Not seen, s</th>}
              <th className="num">Wait, s</th>
              <th>Why, why not</th>
              <th className="num">Rules</th>
            </tr>
          </thead>
          <tbody>
            {plan.candidates.flatMap((candidate) => [
              <CandidateRow
                key={candidate.instanceId}
                candidate={candidate}
                priced={priced}
                chosen={candidate.instance === plan.impact.candidate}
                open={open === candidate.instanceId}
                onChoose={onChoose}
                onOpen={() => setOpen(open === candidate.instanceId ? null : candidate.instanceId)}
              />,
              ...(open === candidate.instanceId
                ? [<RulesRow key={`${candidate.instanceId} rules`} candidate={candidate} columns={columns} />]
                : []),
            ])}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
