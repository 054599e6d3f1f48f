import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ClusterState } from '@shared/model/fleet';
import type { Session } from '@shared/model/instance';
import { call } from '../../lib/bridge';
import { formatCount, formatSeconds } from '../../lib/format';
import { EmptyState } from '../../ui/empty-state';
import { FactsList, type Fact } from '../../ui/facts-list';
import { IconCopy } from '../../ui/icons';
import { KeyHint } from '../../ui/key-hint';
import { Panel } from '../../ui/panel';
import { SqlBlock } from '../../ui/sql-block';
import { StatusBadge } from '../../ui/status-badge';
import { KillForm } from './kill-form';
import { mayHavePlan, type PlanNow } from './running-plan';

/** Bytes of a statement that MySQL's performance_schema.threads keeps, and the process lists of both products. */
const keptBytes = [1_024, 65_535];

/** A statement may end where the list does; a character that was cut there takes up to three bytes with it. */
function mayBeCut(statement: string): boolean {
  const { length } = new TextEncoder().encode(statement);
  return keptBytes.some((kept) => length > kept - 4 && length <= kept);
}

/** Everything about the selected session, and the way to end it. */
export function SessionPanel({
  cluster,
  instanceId,
  session,
  planNow,
  freed,
  gone,
}: {
  readonly cluster: ClusterState;
  readonly instanceId: string;
  readonly session: Session | null;
  readonly planNow: PlanNow;
  readonly freed: number;
  /** The selected session is not in the list any more. */
  readonly gone: boolean;
}): ReactNode {
  if (session === null) {
    return (
      <Panel flush title="Session">
        <EmptyState
          text={
            gone
              ? 'That session has ended.'
              : 'Select a session to see its statement, its transaction and what it waits for.'
          }
        />
      </Panel>
    );
  }
  return (
    <Panel flush title={`Session ${session.id}`} note={session.schema}>
      <div className="scroll col" style={{ padding: '9px 12px', gap: 8 }} data-session={session.id}>
        <Headline session={session} freed={freed} />
        <FactsList labelWidth={92} facts={factsOf(session)} />
        <div className="row">
          <span className="label">Statement</span>
          {mayHavePlan(session) && (
            <Button
              className="right"
              variant="default"
              h={22}
              rightSection={<KeyHint>E</KeyHint>}
              aria-busy={planNow.busy}
              data-testid="plan-now-ask"
              onClick={planNow.ask}
            >
              {planNow.busy ? 'Asking…' : 'Plan now'}
            </Button>
          )}
          <Button
            className={mayHavePlan(session) ? '' : 'right'}
            variant="subtle"
            color="gray"
            h={22}
            leftSection={<IconCopy size={12} />}
            onClick={() => void call('app.copyText', { text: session.statement })}
          >
            Copy
          </Button>
        </div>
        {session.statement === '' ? (
          <span className="c-t3 small">None at this moment</span>
        ) : (
          <SqlBlock sql={session.statement} />
        )}
        {mayBeCut(session.statement) && (
          <span className="c-t3 small">
            It may go on: the server’s list keeps no more bytes of a statement than these
          </span>
        )}
      </div>
      <div className="session-foot">
        <KillForm key={session.id} cluster={cluster} instanceId={instanceId} session={session} freed={freed} />
      </div>
    </Panel>
  );
}

function Headline({ session, freed }: { readonly session: Session; readonly freed: number }): ReactNode {
  const { trx } = session;
  if (session.kind === 'sleeping' && trx !== null) {
    return <StatusBadge mark="watch">Idle in transaction for {formatSeconds(trx.ageSeconds)}</StatusBadge>;
  }
  if (session.blockedBy.length > 0) {
    return (
      <StatusBadge mark="stale">
        Waits {formatSeconds(session.seconds)} for {session.blockedBy.join(', ')}
      </StatusBadge>
    );
  }
  if (freed > 0) return <StatusBadge mark="watch">Blocks {freed}</StatusBadge>;
  return (
    <StatusBadge mark="run" plain>
      {session.state || session.command} for {formatSeconds(session.seconds)}
    </StatusBadge>
  );
}

function factsOf(session: Session): readonly Fact[] {
  const { trx } = session;
  return [
    { label: 'User', value: session.user },
    { label: 'Client', value: session.host },
    { label: 'Program', value: session.program || 'None named' },
    { label: 'Command', value: `${session.command}${session.state === '' ? '' : `, ${session.state}`}` },
    { label: 'Transaction', value: trx === null ? 'None' : `open for ${formatSeconds(trx.ageSeconds)}` },
    { label: 'Rows changed', value: formatCount(trx?.rowsModified ?? null) },
    { label: 'Rows locked', value: formatCount(trx?.rowsLocked ?? null) },
    { label: 'Waits for', value: session.blockedBy.length === 0 ? 'None' : session.blockedBy.join(', ') },
  ];
}
