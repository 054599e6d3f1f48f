import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatClock } from '../../lib/format';
import { useCall } from '../../lib/queries';
import { navigate } from '../../lib/router';
import { ErrorCard } from '../../ui/error-card';
import { PageHead } from '../../ui/page';
import { runMark, runWord } from '../../ui/run-words';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { StatusBadge } from '../../ui/status-badge';
import { EvidenceFilesPanel } from './evidence-files-panel';
import { ExportButtons } from './export-buttons';
import { JournalPanel } from './journal-panel';
import { LeftPanel } from './left-panel';
import { ProofPanel } from './proof-panel';
import { ReportTiles } from './report-tiles';
import { TimeBoard } from './time-board';
import { TimelinePanel } from './timeline-panel';
import { WizardStages } from './wizard-stages';

/** What the run did, derived from its journal alone: how long, what was lost, what is proven, what remains. */
export function ReportStage({ runId }: { readonly runId: string }): ReactNode {
  const answer = useCall('operation.report', { runId });
  const report = answer.data;
  if (!report) {
    return (
      <>
        <PageHead title="Report" facts={<span className="mono">{runId}</span>} />
        <div className="page-body">
          {answer.error ? (
            <ErrorCard error={answer.error}>
              <Button variant="default" onClick={() => navigate({ name: 'run', runId, stage: 'run' })}>
                Open the run
              </Button>
            </ErrorCard>
          ) : (
            <SkeletonRows />
          )}
        </div>
      </>
    );
  }
  return (
    <>
      <PageHead
        title={report.plan.title}
        state={
          <StatusBadge mark={runMark(report.state)}>
            {runWord(report.state)}
            {report.endedAtMs !== null && ` ${formatClock(report.endedAtMs)}`}
          </StatusBadge>
        }
        facts={`approved by ${report.by}${report.reason === '' ? '' : `: ${report.reason}`}`}
      >
        <WizardStages at="Report" />
        <ExportButtons runId={report.runId} />
      </PageHead>
      <div className="page-body" data-testid="report" data-state={report.state}>
        <ReportTiles report={report} />
        <div className="run-columns">
          <div className="col gap-panels" style={{ minHeight: 0 }}>
            <TimeBoard report={report} />
            <JournalPanel journal={report.journal} runId={report.runId} />
          </div>
          <div className="col gap-panels scroll">
            <LeftPanel report={report} />
            <EvidenceFilesPanel evidence={report.evidence} />
            {report.timeline.length > 0 && <TimelinePanel timeline={report.timeline} />}
            <ProofPanel report={report} />
          </div>
        </div>
      </div>
    </>
  );
}
