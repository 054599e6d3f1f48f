import { Button, Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import { useCall } from '../../lib/queries';
import { plural } from '../../lib/format';
import { IconFileImport, IconPlus } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { hopOfBastion, hopsOfConfig, moveHop, newHop, type HopForm } from './form';
import { HopFields } from './hop-fields';

const newId = (): string => crypto.randomUUID();

/** The SSH hops on the way, outermost first: typed, taken from the inventory or from ssh config. */
export function HopsPanel({
  hops,
  failedHop,
  onChange,
}: {
  readonly hops: readonly HopForm[];
  readonly failedHop: number | null;
  readonly onChange: (hops: readonly HopForm[]) => void;
}): ReactNode {
  const bastions = useCall('inventory.get', {}).data?.bastions ?? [];
  const configured = useCall('inventory.sshConfigHosts', {}).data ?? [];
  const unused = bastions.filter((bastion) => hops.every((hop) => hop.id !== bastion.id));
  return (
    <Panel
      title="Reach it through"
      note={hops.length === 0 ? 'direct connection' : plural(hops.length, 'SSH hop')}
      className="none"
      right={
        <Menu position="bottom-end">
          <Menu.Target>
            <Button
              variant="subtle"
              color="gray"
              h={22}
              leftSection={<IconFileImport size={13} />}
              disabled={unused.length + configured.length === 0}
            >
              From ssh config
            </Button>
          </Menu.Target>
          <Menu.Dropdown mah={280} style={{ overflow: 'auto' }}>
            {unused.length > 0 && <Menu.Label>Bastions of the inventory</Menu.Label>}
            {unused.map((bastion) => (
              <Menu.Item key={bastion.id} onClick={() => onChange([...hops, hopOfBastion(bastion)])}>
                {bastion.name} <span className="label">{bastion.host}</span>
              </Menu.Item>
            ))}
            {configured.length > 0 && <Menu.Label>Hosts of ssh config</Menu.Label>}
            {configured.map((host) => (
              <Menu.Item key={host.alias} onClick={() => onChange([...hops, ...hopsOfConfig(host, configured, newId)])}>
                {host.alias}{' '}
                <span className="label">
                  {host.user}@{host.host}
                </span>
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      }
    >
      {hops.map((hop, index) => (
        <HopFields
          key={hop.id}
          hop={hop}
          number={index + 1}
          last={index === hops.length - 1}
          failed={index === failedHop}
          onChange={(next) => onChange(hops.map((each) => (each.id === hop.id ? next : each)))}
          onMove={(step) => onChange(moveHop(hops, index, step))}
          onRemove={() => onChange(hops.filter((each) => each.id !== hop.id))}
        />
      ))}
      <Button
        variant="subtle"
        color="gray"
        leftSection={<IconPlus size={13} />}
        disabled={hops.length >= 8}
        onClick={() => onChange([...hops, newHop(newId())])}
      >
        Add hop
      </Button>
    </Panel>
  );
}
