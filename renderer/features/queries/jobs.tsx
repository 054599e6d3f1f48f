import { Button, Progress } from '@mantine/core';
import type { ReactNode } from 'react';
import type { QueryJob } from '@shared/model/query-job';
import { useAct } from '../../lib/queries';
import { navigate } from '../../lib/router';
import { ErrorCard } from '../../ui/error-card';
import { StatusBadge } from '../../ui/status-badge';
import { progressWords } from './query-words';

/** One long work: how far it is, how fast, how long still, and its end. It goes on when this screen is left. */
export function JobLine({ job }: { readonly job: QueryJob }): ReactNode {
  const cancel = useAct('query.cancel');
  const { reviewId } = job;
  const { done, total } = job.progress;
  return (
    <div className="job" data-job={job.kind} data-state={job.state}>
      <div className="row">
        <StatusBadge mark={markOf(job)}>{job.title}</StatusBadge>
        <span className="label ellipsis grow">{progressWords(job)}</span>
        {job.state === 'running' && (
          <Button variant="default" h={24} loading={cancel.busy} onClick={() => cancel.run({ jobId: job.id })}>
            Cancel
          </Button>
        )}
        {job.kind === 'capture' && job.state === 'done' && reviewId !== null && (
          <Button h={24} onClick={() => navigate({ name: 'review', reviewId, classId: null })}>
            Open the review
          </Button>
        )}
      </div>
      {job.state === 'running' && (
        <Progress
          mt={5}
          size={4}
          aria-label={job.title}
          value={total === null || total === 0 ? 100 : (done / total) * 100}
          animated={total === null}
        />
      )}
      {job.error && <ErrorCard error={job.error} />}
      {cancel.error && <ErrorCard error={cancel.error} />}
    </div>
  );
}

const markOf = (job: QueryJob): 'busy' | 'ok' | 'failed' | 'skipped' => {
  switch (job.state) {
    case 'running':
      return 'busy';
    case 'done':
      return 'ok';
    case 'failed':
      return 'failed';
    case 'cancelled':
      return 'skipped';
  }
};
