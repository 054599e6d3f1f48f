import { MultiSelect, NumberInput, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Bastion, Cluster, Instance } from '@shared/model/inventory';
import { useAct } from '../../lib/queries';
import { Panel } from '../../ui/panel';
import { FieldLine } from './field-line';
import { FormFoot } from './form-foot';

/** One instance: where it is and the way to it. It is kept inside its cluster. */
export function InstanceForm({
  cluster,
  instance,
  bastions,
}: {
  readonly cluster: Cluster;
  readonly instance: Instance;
  readonly bastions: readonly Bastion[];
}): ReactNode {
  const [draft, setDraft] = useState<Instance>(instance);
  const save = useAct('inventory.saveCluster', { done: () => `${cluster.name} saved`, refresh: ['inventory.get'] });
  const set = (change: Partial<Instance>): void => setDraft({ ...draft, ...change });
  const setRegion = (region: string): void => {
    const { region: _before, ...rest } = draft;
    setDraft(region === '' ? rest : { ...rest, region });
  };
  const write = (instances: Instance[]): void => save.run({ cluster: { ...cluster, instances } });
  return (
    <Panel flush title={instance.name} note={`instance of ${cluster.name}`}>
      <div className="scroll" style={{ padding: '8px 12px' }}>
        <FieldLine label="Name">
          <TextInput
            aria-label="Instance name"
            value={draft.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
        </FieldLine>
        <FieldLine label="Host, port">
          <span className="row">
            <TextInput
              aria-label="Host"
              className="grow"
              value={draft.host}
              onChange={(event) => set({ host: event.currentTarget.value })}
            />
            <NumberInput
              aria-label="Port"
              w={76}
              hideControls
              min={1}
              max={65535}
              value={draft.port}
              onChange={(value) => set({ port: Number(value) || 3306 })}
            />
          </span>
        </FieldLine>
        <FieldLine label="Region">
          <TextInput
            aria-label="Region"
            placeholder="none"
            value={draft.region ?? ''}
            onChange={(event) => setRegion(event.currentTarget.value)}
          />
        </FieldLine>
        <FieldLine label="Via">
          <MultiSelect
            aria-label="Via, outermost first"
            size="xs"
            placeholder={draft.via.length === 0 ? 'direct connection' : ''}
            data={bastions.map((bastion) => ({ value: bastion.id, label: bastion.name }))}
            value={draft.via}
            onChange={(via) => set({ via })}
          />
        </FieldLine>
      </div>
      <FormFoot
        name={instance.name}
        removes={`Removes ${instance.name} from ${cluster.name} in Midwatch.`}
        changed={JSON.stringify(draft) !== JSON.stringify(instance)}
        busy={save.busy}
        error={save.error}
        onSave={() => write(cluster.instances.map((each) => (each.id === instance.id ? draft : each)))}
        onRemove={() => write(cluster.instances.filter((each) => each.id !== instance.id))}
      />
    </Panel>
  );
}
