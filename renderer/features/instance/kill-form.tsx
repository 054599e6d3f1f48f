import { Button, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { ClusterState } from '@shared/model/fleet';
import type { Session } from '@shared/model/instance';
import { useAct } from '../../lib/queries';
import { useUnlock } from '../../lib/unlock';
import { ErrorCard } from '../../ui/error-card';
import { StatusIcon } from '../../ui/status-badge';
import { UnlockForm } from '../../ui/unlock-form';
import { killLabel, killSentence } from './sessions';

type What = 'query' | 'connection';

const leastReason = 3;

/** Ends a statement or a session, in place: what it costs, the reason, then the act. A locked cluster is unlocked first. */
export function KillForm({
  cluster,
  instanceId,
  session,
  freed,
}: {
  readonly cluster: ClusterState;
  readonly instanceId: string;
  readonly session: Session;
  readonly freed: number;
}): ReactNode {
  const [what, setWhat] = useState<What | null>(null);
  const [reason, setReason] = useState('');
  const { unlock } = useUnlock();
  const kill = useAct('instance.kill', { done: (result) => `${result.statement}: ${result.observed}` });
  if (session.kind === 'system' || session.kind === 'replication') {
    return (
      <span className="label">Not offered: ending a {session.kind} thread would stop replication or the server.</span>
    );
  }
  if (what === null) {
    return (
      <>
        <div className="row small" style={{ alignItems: 'flex-start', marginBottom: 7 }}>
          <StatusIcon mark="note" />
          <span>{killSentence(session, freed)}</span>
        </div>
        <div className="row">
          {session.kind === 'running' && (
            <Button variant="default" onClick={() => setWhat('query')}>
              Kill query…
            </Button>
          )}
          <Button variant="outline" color="red" className="kill-button" onClick={() => setWhat('connection')}>
            Kill connection…
          </Button>
        </div>
      </>
    );
  }
  if (cluster.unlock === null) {
    return (
      <>
        <div className="small" style={{ marginBottom: 6 }}>
          {cluster.name} is locked: nothing on it can be changed until you unlock it.
        </div>
        <UnlockForm
          cluster={cluster.name}
          busy={unlock.busy}
          error={unlock.error}
          onUnlock={(why, minutes) => unlock.run({ clusterId: cluster.id, reason: why, minutes })}
          onClose={() => setWhat(null)}
        />
      </>
    );
  }
  const ready = reason.trim().length >= leastReason;
  return (
    <form
      className="col"
      style={{ gap: 7 }}
      aria-label={`Kill ${session.id}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) kill.run({ instanceId, sessionId: session.id, what, reason: reason.trim() }, () => setWhat(null));
      }}
    >
      <TextInput
        label="Reason"
        placeholder="written to the activity log"
        autoFocus
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Button
        type="submit"
        variant="outline"
        color="red"
        className="kill-button"
        fullWidth
        h={32}
        disabled={!ready}
        loading={kill.busy}
        data-testid="kill"
      >
        {killLabel(session, what)}
      </Button>
      <Button variant="subtle" color="gray" onClick={() => setWhat(null)}>
        {ready ? 'Leave it running' : 'Leave it running (a reason is missing)'}
      </Button>
      {kill.error && <ErrorCard error={kill.error} />}
    </form>
  );
}
