import type { ReactNode } from 'react';
import type { ClusterState } from '@shared/model/fleet';
import type { WantedSecret } from '../../lib/secrets-wanted';
import { plural } from '../../lib/format';
import { SecretsForm } from '../../ui/secrets-form';
import { StatusBadge } from '../../ui/status-badge';

/** A cluster of which only a secret is missing: it is typed here, and nothing else is in the way. */
export function SecretCard({
  cluster,
  wanted,
  focused,
}: {
  readonly cluster: ClusterState;
  readonly wanted: readonly WantedSecret[];
  readonly focused: boolean;
}): ReactNode {
  const headline = `${cluster.name}: ${wanted.map((each) => each.label.toLowerCase()).join(', ')} missing`;
  return (
    <article
      className={`need watch run ${focused ? 'focused' : ''}`}
      data-cluster={cluster.name}
      data-severity={cluster.severity}
      data-row={cluster.id}
      aria-label={headline}
    >
      <div className="col">
        <div className="row">
          <StatusBadge mark="watch">Not visible</StatusBadge>
          <span className="label ellipsis">{plural(cluster.instances.length, 'instance')}</span>
        </div>
        <h2 title={headline}>{headline}</h2>
      </div>
      <div className="small c-t2">
        Nothing is known of it until the secret is typed. Without a keychain secrets live in memory until Midwatch ends.
      </div>
      <div className="col" style={{ gap: 8 }}>
        <SecretsForm cluster={cluster} />
      </div>
    </article>
  );
}
