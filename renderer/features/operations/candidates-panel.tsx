import { useState, type ReactNode } from 'react';
import { movesPrimary, type Plan } from '@shared/model/plan';
import { plural } from '../../lib/format';
import { Panel } from '../../ui/panel';
import { CandidateRow } from './candidate-row';
import { boardWords, chosenOf } from './kind-words';
import { RulesRow } from './rules-row';

/** Who could take over, give its data or be followed, what each costs, and why the others are not chosen; each opens into the rules it was asked. */
export function CandidatesPanel({
  plan,
  candidateId,
  onChoose,
}: {
  readonly plan: Plan;
  /** The one that was asked for. */
  readonly candidateId: string | null;
  readonly onChoose: (instanceId: string) => void;
}): ReactNode {
  const [open, setOpen] = useState<string | null>(null);
  // A switchover loses nothing: bytes and seconds would be columns of dashes.
  const priced = plan.candidates.some((each) => each.loss !== null);
  const words = boardWords(plan.kind);
  const chosen = chosenOf(plan, candidateId);
  // Only who takes the primary's place can lose its writes.
  const moves = movesPrimary(plan.kind);
  const columns = priced ? 11 : moves ? 10 : 8;
  return (
    <Panel
      flush
      className="candidates"
      title={words.title}
      note={`${plural(plan.candidates.length, words.one)}, ${words.order}`}
      right={words.right}
    >
      <div className="scroll" tabIndex={0} role="region" aria-label={`${words.title}, one row each`}>
        <table className="board" aria-label={words.title}>
          <colgroup>
            <col width="30" />
            <col width={moves ? 96 : 150} />
            <col width={moves ? 64 : 92} />
            <col width="92" />
            {!priced && <col width="164" />}
            <col width="84" />
            {moves && <col width={priced ? 168 : 92} />}
            {priced && <col width="80" />}
            {priced && <col width="86" />}
            {moves && <col width="60" />}
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
              <th className="num">{words.lacks}</th>
              {moves && <th className="num c-t1">Lost, trx</th>}
              {priced && <th className="num">Lost, bytes</th>}
              {priced && <th className="num">Not seen, s</th>}
              {moves && <th className="num">Wait, s</th>}
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
                moves={moves}
                chosen={candidate === chosen}
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
