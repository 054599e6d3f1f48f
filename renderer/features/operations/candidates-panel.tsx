import { Radio } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Candidate, Plan } from '@shared/model/operation';
import { formatBareSeconds, formatCount, shortGtid } from '../../lib/format';
import { Panel } from '../../ui/panel';
import { StatusBadge, type Mark } from '../../ui/status-badge';

const states: Readonly<Record<Candidate['state'], { readonly mark: Mark; readonly word: string }>> = {
  best: { mark: 'ok', word: 'Best' },
  possible: { mark: 'note', word: 'Possible' },
  excluded: { mark: 'skipped', word: 'Excluded' },
};

/** Who could take over, what each costs, and why the others are not chosen. */
export function CandidatesPanel({
  plan,
  onChoose,
}: {
  readonly plan: Plan;
  readonly onChoose: (instanceId: string) => void;
}): ReactNode {
  return (
    <Panel
      flush
      className="none"
      title="Candidates"
      note={`${plan.candidates.length} replicas, least loss first`}
      right="loss counted against the primary's executed set"
    >
      <div style={{ maxHeight: 168, overflow: 'auto' }}>
        <table className="board" aria-label="Candidates">
          <colgroup>
            <col width="30" />
            <col width="110" />
            <col width="100" />
            <col width="100" />
            <col width="180" />
            <col width="90" />
            <col width="76" />
            <col width="66" />
            <col />
          </colgroup>
          <thead>
            <tr>
              <th />
              <th>Instance</th>
              <th>Region</th>
              <th>State</th>
              <th>Executed to</th>
              <th className="num">To apply, trx</th>
              <th className="num c-t1">Lost, trx</th>
              <th className="num">Wait, s</th>
              <th>Why, why not</th>
            </tr>
          </thead>
          <tbody>
            {plan.candidates.map((candidate) => (
              <CandidateRow
                key={candidate.instanceId}
                candidate={candidate}
                chosen={candidate.instance === plan.impact.candidate}
                onChoose={onChoose}
              />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function CandidateRow({
  candidate,
  chosen,
  onChoose,
}: {
  readonly candidate: Candidate;
  readonly chosen: boolean;
  readonly onChoose: (instanceId: string) => void;
}): ReactNode {
  const state = states[candidate.state];
  const excluded = candidate.state === 'excluded';
  const lost = candidate.lostTransactions;
  return (
    <tr
      className={excluded ? 'c-t3' : ''}
      aria-selected={chosen}
      data-candidate={candidate.instance}
      data-state={candidate.state}
    >
      <td className="icon-cell">
        <Radio
          size="xs"
          name="candidate"
          aria-label={`Choose ${candidate.instance}`}
          checked={chosen}
          disabled={excluded}
          onChange={() => onChoose(candidate.instanceId)}
        />
      </td>
      <td className="name">{candidate.instance}</td>
      <td>{candidate.region || '–'}</td>
      <td>
        <StatusBadge mark={state.mark}>{state.word}</StatusBadge>
      </td>
      <td className="mono" title={candidate.executedGtid}>
        {shortGtid(candidate.executedGtid) || 'None'}
      </td>
      <td className="num">{candidate.toApply === null ? 'Unknown' : formatCount(candidate.toApply)}</td>
      <td className={`num name ${lost === 0 ? 'c-ok' : excluded ? '' : 'c-act'}`}>
        {lost === null ? 'Unknown' : formatCount(lost)}
      </td>
      <td className="num">{formatBareSeconds(candidate.waitSeconds)}</td>
      <td title={candidate.why}>{candidate.why}</td>
    </tr>
  );
}
