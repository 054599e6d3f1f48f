import { useState, type ReactNode } from 'react';
import type { Bastion, Cluster, Instance } from '@shared/model/inventory';
import { useAct } from '../../lib/queries';
import { Panel } from '../../ui/panel';
import { ChainLine } from './chain-line';
import { FormFoot } from './form-foot';
import { HostAccessFields } from './host-access-fields';
import { HostPortLine } from './host-port-line';
import { TextLine } from './text-line';

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
        <TextLine label="Name" name="Instance name" value={draft.name} onChange={(name) => set({ name })} />
        <HostPortLine host={draft.host} port={draft.port} usualPort={3306} onChange={set} />
        <TextLine label="Region" placeholder="none" value={draft.region ?? ''} onChange={setRegion} />
        <ChainLine
          label="Via"
          empty="direct connection"
          bastions={bastions}
          chain={draft.via}
          onChange={(via) => set({ via })}
        />
        <HostAccessFields instance={draft} bastions={bastions} onChange={setDraft} />
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
