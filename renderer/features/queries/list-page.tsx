import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { ReviewSummary } from '@shared/model/query-review';
import { formatCount, formatDay, formatMinute, formatTime, plural } from '../../lib/format';
import { rowBindings, useKeys } from '../../lib/keyboard';
import { useAct, useCall } from '../../lib/queries';
import { navigate } from '../../lib/router';
import { DataGrid, type GridColumn } from '../../ui/data-grid';
import { EmptyState } from '../../ui/empty-state';
import { ErrorCard } from '../../ui/error-card';
import { IconFileImport } from '../../ui/icons';
import { PageHead } from '../../ui/page';
import { Panel } from '../../ui/panel';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { StatusBadge } from '../../ui/status-badge';
import { JobLine } from './jobs';
import { NewCapture } from './new-capture';
import './queries.css';
import { RemoveReview } from './remove-review';
import { useJobs } from './use-jobs';

/** Reviews of slow queries: the ones that were held, and the form that captures the next. */
export function QueriesPage(): ReactNode {
  const answer = useCall('query.reviews', {});
  const jobs = useJobs();
  const take = useAct('query.import', {
    refresh: ['query.reviews'],
    done: (taken) => (taken === null ? 'Nothing was imported' : 'Review imported'),
  });
  const [selected, setSelected] = useState<string | null>(null);
  const reviews = answer.data?.reviews ?? [];
  const open = (reviewId: string): void => navigate({ name: 'review', reviewId, classId: null });
  useKeys(rowBindings({ ids: reviews.map((each) => each.id), selected, select: setSelected, open }));
  const captures = jobs.filter((job) => job.kind === 'capture' && job.state !== 'done');
  const chosen = reviews.find((each) => each.id === selected);
  return (
    <>
      <PageHead
        title="Queries"
        facts="a review: capture, triage, experiment, decide, and next time see whether the gain came"
      >
        {chosen && <RemoveReview review={chosen} />}
        <Button
          variant="default"
          leftSection={<IconFileImport size={14} />}
          loading={take.busy}
          onClick={() => take.run({}, (taken) => taken !== null && open(taken.reviewId))}
        >
          Import a review
        </Button>
      </PageHead>
      <div className="page-body queries-list">
        <div className="col gap-panels" style={{ minHeight: 0 }}>
          {answer.error && <ErrorCard error={answer.error} />}
          {take.error && <ErrorCard error={take.error} />}
          {answer.data?.problems.map((problem) => (
            <div key={problem} className="error-card quiet" role="note">
              <StatusBadge mark="watch">Not readable</StatusBadge> {problem}
            </div>
          ))}
          {captures.length > 0 && (
            <Panel title="Captures" note={plural(captures.length, 'capture')}>
              {captures.map((job) => (
                <JobLine key={job.id} job={job} />
              ))}
            </Panel>
          )}
          <Panel flush className="grow" title="Reviews" note={plural(reviews.length, 'review')} right="newest first">
            {answer.data === undefined && answer.error === null ? (
              <SkeletonRows />
            ) : (
              <DataGrid
                label="Reviews"
                rows={reviews}
                columns={columns}
                rowId={(row) => row.id}
                selected={selected}
                onSelect={(row) => setSelected(row.id)}
                onOpen={(row) => open(row.id)}
                empty={
                  <EmptyState text="No review yet. Capture what a server did: from its statement digests, from its slow log, or from log files that you drop here. Everything is frozen in a review that opens without the server." />
                }
              />
            )}
          </Panel>
        </div>
        <NewCapture />
      </div>
    </>
  );
}

const columns: readonly GridColumn<ReviewSummary>[] = [
  {
    id: 'title',
    title: 'Review',
    render: (row) => (
      <button
        type="button"
        className="link name ellipsis"
        onClick={() => navigate({ name: 'review', reviewId: row.id, classId: null })}
      >
        {row.title}
      </button>
    ),
  },
  {
    id: 'cluster',
    title: 'Cluster',
    width: 120,
    render: (row) => row.clusterName || <span className="c-t3">files</span>,
  },
  {
    id: 'when',
    title: 'Captured, UTC',
    width: 150,
    render: (row) => `${formatDay(row.createdAtMs)}, ${formatMinute(row.createdAtMs)}`,
  },
  { id: 'classes', title: 'Classes', width: 84, align: 'right', render: (row) => formatCount(row.classes) },
  { id: 'calls', title: 'Calls', width: 96, align: 'right', render: (row) => formatCount(row.calls) },
  { id: 'time', title: 'Query time', width: 96, align: 'right', render: (row) => formatTime(row.seconds) },
  {
    id: 'states',
    title: 'Decided, done, reopened',
    width: 172,
    render: ({ states }) => (
      <span className="row" style={{ gap: 10 }}>
        <span className={states.decided > 0 ? 'c-run' : 'c-t3'}>{states.decided} decided</span>
        <span className={states.done > 0 ? 'c-ok' : 'c-t3'}>{states.done} done</span>
        {states.reopened > 0 && <span className="c-watch">{states.reopened} reopened</span>}
      </span>
    ),
  },
];
