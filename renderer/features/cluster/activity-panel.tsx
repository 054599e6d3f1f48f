import type { ReactNode } from 'react';
import { useClusterActivity } from '../../lib/activity';
import { navigate } from '../../lib/router';
import { ActivityList } from '../../ui/activity-list';
import { EmptyState } from '../../ui/empty-state';
import { ErrorCard } from '../../ui/error-card';
import { Panel } from '../../ui/panel';

/** What happened on this cluster, newest first. */
export function ActivityPanel({ clusterId }: { readonly clusterId: string }): ReactNode {
  const { lines, error } = useClusterActivity(clusterId);
  return (
    <Panel
      flush
      title="Activity"
      note="this cluster"
      right={
        <button type="button" className="link" onClick={() => navigate({ name: 'activity' })}>
          all
        </button>
      }
    >
      <div className="scroll" tabIndex={0}>
        {error && <ErrorCard error={error} />}
        {lines.length === 0 && error === null && <EmptyState text="Nothing was recorded yet." />}
        <ActivityList lines={lines} />
      </div>
    </Panel>
  );
}
