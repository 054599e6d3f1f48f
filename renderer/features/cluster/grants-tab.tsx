import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Capability, InstanceCapabilities } from '@shared/model/instance';
import { call } from '../../lib/bridge';
import { byName } from '../../lib/fleet';
import { useCall } from '../../lib/queries';
import { Age } from '../../ui/age';
import { ErrorCard } from '../../ui/error-card';
import { IconCopy } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { SqlBlock } from '../../ui/sql-block';
import { StatusBadge, StatusIcon, type Mark } from '../../ui/status-badge';

const marks: Readonly<Record<Capability['state'], Mark>> = {
  works: 'ok',
  partly: 'watch',
  missing: 'skipped',
  unknown: 'unknown',
};
const words: Readonly<Record<Capability['state'], string>> = {
  works: 'Works',
  partly: 'Partly',
  missing: 'Missing',
  unknown: 'Unknown',
};

/** What the account may do on each instance, which grant is missing, and what still works without it. */
export function GrantsTab({ clusterId }: { readonly clusterId: string }): ReactNode {
  const answer = useCall('cluster.capabilities', { clusterId });
  const [picked, setPicked] = useState<string | null>(null);
  const all = [...(answer.data ?? [])].sort((a, b) => byName({ name: a.instance }, { name: b.instance }));
  const shown = all.find((each) => each.instanceId === picked) ?? all[0];
  return (
    <div className="grants">
      <Panel
        flush
        title="Instances"
        right={<Age atMs={answer.askedAtMs || null} oldAfterMs={600_000} prefix="asked " suffix=" ago" />}
      >
        {answer.error && <ErrorCard error={answer.error} />}
        {answer.data === undefined && answer.error === null && <SkeletonRows />}
        <div className="scroll" tabIndex={0}>
          <table className="board">
            <tbody>
              {all.map((each) => (
                <tr
                  key={each.instanceId}
                  aria-selected={each === shown}
                  data-instance={each.instance}
                  onClick={() => setPicked(each.instanceId)}
                >
                  <td>
                    <button type="button" className="link name">
                      {each.instance}
                    </button>
                  </td>
                  <td style={{ width: 150 }}>
                    <Summary of={each} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
      <Panel
        flush
        title={shown ? `Grants on ${shown.instance}` : 'Grants'}
        note={shown && <span className="mono">{shown.account}</span>}
        right={
          <Button variant="subtle" color="gray" h={22} loading={answer.asking} onClick={answer.ask}>
            Ask again
          </Button>
        }
      >
        <div className="scroll" tabIndex={0}>
          {shown?.capabilities.map((each) => (
            <CapabilityItem key={each.code} capability={each} />
          ))}
        </div>
      </Panel>
    </div>
  );
}

function Summary({ of }: { readonly of: InstanceCapabilities }): ReactNode {
  const works = of.capabilities.filter((each) => each.state === 'works').length;
  const all = of.capabilities.length;
  return (
    <StatusBadge mark={works === all ? 'ok' : 'watch'} plain>
      {works} of {all} work
    </StatusBadge>
  );
}

function CapabilityItem({ capability }: { readonly capability: Capability }): ReactNode {
  const lacks = capability.state !== 'works';
  return (
    <div className="capability" data-capability={capability.code} data-state={capability.state}>
      <div className="row" style={{ gap: 6 }}>
        <StatusIcon mark={marks[capability.state]} />
        <span className="name">{capability.title}</span>
        <span className="right">
          <StatusBadge mark={marks[capability.state]} plain>
            {words[capability.state]}
          </StatusBadge>
        </span>
      </div>
      {lacks && (
        <div className="col small" style={{ margin: '4px 0 0 20px', gap: 5 }}>
          {capability.missing.length > 0 && (
            <span>
              Missing: <span className="mono">{capability.missing.join(', ')}</span>
            </span>
          )}
          <span className="c-t2">{capability.without}</span>
          <div className="row" style={{ alignItems: 'flex-start' }}>
            <div className="grow">
              <SqlBlock sql={capability.grantSql} />
            </div>
            <Button
              variant="default"
              leftSection={<IconCopy size={13} />}
              onClick={() => void call('app.copyText', { text: capability.grantSql })}
            >
              Copy
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}
