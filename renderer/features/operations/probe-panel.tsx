import { memo, type ReactNode } from 'react';
import type { ProbeView } from '@shared/model/run';
import { formatCount, formatMs } from '../../lib/format';
import { Panel } from '../../ui/panel';
import { StatusBadge } from '../../ui/status-badge';

const shown = 120;
const heights = { acknowledged: 34, refused: 34, waiting: 16 } as const;
const tones = { acknowledged: 'var(--ok)', refused: 'var(--act)', waiting: 'var(--unk)' } as const;

/** The probe writer, one bar a row: what an application would have seen. */
export const ProbePanel = memo(function ProbePanel({ probe }: { readonly probe: ProbeView }): ReactNode {
  const last = probe.outcomes.slice(-shown);
  const waiting = last.filter((each) => each.outcome === 'waiting').length;
  const first = last[0];
  const newest = last.at(-1);
  return (
    <Panel
      flush
      className="none"
      title="Probe writer"
      note="one row at a time, as an application would"
      right={first && newest && `last ${formatMs(newest.atMs - first.atMs)}`}
    >
      <div style={{ padding: '8px 10px 7px' }} data-testid="probe">
        {last.length === 0 ? (
          <div className="label" style={{ height: 36 }}>
            {probe.acknowledged > 0
              ? 'Single rows are shown only while the run is at work.'
              : 'Not known: its counts are kept only once the run has proven its result.'}
          </div>
        ) : (
          <svg
            width="100%"
            height={36}
            viewBox={`0 0 ${shown * 5} 36`}
            preserveAspectRatio="none"
            role="img"
            aria-label="Probe outcomes"
          >
            {last.map((each, index) => (
              <rect
                key={each.atMs}
                x={(shown - last.length + index) * 5}
                y={36 - heights[each.outcome]}
                width={4}
                height={heights[each.outcome]}
                fill={tones[each.outcome]}
                opacity={0.65}
              >
                <title>{`${each.outcome} by ${each.instance}`}</title>
              </rect>
            ))}
          </svg>
        )}
        <div className="row" style={{ gap: 14, marginTop: 4, fontSize: 11.5, flexWrap: 'wrap' }}>
          {(last.length > 0 || probe.acknowledged > 0) && (
            <StatusBadge mark="ok" size={12}>
              {formatCount(probe.acknowledged)} acknowledged
              {newest?.outcome === 'acknowledged' ? `, now by ${newest.instance}` : ''}
            </StatusBadge>
          )}
          {last.length > 0 && (
            <StatusBadge mark={probe.refused > 0 ? 'failed' : 'todo'} size={12}>
              {formatCount(probe.refused)} refused
            </StatusBadge>
          )}
          {waiting > 0 && (
            <StatusBadge mark="unknown" size={12}>
              {waiting} waiting
            </StatusBadge>
          )}
          <span className="right">
            Write gap{' '}
            <b className="name">
              {probe.writeGapMs === null
                ? last.length > 0
                  ? 'not known yet'
                  : 'not measured'
                : formatMs(probe.writeGapMs)}
            </b>
          </span>
        </div>
      </div>
    </Panel>
  );
});
