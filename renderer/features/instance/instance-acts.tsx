import { Button, Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ClusterState, InstanceState } from '@shared/model/fleet';
import { instanceActs, standsAside } from '../../lib/instance-acts';
import { navigate } from '../../lib/router';
import { IconChevronDown } from '../../ui/icons';

/** What can be done with this instance: bringing one back that stands aside is a button of its own, the rest a menu. */
export function InstanceActs({
  cluster,
  instance,
}: {
  readonly cluster: ClusterState;
  readonly instance: InstanceState;
}): ReactNode {
  const acts = instanceActs(cluster, instance);
  const main = standsAside(cluster, instance)
    ? acts.find((act) => act.kind === 'rejoin' && act.refusal === null)
    : undefined;
  return (
    <>
      <Menu position="bottom-end" width={320}>
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={13} />}>
            Operations
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {acts.map((act) => (
            <Menu.Item
              key={act.kind}
              disabled={act.refusal !== null}
              data-act={act.kind}
              onClick={() => navigate(act.route)}
            >
              <span className="name">{act.label}</span>
              <span className="label" style={{ display: 'block', whiteSpace: 'normal' }}>
                {act.refusal === null ? `${act.what}; opens a plan, nothing changes` : `Not possible: ${act.refusal}`}
              </span>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {main && (
        <Button data-testid="rejoin" onClick={() => navigate(main.route)}>
          {main.label}
        </Button>
      )}
    </>
  );
}
