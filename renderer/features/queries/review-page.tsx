import { useCallback, useEffect, useState, type ReactNode } from 'react';
import type { ReviewDetail } from '@shared/model/query-review';
import { useFleet } from '../../lib/fleet';
import { formatCount, formatDay, formatMinute, plural } from '../../lib/format';
import { useCall } from '../../lib/queries';
import { navigate } from '../../lib/router';
import { ErrorCard } from '../../ui/error-card';
import { PageHead } from '../../ui/page';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { ClassPanel } from './class-panel';
import { CoverageButton } from './coverage-button';
import { ExportMenu } from './export-menu';
import './queries.css';
import { explainedWords, sourceWords } from './query-words';
import { TriageList } from './triage-list';
import { useJobs } from './use-jobs';

/** One review: the queue of its classes, worst first, and beside it everything about the one that is open. */
export function ReviewPage({
  reviewId,
  classId,
}: {
  readonly reviewId: string;
  readonly classId: string | null;
}): ReactNode {
  const answer = useCall('query.review', { reviewId });
  const jobs = useJobs();
  // Which instance is asked: one choice for the whole session, a replica until a person says otherwise.
  const [picked, setInstanceId] = useState<string | null>(null);
  const replicaId = useReplicaOf(answer.data);
  const instanceId = picked ?? replicaId;
  const [first, setFirst] = useState<string | null>(null);
  const select = useCallback(
    (id: string): void => navigate({ name: 'review', reviewId, classId: id }, true),
    [reviewId],
  );
  useEffect(() => {
    // The worst one is open at once: nobody opens a review to look at a list alone.
    if (classId === null && first !== null) navigate({ name: 'review', reviewId, classId: first }, true);
  }, [classId, first, reviewId]);
  const { data } = answer;
  if (data === undefined) {
    return (
      <>
        <PageHead title="Review" />
        <div className="page-body">{answer.error ? <ErrorCard error={answer.error} /> : <SkeletonRows />}</div>
      </>
    );
  }
  return (
    <>
      <PageHead title={data.review.title} facts={<Facts detail={data} />}>
        <Decided detail={data} />
        <CoverageButton detail={data} />
        <ExportMenu reviewId={reviewId} redacted={data.review.redacted} />
      </PageHead>
      <div className="page-body review">
        <TriageList reviewId={reviewId} detail={data} selected={classId} onSelect={select} onFirst={setFirst} />
        <div className="col gap-panels scroll class-side">
          {classId !== null && (
            <ClassPanel
              detail={data}
              classId={classId}
              jobs={jobs}
              instanceId={instanceId}
              onInstance={setInstanceId}
            />
          )}
        </div>
      </div>
    </>
  );
}

/** Some replica of the cluster that was captured: experiments are load, and a primary has enough of it. */
function useReplicaOf(detail: ReviewDetail | undefined): string | null {
  const clusters = useFleet()?.clusters ?? [];
  const cluster = clusters.find(
    (each) => each.id === detail?.capture.clusterId || each.name === detail?.review.clusterName,
  );
  return cluster?.instances.find((each) => each.id !== cluster.primaryId)?.id ?? null;
}

function Facts({ detail }: { readonly detail: ReviewDetail }): ReactNode {
  const { capture, coverage, review } = detail;
  const kinds = [...new Set(capture.sources.map((source) => sourceWords[source.kind]))].join(' and ');
  const window =
    capture.fromMs === null || capture.toMs === null
      ? 'times not known'
      : `${formatDay(capture.fromMs)} ${formatMinute(capture.fromMs)} to ${formatMinute(capture.toMs)}`;
  return (
    <>
      {[
        review.clusterName,
        window,
        `${plural(capture.classCount, 'class', 'classes')} from ${kinds}`,
        explainedWords(coverage),
      ]
        .filter(Boolean)
        .join(' · ')}
      {review.redacted && ' · without literals'}
    </>
  );
}

function Decided({ detail }: { readonly detail: ReviewDetail }): ReactNode {
  const { decided, done, accepted, reopened, investigating } = detail.states;
  const settled = decided + done + accepted;
  if (settled + reopened + investigating === 0) return null;
  return (
    <span className="label nowrap" data-testid="decided">
      {formatCount(settled)} of {formatCount(settled + reopened + investigating)} looked at are decided
    </span>
  );
}
