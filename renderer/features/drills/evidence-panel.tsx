import { Fragment, useState, type ReactNode } from 'react';
import { comparable, type Drill } from '@shared/model/drill';
import { plural } from '../../lib/format';
import { EmptyState } from '../../ui/empty-state';
import { Panel } from '../../ui/panel';
import { rtosUpTo } from './drill-words';
import { EvidenceDetail } from './evidence-detail';
import { EvidenceRow } from './evidence-row';

/** Drills that ended, newest first: the measured RTO and RPO, each against the earlier ones. */
export function EvidencePanel({
  drills,
  withCluster,
}: {
  readonly drills: readonly Drill[];
  readonly withCluster: boolean;
}): ReactNode {
  // Until a person opens or closes one the newest stands open, also when it ended while they watched.
  const [picked, setOpen] = useState<string | null | undefined>(undefined);
  const open = picked === undefined ? (drills[0]?.drillId ?? null) : picked;
  const columns = withCluster ? 9 : 8;
  return (
    <Panel flush className="grow" title="Evidence" note={plural(drills.length, 'drill')} right="measured, newest first">
      {drills.length === 0 && (
        <EmptyState text="No drill yet. A drill runs a switchover or a failover on purpose while a probe writes through the way in of the applications: it measures how long writes are away (RTO) and whether an acknowledged write is missing (RPO). Until one ran, both are only estimated." />
      )}
      {drills.length > 0 && (
        <div className="scroll" tabIndex={0} role="region" aria-label="Evidence, one row each">
          <table className="board" aria-label="Drills">
            <colgroup>
              <col width="92" />
              {withCluster && <col width="96" />}
              <col width={drills.some((each) => each.toRegion !== '') ? 140 : 92} />
              <col width="100" />
              <col width="72" />
              <col width="104" />
              <col />
              <col width="104" />
              <col width="82" />
            </colgroup>
            <thead>
              <tr>
                <th>Date</th>
                {withCluster && <th>Cluster</th>}
                <th>Kind</th>
                <th>State</th>
                <th className="num c-t1">RTO</th>
                <th>And earlier</th>
                <th>Where the time went</th>
                <th className="num">RPO, writes</th>
                <th>By</th>
              </tr>
            </thead>
            <tbody>
              {drills.map((drill) => {
                const isOpen = drill.drillId === open;
                const rtos = rtosUpTo(drill, drills);
                return (
                  <Fragment key={drill.drillId}>
                    <EvidenceRow
                      drill={drill}
                      rtos={rtos}
                      max={Math.max(...drills.filter((each) => comparable(each, drill)).map((each) => each.rtoMs ?? 0))}
                      withCluster={withCluster}
                      open={isOpen}
                      onOpen={() => setOpen(isOpen ? null : drill.drillId)}
                    />
                    {isOpen && <EvidenceDetail drill={drill} rtos={rtos} columns={columns} />}
                  </Fragment>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
