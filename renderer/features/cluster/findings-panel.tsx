import { Button } from '@mantine/core';
import { memo, type ReactNode } from 'react';
import type { ClusterState } from '@shared/model/fleet';
import type { Finding } from '@shared/model/health';
import { call } from '../../lib/bridge';
import { useNow } from '../../lib/clock';
import { formatMoment } from '../../lib/format';
import { nextStepOf } from '../../lib/next-step';
import { navigate } from '../../lib/router';
import { Age } from '../../ui/age';
import { EmptyState } from '../../ui/empty-state';
import { IconArrowRight, IconBook2 } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { StatusIcon } from '../../ui/status-badge';

/** Named problems with their evidence, worst first. */
export function FindingsPanel({ cluster }: { readonly cluster: ClusterState }): ReactNode {
  const count = (severity: Finding['severity']): number =>
    cluster.findings.filter((finding) => finding.severity === severity).length;
  const note = [
    count('act') > 0 ? `${count('act')} act now` : '',
    count('watch') > 0 ? `${count('watch')} watch` : '',
    count('note') > 0 ? `${count('note')} note` : '',
  ].filter(Boolean);
  const newest = Math.max(0, ...cluster.instances.map((instance) => instance.seenAtMs ?? 0));
  return (
    <Panel flush title="Findings" note={note.join(', ') || 'none'} right="worst first">
      <div className="scroll" tabIndex={0}>
        {cluster.findings.length === 0 && (
          <EmptyState text="None.">
            <span className="label">
              checked <Age atMs={newest === 0 ? null : newest} /> ago
            </span>
          </EmptyState>
        )}
        {cluster.findings.map((finding) => (
          <FindingItem key={`${finding.code}:${finding.instanceId ?? ''}`} finding={finding} cluster={cluster} />
        ))}
      </div>
    </Panel>
  );
}

const FindingItem = memo(function FindingItem({
  finding,
  cluster,
}: {
  readonly finding: Finding;
  readonly cluster: ClusterState;
}): ReactNode {
  const next = nextStepOf(finding, cluster);
  const now = useNow();
  const elsewhere = next.route.name !== 'cluster' || next.route.tab !== 'overview';
  return (
    <article className="finding" data-finding={finding.code} aria-label={finding.title}>
      <div className="row" style={{ gap: 6 }}>
        <StatusIcon mark={finding.severity} />
        <span className="name ellipsis" title={finding.title}>
          {finding.title}
        </span>
        <span className="label right nowrap">since {formatMoment(finding.sinceMs, now)}</span>
      </div>
      <div className="finding-body">
        {finding.evidence.map((line) => (
          <div key={line.label} className="finding-line">
            <span className="c-t3 ellipsis">{line.label}</span>
            <span style={{ overflowWrap: 'anywhere' }}>{line.text}</span>
            <Age atMs={line.observedAtMs} />
          </div>
        ))}
        <div style={{ marginTop: 3 }}>{finding.advice}</div>
        <div className="row" style={{ marginTop: 6 }}>
          {elsewhere && (
            <Button
              variant="default"
              h={24}
              fz={11.5}
              rightSection={<IconArrowRight size={13} />}
              onClick={() => navigate(next.route)}
            >
              {next.label}
            </Button>
          )}
          {finding.manualUrl !== '' && (
            <Button
              variant="subtle"
              color="gray"
              h={24}
              fz={11.5}
              px={6}
              ml={elsewhere ? 0 : -6}
              leftSection={<IconBook2 size={13} />}
              onClick={() => void call('app.openManual', { url: finding.manualUrl })}
            >
              Manual page
            </Button>
          )}
        </div>
      </div>
    </article>
  );
});
