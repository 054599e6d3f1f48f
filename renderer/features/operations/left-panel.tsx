import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Report } from '@shared/model/report';
import { navigate } from '../../lib/router';
import { Panel } from '../../ui/panel';
import { StatusIcon } from '../../ui/status-badge';

/** What a person still has to do. */
export function LeftPanel({ report }: { readonly report: Report }): ReactNode {
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
