import type { ReactNode } from 'react';
import type { Cluster, Traffic } from '@shared/model/inventory';
import { FieldHead } from './field-head';
import { fenceKinds, repointKinds } from './hook-drafts';
import { HookFields } from './hook-fields';
import { HostPortLine } from './host-port-line';
import { withEndpoint, withHook } from './optional-parts';
import { SecretField } from './secret-field';
import { TrafficTry } from './traffic-try';

/** Where applications connect, what moves them to another primary, and what makes the old one harmless. */
export function TrafficFields({
  cluster,
  refusal,
  onChange,
}: {
  readonly cluster: Cluster;
  /** What is missing before it can be kept or tested. */
  readonly refusal: string | null;
  readonly onChange: (traffic: Traffic) => void;
}): ReactNode {
  const traffic = cluster.traffic ?? {};
  const hasAccount =
    traffic.repoint?.kind === 'mysql-router' ||
    traffic.repoint?.kind === 'proxysql' ||
    traffic.fence?.kind === 'proxysql';
  const asksByHttp = traffic.repoint?.kind === 'http' || traffic.fence?.kind === 'http';
  return (
    <>
      <FieldHead
        title="Traffic"
        hint={
          traffic.endpoint
            ? 'Success is what a new connection through the endpoint observes, never what a hook returns.'
            : 'Without an endpoint it cannot be proven that applications reach the new primary.'
        }
      />
      <HostPortLine
        label="Endpoint"
        of="Endpoint"
        placeholder="where applications connect"
        host={traffic.endpoint?.host ?? ''}
        port={traffic.endpoint?.port ?? 3306}
        usualPort={3306}
        onChange={(endpoint) => onChange(withEndpoint(traffic, endpoint))}
      />
      <HookFields
        label="Re-point hook"
        kinds={repointKinds}
        hook={traffic.repoint}
        onChange={(hook) => onChange(withHook(traffic, 'repoint', hook))}
      />
      <HookFields
        label="Fence hook"
        kinds={fenceKinds}
        hook={traffic.fence}
        onChange={(hook) => onChange(withHook(traffic, 'fence', hook))}
      />
      {hasAccount && <SecretField label="Proxy password" secret={{ kind: 'traffic-password', id: cluster.id }} />}
      {asksByHttp && <SecretField label="Hook token" secret={{ kind: 'hook-token', id: cluster.id }} />}
      {(traffic.repoint ?? traffic.fence) && <TrafficTry cluster={cluster} refusal={refusal} />}
    </>
  );
}
