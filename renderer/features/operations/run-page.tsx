import type { ReactNode } from 'react';
import { movesPrimary, type OperationKind } from '@shared/model/plan';
import type { RunView } from '@shared/model/run';
import { useKeys } from '../../lib/keyboard';
import { useWatch } from '../../lib/queries';
import { navigate } from '../../lib/router';
import { ErrorCard } from '../../ui/error-card';
import { PageHead } from '../../ui/page';
import { Panel } from '../../ui/panel';
import { runMark, runWord } from '../../ui/run-words';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { StatusBadge } from '../../ui/status-badge';
import { AttentionPanel } from './attention-panel';
import { BlockersPanel } from './blockers-panel';
import { JournalPanel } from './journal-panel';
import './operations.css';
import { ProbePanel } from './probe-panel';
import { ReportStage } from './report-stage';
import { RunBand } from './run-band';
import { RunFoot } from './run-foot';
import { RunSteps } from './run-steps';
import { isStopped } from './settle-words';
import { WizardStages } from './wizard-stages';
import { useLook } from './use-look';

/** A run as it goes, and its report after. Leaving the screen changes nothing: the run goes on. */
export function RunPage({ runId, stage }: { readonly runId: string; readonly stage: 'run' | 'report' }): ReactNode {
  useKeys([
    { keys: '3', what: 'Run', run: () => navigate({ name: 'run', runId, stage: 'run' }, true) },
    { keys: '4', what: 'Report', run: () => navigate({ name: 'run', runId, stage: 'report' }, true) },
  ]);
  return stage === 'report' ? <ReportStage runId={runId} /> : <RunStage runId={runId} />;
}

function RunStage({ runId }: { readonly runId: string }): ReactNode {
  const { data: run, error } = useWatch('operation.watch', { runId });
  const look = useLook(run);
  if (!run) {
    return (
      <>
        <PageHead title="Run" facts={<span className="mono">{runId}</span>} />
        <div className="page-body">
          {error ? (
            <ErrorCard error={error} />
          ) : (
            <Panel flush title="Run">
              <SkeletonRows />
            </Panel>
          )}
        </div>
      </>
    );
  }
  return (
    <>
      <PageHead
        title={run.plan.title}
        state={<StatusBadge mark={runMark(run.state)}>{runWord(run.state)}</StatusBadge>}
        facts={
          <>
            <span className="mono">{run.runId}</span> · approved by {run.by}
          </>
        }
      >
        <WizardStages at="Run" />
      </PageHead>
      <div className="page-body" data-run={run.runId} data-state={run.state}>
        {error && <ErrorCard error={error} quiet />}
        <RunBand run={run} />
        {needsPerson(run) && <AttentionPanel run={run} look={look} />}
        <div className="run-columns">
          <RunSteps run={run} found={isStopped(run) ? look.data?.steps : undefined} />
          <div className="col gap-panels" style={{ minHeight: 0 }}>
            {hasProbe(run.plan.kind) && <ProbePanel probe={run.probe} />}
            {run.blockers.length > 0 && <BlockersPanel runId={run.runId} blockers={run.blockers} />}
            <JournalPanel journal={run.journal} runId={run.runId} />
          </div>
        </div>
      </div>
      <RunFoot run={run} />
    </>
  );
}

/** Only where writes move or are broken on purpose somebody writes to measure it. */
const hasProbe = (kind: OperationKind): boolean => movesPrimary(kind) || kind === 'drill';

const needsPerson = (run: RunView): boolean => isStopped(run) || (run.error !== null && run.state !== 'adopted');
