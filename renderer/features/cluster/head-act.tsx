import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ClusterState } from '@shared/model/fleet';
import { failoverKey, failoverRoute, lostPrimaryOf } from '../../lib/failover';
import { asideOf, instanceActs } from '../../lib/instance-acts';
import { useFailoverQueue } from '../../lib/outages';
import { navigate, planRoute } from '../../lib/router';
import { IconArrowsExchange, IconArrowBackUp, IconServerOff } from '../../ui/icons';
import { KeyHint } from '../../ui/key-hint';

/**
 * The one act of a cluster: without its primary a failover; with one that stands beside it, bringing that one back; else the
 * primary is moved on purpose. `quiet`: a run that needs a person stands before it.
 */
export function HeadAct({ cluster, quiet }: { readonly cluster: ClusterState; readonly quiet: boolean }): ReactNode {
  const [worst] = useFailoverQueue();
  if (lostPrimaryOf(cluster))
    return (
      <Button
        {...(quiet ? { variant: 'default' } : { color: 'red' })}
        leftSection={<IconServerOff size={14} />}
        rightSection={worst?.id === cluster.id ? <KeyHint>{failoverKey}</KeyHint> : null}
        onClick={() => navigate(failoverRoute(cluster))}
      >
        Plan failover…
      </Button>
    );
  const aside = asideOf(cluster);
  const rejoin = aside && instanceActs(cluster, aside).find((act) => act.kind === 'rejoin' && act.refusal === null);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconArrowsExchange size={14} />}
        onClick={() => navigate(planRoute('switchover', cluster.id))}
      >
        Plan switchover…
      </Button>
      {aside && rejoin && (
        <Button
          {...(quiet ? { variant: 'default' } : {})}
          leftSection={<IconArrowBackUp size={14} />}
          title={
            aside.readOnly === false
              ? `${aside.name} takes writes beside the primary: close it and bring it back`
              : `${aside.name} stands beside the primary: bring it back as a replica`
          }
          data-testid="rejoin"
          onClick={() => navigate(rejoin.route)}
        >
          {rejoin.label}
        </Button>
      )}
    </>
  );
}
