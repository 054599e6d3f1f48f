import { Button } from '@mantine/core';
import { memo, type ReactNode } from 'react';
import type { ClusterState } from '@shared/model/fleet';
import type { Finding } from '@shared/model/health';
import { useNow } from '../../lib/clock';
import { formatAge, formatClock, formatCount, formatSeconds, plural } from '../../lib/format';
import { lostPrimaryOf, wantsFailover } from '../../lib/failover';
import { headlineOf, nextStepOf, serverWord } from '../../lib/next-step';
import { navigate } from '../../lib/router';
import { Age } from '../../ui/age';
import { IconArrowRight } from '../../ui/icons';
import { KeyHint } from '../../ui/key-hint';
import { Sparkline } from '../../ui/sparkline';
import { StatusBadge, StatusIcon, wordOf } from '../../ui/status-badge';
import { Unit } from '../../ui/unit';

const writeFindings = new Set<Finding['code']>([
  'primary-unreachable',
  'primary-missing',
  'primary-read-only',
  'several-writable',
  'disk-full',
  'semi-sync-waiting',
  'too-many-connections',
]);

/** A cluster that needs a person now: what is wrong, since when, the evidence, the trend, the next step. */
export const NeedCard = memo(function NeedCard({
  cluster,
  compact,
  focused,
  keys,
}: {
  readonly cluster: ClusterState;
  readonly compact: boolean;
  readonly focused: boolean;
  /** The key that does the same from anywhere. */
  readonly keys?: string | undefined;
}): ReactNode {
  const [finding] = cluster.findings;
  const grave = cluster.severity === 'act';
  const tone = grave ? 'act' : 'watch';
  const next = finding ? nextStepOf(finding, cluster) : null;
  const className = `need ${tone} ${compact ? 'compact' : ''} ${focused ? 'focused' : ''}`;
  const open = (): void => navigate(next?.route ?? { name: 'cluster', clusterId: cluster.id, tab: 'overview' });
  const badge = <StatusBadge mark={tone}>{wordOf(cluster.severity)}</StatusBadge>;
  const button = (
    <Button
      {...(grave ? { color: 'red' } : { variant: 'default' })}
      h={compact ? 24 : 34}
      fz={compact ? 12 : 13}
      fullWidth={!compact}
      rightSection={keys === undefined ? <IconArrowRight size={compact ? 13 : 15} /> : <KeyHint>{keys}</KeyHint>}
      onClick={open}
    >
      {next?.short ?? next?.label ?? `Open ${cluster.name}`}
    </Button>
  );
  const headline = finding ? headlineOf(cluster, finding) : cluster.name;
  const attributes = { 'data-cluster': cluster.name, 'data-severity': cluster.severity, 'data-row': cluster.id };
  if (compact) {
    return (
      <article className={className} {...attributes} aria-label={headline}>
        <div className="row">
          {badge}
          <h2 className="ellipsis">{headline}</h2>
        </div>
        {finding && <Since atMs={finding.sinceMs} />}
        {button}
      </article>
    );
  }
  return (
    <article className={className} {...attributes} aria-label={headline}>
      <div className="col">
        <div className="row">
          {badge}
          <span className="label ellipsis">
            {serverWord(cluster)} · {cluster.regions.join(', ')} · {plural(cluster.instances.length, 'instance')}
          </span>
        </div>
        <h2 title={headline}>{headline}</h2>
        {finding && <Since atMs={finding.sinceMs} />}
        {finding && <div className="small c-t2">{adviceOf(cluster, finding)}</div>}
      </div>
      <Evidence cluster={cluster} />
      <Trend cluster={cluster} finding={finding} tone={tone} />
      <div className="col" style={{ gap: 5 }}>
        {button}
        <span className="label ellipsis" style={{ textAlign: 'center' }}>
          {cluster.findings.length > 1 ? `and ${plural(cluster.findings.length - 1, 'more finding')}` : 'one finding'}
        </span>
      </div>
    </article>
  );
});

/** Beside the button that plans a failover nothing else is advised: the plan looks at the primary from every side first. */
const adviceOf = (cluster: ClusterState, finding: Finding): string =>
  wantsFailover(cluster) && finding === lostPrimaryOf(cluster)
    ? 'The plan looks at the primary from every side first, and changes nothing before you approve.'
    : finding.advice;

function Since({ atMs }: { readonly atMs: number }): ReactNode {
  const now = useNow();
  return (
    <div className="small nowrap">
      for <b className="name">{formatAge(now - atMs)}</b>, since {formatClock(atMs)}
    </div>
  );
}

/** Three lines at most: those of the top finding, then the titles of the next findings. */
function Evidence({ cluster }: { readonly cluster: ClusterState }): ReactNode {
  const [first, ...others] = cluster.findings;
  if (!first) return <span />;
  const lines = [
    ...first.evidence.map((each) => ({ ...each, mark: first.severity, text: `${each.label}: ${each.text}` })),
    ...others.map((each) => ({
      label: each.code,
      text: each.title,
      mark: each.severity,
      observedAtMs: each.evidence[0]?.observedAtMs ?? each.sinceMs,
    })),
  ].slice(0, 3);
  return (
    <div className="evidence">
      {lines.map((line) => (
        <EvidenceLine key={`${line.label}${line.text}`} {...line} />
      ))}
    </div>
  );
}

function EvidenceLine({
  mark,
  text,
  observedAtMs,
}: {
  readonly mark: Finding['severity'];
  readonly text: string;
  readonly observedAtMs: number;
}): ReactNode {
  return (
    <>
      <StatusIcon mark={mark} size={13} />
      <span className="ellipsis" title={text}>
        {text}
      </span>
      <span className="label">
        <Age atMs={observedAtMs} />
      </span>
    </>
  );
}

function Trend({
  cluster,
  finding,
  tone,
}: {
  readonly cluster: ClusterState;
  readonly finding: Finding | undefined;
  readonly tone: 'act' | 'watch';
}): ReactNode {
  const writes = finding !== undefined && writeFindings.has(finding.code);
  const values = writes ? cluster.commitsSparkline : cluster.sparkline;
  const before = values.find((value) => value !== null) ?? null;
  return (
    <div className="col" style={{ gap: 2 }}>
      <span className="label">{writes ? 'Commits' : 'Worst lag'}, recent</span>
      <Sparkline values={values} width={186} height={32} fluid tone={`var(--${tone})`} />
      <span className="row small">
        <b className="name">
          {writes ? formatCount(cluster.commitsPerSecond) : formatSeconds(cluster.worstLagSeconds)}
          {writes && <Unit>/s</Unit>}
        </b>
        {before !== null && (
          <span className="label">was {writes ? `${formatCount(before)}/s` : formatSeconds(before)}</span>
        )}
      </span>
    </div>
  );
}
