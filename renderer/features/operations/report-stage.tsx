import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Report } from '@shared/model/operation';
import { call } from '../../lib/bridge';
import { formatClock, formatCount, formatMs, plural } from '../../lib/format';
import { useCall } from '../../lib/queries';
import { navigate } from '../../lib/router';
import { EmptyState } from '../../ui/empty-state';
import { ErrorCard } from '../../ui/error-card';
import { IconFileExport } from '../../ui/icons';
import { PageHead } from '../../ui/page';
import { Panel } from '../../ui/panel';
import { runMark, runWord } from '../../ui/run-words';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { StatusBadge, StatusIcon } from '../../ui/status-badge';
import { Tiles } from '../../ui/tiles';
import { JournalPanel } from './journal-panel';
import { Stages } from './stages';
import { TimeBoard } from './time-board';

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
        <Stages at="Report" />
        <Button
          variant="default"
          leftSection={<IconFileExport size={14} />}
          onClick={() =>
            void call('app.saveText', {
              suggestedName: `report-${report.runId}.json`,
              text: JSON.stringify(report, null, 2),
            })
          }
        >
          Export report
        </Button>
      </PageHead>
      <div className="page-body" data-testid="report" data-state={report.state}>
        <ReportTiles report={report} />
        <div className="run-columns">
          <div className="col gap-panels" style={{ minHeight: 0 }}>
            <TimeBoard report={report} />
            <JournalPanel journal={report.journal} runId={report.runId} />
          </div>
          <div className="col gap-panels scroll">
            <ProofPanel report={report} />
            <LeftPanel report={report} />
          </div>
        </div>
      </div>
    </>
  );
}

function ReportTiles({ report }: { readonly report: Report }): ReactNode {
  const missing = report.probeMissing;
  const took = report.endedAtMs === null ? null : report.endedAtMs - report.startedAtMs;
  return (
    <Tiles
      large
      tiles={[
        {
          label: 'Write gap, old primary to new',
          value: report.writeGapMs === null ? 'Not measured' : formatMs(report.writeGapMs),
          sub: `planned about ${formatMs(report.plan.impact.writeGapMs)}`,
        },
        {
          label: 'Duration, click to done',
          value: took === null ? 'Not ended' : formatMs(took),
          sub: `${plural(report.steps.length, 'step')}`,
        },
        {
          label: 'Acknowledged writes missing',
          value: missing === null ? 'Unknown' : formatCount(missing),
          ...(missing === null ? {} : { unit: `of ${formatCount(report.probeAcknowledged)}` }),
          sub:
            missing === null
              ? 'not counted: the run did not get as far as its proof'
              : 'probe rows acknowledged minus read back',
          tone: missing === null ? 'watch' : missing === 0 ? 'ok' : 'act',
        },
        {
          label: 'Left to do',
          value: report.leftToDo.length === 0 ? 'None' : formatCount(report.leftToDo.length),
          sub: report.leftToDo[0] ?? 'nothing was left behind',
          tone: report.leftToDo.length === 0 ? undefined : 'watch',
        },
      ]}
    />
  );
}

function ProofPanel({ report }: { readonly report: Report }): ReactNode {
  const holds = report.proof.filter((each) => each.holds).length;
  return (
    <Panel
      flush
      className="none"
      title="Proof"
      note={`${holds} of ${report.proof.length} hold`}
      right="observed by new connections"
    >
      {report.proof.length === 0 && <EmptyState text="None: the run ended before anything could be proven." />}
      {report.proof.map((proof, index) => (
        <div
          key={`${index} ${proof.text}`}
          className="row small"
          style={{ padding: '5px 10px', borderBottom: '1px solid var(--line)' }}
          data-holds={proof.holds}
        >
          <StatusIcon mark={proof.holds ? 'ok' : 'failed'} size={13} />
          <span>{proof.text}</span>
        </div>
      ))}
    </Panel>
  );
}

function LeftPanel({ report }: { readonly report: Report }): ReactNode {
  return (
    <Panel
      flush
      className="none"
      title="Left to do"
      note={report.leftToDo.length === 0 ? 'none' : String(report.leftToDo.length)}
    >
      {report.leftToDo.map((text) => (
        <div key={text} className="row small" style={{ padding: '5px 10px', borderBottom: '1px solid var(--line)' }}>
          <StatusIcon mark="watch" size={13} />
          <span>{text}</span>
        </div>
      ))}
      <div className="row" style={{ padding: '6px 10px' }}>
        <Button
          variant="default"
          h={24}
          onClick={() => navigate({ name: 'cluster', clusterId: report.plan.clusterId, tab: 'overview' })}
        >
          Open {report.plan.cluster}
        </Button>
      </div>
    </Panel>
  );
}
