import type { ReactNode } from 'react';
import type { Drill } from '@shared/model/drill';
import { useNow } from '../../lib/clock';
import { formatMoment, formatSeconds } from '../../lib/format';
import { BarStrip } from '../../ui/bar-strip';
import { IconChevronDown, IconChevronRight } from '../../ui/icons';
import { kindWord } from '../../ui/run-words';
import { StackedBar } from '../../ui/stacked-bar';
import { StatusBadge } from '../../ui/status-badge';
import { drillMark, drillWord, phaseParts, regionsWord, rpoWords } from './drill-words';

/** One drill in one line: RTO as a figure and beside the earlier ones, its phases, its RPO. */
export function EvidenceRow({
  drill,
  rtos,
  max,
  withCluster,
  open,
  onOpen,
}: {
  readonly drill: Drill;
  readonly rtos: readonly (number | null)[];
  readonly max: number;
  readonly withCluster: boolean;
  readonly open: boolean;
  readonly onOpen: () => void;
}): ReactNode {
  const now = useNow();
  const rto = drill.rtoMs === null ? null : formatSeconds(drill.rtoMs / 1_000);
  const lost = drill.missing !== null && drill.missing > 0;
  return (
    <tr aria-selected={open} data-drill={drill.drillId} data-state={drill.state}>
      <td>
        <button
          type="button"
          className="link evidence-open"
          aria-expanded={open}
          aria-label={`${kindWord(drill.kind)} drill of ${drill.cluster}, ${formatMoment(drill.startedAtMs, now)}`}
          onClick={onOpen}
        >
          {open ? <IconChevronDown size={12} /> : <IconChevronRight size={12} />}
          {formatMoment(drill.startedAtMs, now)}
        </button>
      </td>
      {withCluster && <td className="name">{drill.cluster}</td>}
      <td title={regionsWord(drill)}>
        {kindWord(drill.kind)}
        {drill.toRegion !== '' && <span className="label"> {regionsWord(drill)}</span>}
      </td>
      <td>
        <StatusBadge mark={drillMark(drill.state)} plain>
          {drillWord(drill.state)}
        </StatusBadge>
      </td>
      <td className="num name">{rto ?? '–'}</td>
      <td className="evidence-bars">
        <BarStrip values={rtos} max={max} label={`RTO ${rto ?? 'not measured'}, beside ${rtos.length - 1} earlier`} />
      </td>
      <td>
        {drill.phases.length > 0 ? (
          <StackedBar label="Phases" parts={phaseParts(drill)} />
        ) : (
          <span className="c-t2" title={drill.error}>
            {drill.error || 'not measured'}
          </span>
        )}
      </td>
      <td
        className={`num ${drill.missing === null || drill.acknowledged === 0 ? 'c-t3' : lost ? 'name c-act' : 'c-ok'}`}
      >
        {rpoWords(drill)}
      </td>
      <td className="c-t2" title={drill.by}>
        {drill.by}
      </td>
    </tr>
  );
}
