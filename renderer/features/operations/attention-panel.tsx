import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Reconciliation, RunView } from '@shared/model/run';
import { useCluster } from '../../lib/fleet';
import type { Answer } from '../../lib/queries';
import { Age } from '../../ui/age';
import { ErrorCard } from '../../ui/error-card';
import { IconRefresh } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { SecretsForm, useSecretsWanted } from '../../ui/secrets-form';
import { StatusBadge } from '../../ui/status-badge';
import { SettleChoices } from './settle-choices';
import { isStopped, settleChoices } from './settle-words';

/** A run that stopped: what happened, how the servers stand now, and the three ways out. */
export function AttentionPanel({
  run,
  look,
}: {
  readonly run: RunView;
  readonly look: Answer<Reconciliation>;
}): ReactNode {
  const cluster = useCluster(run.plan.clusterId);
  const missing = useSecretsWanted(cluster).length > 0;
  const waits = isStopped(run);
  return (
    <Panel
      tone={waits ? 'act' : 'watch'}
      className="none"
      title={waits ? 'Needs you' : 'What happened'}
      right={
        waits && (
          <>
            {look.data && <Age atMs={look.data.atMs} oldAfterMs={30_000} prefix="looked " suffix=" ago" />}
            <Button
              variant="default"
              h={22}
              loading={look.asking}
              leftSection={<IconRefresh size={13} />}
              onClick={look.ask}
            >
              Look at the servers
            </Button>
          </>
        )
      }
    >
      <div className="col" style={{ gap: 8 }}>
        {waits && look.data && (
          <div className="situation" data-testid="situation">
            {look.data.situation}
          </div>
        )}
        {run.error && look.data && (
          <StatusBadge mark="watch" plain>
            {run.error.message}
          </StatusBadge>
        )}
        {run.error && !look.data && <ErrorCard error={run.error} quiet={!waits} />}
        {run.nextStep !== '' && !look.data && run.error?.nextStep !== run.nextStep && (
          <div className="small">{run.nextStep}</div>
        )}
        {waits && cluster && missing && (
          <div style={{ maxWidth: 440 }}>
            <SecretsForm cluster={cluster} />
          </div>
        )}
        {look.error && !missing && <ErrorCard error={look.error} />}
        {waits && (
          <SettleChoices
            run={run}
            choices={settleChoices({
              look: look.data,
              error: look.error,
              blind: missing ? 'Not yet: a secret is missing' : null,
            })}
          />
        )}
      </div>
    </Panel>
  );
}
