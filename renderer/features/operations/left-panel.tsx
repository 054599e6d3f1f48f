import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Report } from '@shared/model/report';
import { useCluster } from '../../lib/fleet';
import { navigate } from '../../lib/router';
import { IconArrowRight } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { StatusIcon } from '../../ui/status-badge';
import { nextOperation } from './next-operation';

/** What a person still has to do; where that is an operation, it is the one thing to press. */
export function LeftPanel({ report }: { readonly report: Report }): ReactNode {
  const next = nextOperation(report, useCluster(report.plan.clusterId));
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
      <div className="row" style={{ padding: '7px 10px', flexWrap: 'wrap' }}>
        {next && (
          <>
            <Button
              h={32}
              rightSection={<IconArrowRight size={14} />}
              data-testid="next-operation"
              onClick={() => navigate(next.route)}
            >
              {next.label}
            </Button>
            <span className="small c-t2" style={{ flex: '1 1 200px' }}>
              {next.why}
            </span>
          </>
        )}
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
