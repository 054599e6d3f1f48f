import { Radio } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Candidate } from '@shared/model/plan';
import { formatBareSeconds, formatCount, plural, shortGtid } from '../../lib/format';
import { IconChevronDown, IconChevronRight } from '../../ui/icons';
import { StatusBadge, type Mark } from '../../ui/status-badge';
import { lossFigure, lostBytes, unseenSeconds } from './loss-words';

const states: Readonly<Record<Candidate['state'], { readonly mark: Mark; readonly word: string }>> = {
  best: { mark: 'ok', word: 'Best' },
  possible: { mark: 'note', word: 'Possible' },
  excluded: { mark: 'skipped', word: 'Excluded' },
};

/** One candidate with its price. `priced`: the plan counts bytes and seconds too; `moves`: it would become the primary. */
export function CandidateRow({
  candidate,
  priced,
  moves,
  chosen,
  open,
  onChoose,
  onOpen,
}: {
  readonly candidate: Candidate;
  readonly priced: boolean;
  readonly moves: boolean;
  readonly chosen: boolean;
  readonly open: boolean;
  readonly onChoose: (instanceId: string) => void;
  readonly onOpen: () => void;
}): ReactNode {
  const state = states[candidate.state];
  const excluded = candidate.state === 'excluded';
  const { loss, rules } = candidate;
  const { value, tone } = loss === null ? plainLoss(candidate.lostTransactions) : lossFigure(loss);
  const broken = rules.filter((each) => !each.holds).length;
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
          title={excluded ? candidate.why : ''}
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
      {!priced && (
        <td className="mono" title={candidate.executedGtid}>
          {shortGtid(candidate.executedGtid) || 'None'}
        </td>
      )}
      <td className="num">{candidate.toApply === null ? 'Not known' : formatCount(candidate.toApply)}</td>
      {moves && (
        <td className={`num name ${excluded ? '' : `c-${tone}`}`} title={loss?.sentence ?? ''}>
          {value}
        </td>
      )}
      {priced && <td className="num">{loss ? lostBytes(loss) : '–'}</td>}
      {priced && <td className="num">{loss ? unseenSeconds(loss) : '–'}</td>}
      {moves && <td className="num">{formatBareSeconds(candidate.waitSeconds)}</td>}
      <td title={candidate.why}>{candidate.why}</td>
      <td className="num">
        {rules.length === 0 ? (
          '–'
        ) : (
          <button
            type="button"
            className={`link rules-link ${broken > 0 && !excluded ? 'c-watch' : ''}`}
            aria-expanded={open}
            aria-label={`Rules of ${candidate.instance}`}
            onClick={onOpen}
          >
            {rules.length - broken} of {plural(rules.length, 'holds', 'hold')}
            {open ? <IconChevronDown size={12} /> : <IconChevronRight size={12} />}
          </button>
        )}
      </td>
    </tr>
  );
}

const plainLoss = (lost: number | null): { readonly value: string; readonly tone: 'ok' | 'act' } =>
  lost === null ? { value: 'Not known', tone: 'act' } : { value: formatCount(lost), tone: lost === 0 ? 'ok' : 'act' };
