import { Button, SegmentedControl, Select, Switch, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Drill } from '@shared/model/drill';
import { useFleet } from '../../lib/fleet';
import { useAct, useCall } from '../../lib/queries';
import { useUnlock } from '../../lib/unlock';
import { ErrorCard } from '../../ui/error-card';
import { Panel } from '../../ui/panel';
import { StatusBadge } from '../../ui/status-badge';
import { TypedField } from '../../ui/typed-field';
import { UnlockForm } from '../../ui/unlock-form';
import { DrillForecast } from './drill-forecast';
import { startRefusal } from './start-refusal';

/** Starts a drill: what it would do stands here first, and the cluster's name is typed as for the real thing. */
export function StartForm({
  clusterId,
  busyWith,
  onStarted,
}: {
  readonly clusterId: string | null;
  /** A drill is at work already. */
  readonly busyWith: boolean;
  readonly onStarted: (drillId: string) => void;
}): ReactNode {
  const clusters = useFleet()?.clusters ?? [];
  const [picked, setPicked] = useState<string | null>(null);
  const [kind, setKind] = useState<Drill['kind']>('switchover');
  const [toRegion, setToRegion] = useState('');
  const [unattended, setUnattended] = useState(false);
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const cluster = clusters.find((each) => each.id === (clusterId ?? picked));
  const regions = cluster?.regions ?? [];
  // A region of another cluster is none of this one.
  const region = regions.length > 1 && regions.includes(toRegion) ? toRegion : '';
  const home = cluster?.instances.find((each) => each.id === cluster.primaryId)?.region ?? '';
  const target = region === '' ? {} : { toRegion: region };
  // Asked again after each drill: the primary stands elsewhere then, and what is shown must be what is done.
  const forecast = useCall('drill.plan', cluster && !busyWith ? { clusterId: cluster.id, kind, ...target } : null);
  const plan = forecast.asking ? undefined : forecast.data;
  const start = useAct('drill.start', { refresh: ['drill.list'] });
  const { unlock } = useUnlock();
  const locked = cluster !== undefined && cluster.unlock === null;
  const refusal = startRefusal({
    cluster: cluster?.name ?? null,
    plan,
    failed: forecast.error !== null,
    locked,
    typed,
    busyWith,
  });
  return (
    <Panel flush title="Start a drill" note="nothing is broken yet">
      <form
        className="scroll col start-drill"
        aria-label="Start a drill"
        onSubmit={(event) => {
          event.preventDefault();
          if (!cluster || refusal !== null) return;
          start.run(
            { clusterId: cluster.id, kind, ...target, unattended, confirmName: typed, reason: reason.trim() },
            ({ drillId }) => {
              setTyped('');
              onStarted(drillId);
            },
          );
        }}
      >
        {clusterId === null && (
          <Select
            label="Cluster"
            placeholder="choose one"
            searchable
            data={clusters.map((each) => ({ value: each.id, label: each.name }))}
            value={picked}
            onChange={setPicked}
          />
        )}
        <SegmentedControl
          aria-label="Kind"
          data={[
            { value: 'switchover', label: 'Switchover' },
            { value: 'failover', label: 'Failover' },
          ]}
          value={kind}
          onChange={(value) => setKind(value === 'failover' ? 'failover' : 'switchover')}
        />
        {regions.length > 1 && (
          <Select
            label="Who takes over"
            data={[
              { value: '', label: 'Whoever is best, near first' },
              ...regions.map((each) => ({
                value: each,
                label: each === home ? `${each}, where the primary is` : `Region ${each}`,
              })),
            ]}
            value={region}
            onChange={(value) => setToRegion(value ?? '')}
            allowDeselect={false}
          />
        )}
        {kind === 'failover' &&
          (region === '' || region === home ? (
            <KillWarning what="Kills the primary">
              {cluster ? `The primary of ${cluster.name} is` : 'The primary is'} killed on purpose: applications cannot
              write until the failover is done.
            </KillWarning>
          ) : (
            <KillWarning what={home === '' ? 'Kills a region' : `Kills region ${home}`}>
              Every server of {home || 'the primary’s region'} is killed on purpose: applications cannot write until{' '}
              {region} has taken over.
            </KillWarning>
          ))}
        {cluster && !busyWith && <DrillForecast plan={plan} error={forecast.error} onAsk={forecast.ask} />}
        <Switch
          label="Unattended: it approves its own plan"
          checked={unattended}
          onChange={(event) => setUnattended(event.currentTarget.checked)}
        />
        <TextInput
          label="Reason"
          placeholder="for the evidence"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {cluster && (
          <TypedField label="Type the cluster" expected={cluster.name} width={170} value={typed} onChange={setTyped} />
        )}
        <Button
          type="submit"
          data-testid="start-drill"
          {...(kind === 'failover' ? { color: 'red' } : {})}
          disabled={refusal !== null}
          title={refusal ?? ''}
          loading={start.busy}
        >
          {cluster ? (plan?.actLabel ?? `Drill a ${kind} on ${cluster.name}`) : `Drill a ${kind}`}
        </Button>
        {refusal !== null && <span className="label">Not yet: {refusal}</span>}
        {start.error && <ErrorCard error={start.error} />}
      </form>
      {locked && cluster && (
        <div className="none" style={{ padding: '8px 12px', borderTop: '1px solid var(--line)' }}>
          <UnlockForm
            focus={false}
            why={`${cluster.name} is locked: nothing on it can be changed until you unlock it.`}
            cluster={cluster.name}
            busy={unlock.busy}
            error={unlock.error}
            onUnlock={(why, minutes) => unlock.run({ clusterId: cluster.id, reason: why, minutes })}
          />
        </div>
      )}
    </Panel>
  );
}

/** A warning that may take more than one line. */
function KillWarning({ what, children }: { readonly what: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="error-card quiet" role="note">
      <StatusBadge mark="watch">{what}</StatusBadge>
      <div>{children}</div>
    </div>
  );
}
