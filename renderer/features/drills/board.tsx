import { useState, type ReactNode } from 'react';
import { useCall } from '../../lib/queries';
import { ErrorCard } from '../../ui/error-card';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { isLive } from './drill-words';
import './drills.css';
import { EvidencePanel } from './evidence-panel';
import { LiveDrill } from './live-drill';
import { StartForm } from './start-form';

/** Drills of one cluster, or of all with `clusterId` null: what is at work, what was measured, and the form to start one. */
export function DrillsBoard({ clusterId }: { readonly clusterId: string | null }): ReactNode {
  const answer = useCall('drill.list', clusterId === null ? {} : { clusterId }, { everyMs: 3_000 });
  // A drill that was just started is followed before the next list names it.
  const [started, setStarted] = useState<string | null>(null);
  const drills = answer.data ?? [];
  const live = drills.filter(isLive).map((drill) => drill.drillId);
  const known = drills.some((drill) => drill.drillId === started);
  const followed = started !== null && !known ? [started, ...live] : live;
  return (
    <div className="drills">
      <div className="col gap-panels" style={{ minHeight: 0 }}>
        {answer.error && <ErrorCard error={answer.error} />}
        {followed.map((drillId) => (
          <LiveDrill key={drillId} drillId={drillId} listed={drills.find((each) => each.drillId === drillId)} />
        ))}
        {answer.data ? (
          <EvidencePanel drills={drills.filter((drill) => !isLive(drill))} withCluster={clusterId === null} />
        ) : (
          answer.error === null && <SkeletonRows />
        )}
      </div>
      <StartForm clusterId={clusterId} onStarted={setStarted} busyWith={followed.length > 0} />
    </div>
  );
}
