import { Button, Tabs } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Inventory } from '@shared/model/inventory';
import { plural } from '../../lib/format';
import { rowBindings, useKeys } from '../../lib/keyboard';
import { useCall } from '../../lib/queries';
import { inventoryTabs, navigate, type InventoryTab } from '../../lib/router';
import { EmptyState } from '../../ui/empty-state';
import { ErrorCard } from '../../ui/error-card';
import { IconPlus } from '../../ui/icons';
import { PageHead } from '../../ui/page';
import { Panel } from '../../ui/panel';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { StatusBadge } from '../../ui/status-badge';
import { BastionForm } from './bastion-form';
import { ClusterForm } from './cluster-form';
import { InstanceForm } from './instance-form';
import './inventory.css';
import { BastionList, ClusterList, InstanceList, ownedInstances, usesOf } from './lists';
import { noTransfer, TransferButtons, type TransferResult } from './transfer-buttons';

const tabWords: Readonly<Record<InventoryTab, string>> = {
  clusters: 'Clusters',
  instances: 'Instances',
  bastions: 'Bastions',
};

/** All that Midwatch knows without asking a server. */
export function InventoryPage({ tab }: { readonly tab: InventoryTab }): ReactNode {
  const answer = useCall('inventory.get', {});
  const [transfer, setTransfer] = useState<TransferResult>(noTransfer);
  const inventory = answer.data;
  return (
    <>
      <PageHead title="Inventory" facts={inventory && factsOf(inventory)}>
        <TransferButtons onResult={setTransfer} />
        <Button
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => navigate({ name: 'add-cluster' })}
        >
          Add cluster
        </Button>
      </PageHead>
      <Tabs
        value={tab}
        px={14}
        mb={10}
        className="none"
        onChange={(value) => {
          const next = inventoryTabs.find((each) => each === value);
          if (next) navigate({ name: 'inventory', tab: next }, true);
        }}
      >
        <Tabs.List>
          {inventoryTabs.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {tabWords[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <div className="page-body">
        {answer.error && <ErrorCard error={answer.error} />}
        <TransferOutcome result={transfer} />
        {inventory ? <Board key={tab} inventory={inventory} tab={tab} /> : answer.error === null && <SkeletonRows />}
      </div>
    </>
  );
}

const factsOf = (inventory: Inventory): string =>
  `${plural(inventory.clusters.length, 'cluster')} · ${plural(ownedInstances(inventory).length, 'instance')} · ${plural(inventory.bastions.length, 'bastion')} · holds no secret`;

function TransferOutcome({ result }: { readonly result: TransferResult }): ReactNode {
  if (result.error) return <ErrorCard error={result.error} />;
  const { report } = result;
  if (!report) return null;
  return (
    <Panel className="none" title="Imported" data-testid="import-report">
      <div className="col small" style={{ gap: 3 }}>
        <span>
          Added: {report.added.join(', ') || 'None'} · Replaced: {report.replaced.join(', ') || 'None'} · Unchanged:{' '}
          {report.unchanged.join(', ') || 'None'}
        </span>
        {report.secretsWanted.length > 0 && (
          <StatusBadge mark="watch">
            Type these secrets before they can be reached: {report.secretsWanted.join(', ')}
          </StatusBadge>
        )}
      </div>
    </Panel>
  );
}

function Board({ inventory, tab }: { readonly inventory: Inventory; readonly tab: InventoryTab }): ReactNode {
  const [picked, setPicked] = useState<string | null>(null);
  const ids = idsOf(inventory, tab);
  const selected = picked !== null && ids.includes(picked) ? picked : (ids[0] ?? null);
  useKeys(rowBindings({ ids, selected, select: setPicked }));
  const List = { clusters: ClusterList, instances: InstanceList, bastions: BastionList }[tab];
  return (
    <div className="inventory">
      <Panel flush title={tabWords[tab]} note={String(ids.length)}>
        <div className="grow">
          <List inventory={inventory} selected={selected} onSelect={setPicked} />
        </div>
      </Panel>
      {selected === null ? (
        <Panel flush title="Details">
          <EmptyState text="Nothing to edit yet." />
        </Panel>
      ) : (
        <Editor inventory={inventory} tab={tab} id={selected} />
      )}
    </div>
  );
}

function idsOf(inventory: Inventory, tab: InventoryTab): readonly string[] {
  if (tab === 'clusters') return inventory.clusters.map((each) => each.id);
  if (tab === 'bastions') return inventory.bastions.map((each) => each.id);
  return ownedInstances(inventory).map(({ instance }) => instance.id);
}

/** The form of what is selected. Its key holds the stored text, so that a save elsewhere starts the form afresh. */
function Editor({
  inventory,
  tab,
  id,
}: {
  readonly inventory: Inventory;
  readonly tab: InventoryTab;
  readonly id: string;
}): ReactNode {
  if (tab === 'clusters') {
    const cluster = inventory.clusters.find((each) => each.id === id);
    return cluster && <ClusterForm key={JSON.stringify(cluster)} cluster={cluster} />;
  }
  if (tab === 'bastions') {
    const bastion = inventory.bastions.find((each) => each.id === id);
    return bastion && <BastionForm key={JSON.stringify(bastion)} bastion={bastion} usedBy={usesOf(inventory, id)} />;
  }
  const owned = ownedInstances(inventory).find(({ instance }) => instance.id === id);
  return (
    owned && (
      <InstanceForm
        key={JSON.stringify(owned.instance)}
        cluster={owned.cluster}
        instance={owned.instance}
        bastions={inventory.bastions}
      />
    )
  );
}
