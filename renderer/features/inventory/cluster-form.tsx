import { NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Cluster, Heartbeat } from '@shared/model/inventory';
import { plural } from '../../lib/format';
import { useAct } from '../../lib/queries';
import { Panel } from '../../ui/panel';
import { FieldLine } from './field-line';
import { FormFoot } from './form-foot';
import { setTraffic, trafficRefusal } from './optional-parts';
import { SecretField } from './secret-field';
import { TextLine } from './text-line';
import { TlsFields } from './tls-fields';
import { TrafficFields } from './traffic-fields';

const heartbeats: readonly { readonly value: Heartbeat['kind']; readonly label: string }[] = [
  { value: 'none', label: 'None: lag by position and workers' },
  { value: 'midwatch', label: 'Midwatch writes one row a second on the primary' },
  { value: 'pt-heartbeat', label: 'An existing pt-heartbeat table' },
];

/** One cluster of the inventory. Nothing here changes a server, except the heartbeat that one opts in to. */
export function ClusterForm({ cluster }: { readonly cluster: Cluster }): ReactNode {
  const [draft, setDraft] = useState<Cluster>(cluster);
  const save = useAct('inventory.saveCluster', { done: () => `${draft.name} saved`, refresh: ['inventory.get'] });
  const remove = useAct('inventory.removeCluster', {
    done: () => `${cluster.name} removed`,
    refresh: ['inventory.get'],
  });
  const set = (change: Partial<Cluster>): void => setDraft({ ...draft, ...change });
  return (
    <Panel flush title={cluster.name} note="cluster">
      <div className="scroll" style={{ padding: '8px 12px' }}>
        <TextLine label="Name" name="Cluster name" value={draft.name} onChange={(name) => set({ name })} />
        <TextLine label="User" value={draft.user} onChange={(user) => set({ user })} />
        <SecretField label="Password" secret={{ kind: 'cluster-password', id: cluster.id }} />
        <SecretField label="Replication password" secret={{ kind: 'replication-password', id: cluster.id }} />
        <TlsFields tls={draft.tls} onChange={(tls) => set({ tls })} />
        <HeartbeatFields heartbeat={draft.heartbeat} onChange={(heartbeat) => set({ heartbeat })} />
        <ShardFields draft={draft} onChange={setDraft} />
        <FieldLine label="Connections">
          <NumberInput
            aria-label="Connections on each instance"
            suffix=" on each instance"
            min={2}
            max={10}
            value={draft.connectionBudget}
            onChange={(value) => set({ connectionBudget: Number(value) || 3 })}
          />
        </FieldLine>
        <FieldLine label="Pinned">
          <Switch
            label="Stand below the parts in the navigation"
            checked={draft.pinned}
            onChange={(event) => set({ pinned: event.currentTarget.checked })}
          />
        </FieldLine>
        <TrafficFields
          cluster={draft}
          refusal={trafficRefusal(draft.traffic)}
          onChange={(traffic) => setDraft(setTraffic(draft, traffic))}
        />
      </div>
      <FormFoot
        name={cluster.name}
        removes={`Removes ${cluster.name}, ${plural(cluster.instances.length, 'instance')}, its secrets and its history from Midwatch.`}
        changed={JSON.stringify(draft) !== JSON.stringify(cluster)}
        refusal={trafficRefusal(draft.traffic)}
        busy={save.busy || remove.busy}
        error={save.error ?? remove.error}
        onSave={() => save.run({ cluster: draft })}
        onRemove={() => remove.run({ clusterId: cluster.id })}
      />
    </Panel>
  );
}

function HeartbeatFields({
  heartbeat,
  onChange,
}: {
  readonly heartbeat: Heartbeat;
  readonly onChange: (heartbeat: Heartbeat) => void;
}): ReactNode {
  return (
    <>
      <FieldLine label="Heartbeat">
        <Select
          aria-label="Heartbeat"
          data={heartbeats}
          value={heartbeat.kind}
          allowDeselect={false}
          onChange={(value) => {
            if (value === 'none' || value === 'midwatch') onChange({ kind: value });
            if (value === 'pt-heartbeat') onChange({ kind: value, table: 'percona.heartbeat' });
          }}
        />
      </FieldLine>
      {heartbeat.kind === 'pt-heartbeat' && (
        <TextLine
          label="Table"
          name="Heartbeat table"
          placeholder="schema.table"
          value={heartbeat.table}
          onChange={(table) => onChange({ kind: 'pt-heartbeat', table })}
        />
      )}
    </>
  );
}

function ShardFields({
  draft,
  onChange,
}: {
  readonly draft: Cluster;
  readonly onChange: (cluster: Cluster) => void;
}): ReactNode {
  const change = (of: string, key: string): void => {
    const { shard: _before, ...rest } = draft;
    onChange(of === '' && key === '' ? rest : { ...rest, shard: { of, key } });
  };
  return (
    <FieldLine label="Shard of, key">
      <span className="row">
        <TextInput
          aria-label="Shard of"
          className="grow"
          placeholder="not a shard"
          value={draft.shard?.of ?? ''}
          onChange={(event) => change(event.currentTarget.value, draft.shard?.key ?? '')}
        />
        <TextInput
          aria-label="Shard key"
          w={110}
          placeholder="e.g. -40"
          value={draft.shard?.key ?? ''}
          onChange={(event) => change(draft.shard?.of ?? '', event.currentTarget.value)}
        />
      </span>
    </FieldLine>
  );
}
