import { SegmentedControl } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { QueryJob } from '@shared/model/query-job';
import { Panel } from '../../ui/panel';
import { IndexTrialForm } from './index-trial-form';
import { IndexVerdict } from './index-verdict';
import { JobLine } from './jobs';
import type { AskedPanel } from './plan-panel';
import { RewriteForm } from './rewrite-form';
import { RewriteVerdict } from './rewrite-verdict';

/** What is tried for a class: an index that only the trial sees, or a rewrite that must return the same rows. */
export function ExperimentPanel({ jobs, ...asked }: AskedPanel & { readonly jobs: readonly QueryJob[] }): ReactNode {
  const [kind, setKind] = useState<'index' | 'rewrite'>('index');
  const { item, statementClass } = asked.detail;
  const index = item?.indexExperiments.at(-1);
  const rewrite = item?.rewriteExperiments.at(-1);
  const shown = jobs.filter((job) => job.kind !== 'capture' && job.state !== 'done').slice(0, 2);
  return (
    <Panel
      flush
      title="Experiment"
      note={kind === 'index' ? 'a real index that only the trial sees' : 'equal rows first, then time'}
      right={
        <SegmentedControl
          aria-label="What is tried"
          size="xs"
          data={[
            { value: 'index', label: 'Index' },
            { value: 'rewrite', label: 'Rewrite' },
          ]}
          value={kind}
          onChange={(value) => setKind(value === 'rewrite' ? 'rewrite' : 'index')}
        />
      }
    >
      {shown.map((job) => (
        <div key={job.id} className="panel-body">
          <JobLine job={job} />
        </div>
      ))}
      {kind === 'index' && index !== undefined && (
        <IndexVerdict reviewId={asked.reviewId} classId={statementClass.id} experiment={index} />
      )}
      {kind === 'rewrite' && rewrite !== undefined && (
        <RewriteVerdict reviewId={asked.reviewId} classId={statementClass.id} experiment={rewrite} />
      )}
      {asked.redacted || statementClass.samples.length === 0 ? (
        <div className="panel-body c-t2 small">
          An experiment needs the values of statements, and this class has none here.
        </div>
      ) : kind === 'index' ? (
        <IndexTrialForm {...asked} />
      ) : (
        <RewriteForm {...asked} />
      )}
    </Panel>
  );
}
