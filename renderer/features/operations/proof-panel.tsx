import type { ReactNode } from 'react';
import type { Report } from '@shared/model/report';
import { EmptyState } from '../../ui/empty-state';
import { Panel } from '../../ui/panel';
import { StatusIcon } from '../../ui/status-badge';

/** What was observed after the run, by new connections: never a return code. */
export function ProofPanel({ report }: { readonly report: Report }): ReactNode {
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
