import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Drill } from '@shared/model/drill';
import { formatDay, formatClock, formatSeconds } from '../../lib/format';
import { navigate } from '../../lib/router';
import { FactsList } from '../../ui/facts-list';
import { StackedBar } from '../../ui/stacked-bar';
import { changeWords, phaseParts, regionsWord, rpoWords } from './drill-words';

/** All that a drill measured, in words, under its row. */
export function EvidenceDetail({
  drill,
  rtos,
  columns,
}: {
  readonly drill: Drill;
  readonly rtos: readonly (number | null)[];
  readonly columns: number;
}): ReactNode {
  const { runId } = drill;
  const change = changeWords(rtos);
  const rto = drill.rtoMs === null ? 'Not measured' : formatSeconds(drill.rtoMs / 1_000);
  return (
    <tr>
      <td colSpan={columns} className="evidence-detail">
        {drill.phases.length > 0 && <StackedBar legend label="Phases of the outage" parts={phaseParts(drill)} />}
        <FactsList
          facts={[
            ...(drill.error === '' ? [] : [{ label: 'Failed', value: <span className="c-act">{drill.error}</span> }]),
            {
              label: 'RTO measured',
              value:
                change === ''
                  ? rto
                  : `${rto}, ${change} against the drill before${drill.toRegion === '' ? '' : ` from ${drill.fromRegion} to ${drill.toRegion}`}`,
            },
            { label: 'RPO measured', value: `${rpoWords(drill)} acknowledged writes missing` },
            { label: 'Announced', value: drill.announced || 'Nothing: no plan was reached' },
            {
              label: 'Primary',
              value: `${drill.oldPrimary} → ${drill.newPrimary || 'nobody'}${drill.toRegion === '' ? '' : `, region ${regionsWord(drill)}`}`,
            },
            ...(drill.notes.length === 0
              ? []
              : [
                  {
                    label: 'Besides',
                    value: (
                      <>
                        {drill.notes.map((note) => (
                          <div key={note} data-note>
                            {note}
                          </div>
                        ))}
                      </>
                    ),
                  },
                ]),
            { label: 'Written through', value: drill.writesThrough || 'Not known' },
            {
              label: 'Started',
              value: `${formatDay(drill.startedAtMs)}, ${formatClock(drill.startedAtMs)} UTC, by ${drill.by}, ${drill.unattended ? 'unattended' : 'attended'}${drill.reason === '' ? '' : `: ${drill.reason}`}`,
            },
          ]}
        />
        {runId !== null && (
          <Button variant="default" h={24} mt={6} onClick={() => navigate({ name: 'run', runId, stage: 'report' })}>
            Open the report of its run
          </Button>
        )}
      </td>
    </tr>
  );
}
