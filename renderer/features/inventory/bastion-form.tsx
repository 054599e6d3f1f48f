import { Button, Select, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Bastion, SshAuth } from '@shared/model/inventory';
import { call } from '../../lib/bridge';
import { plural } from '../../lib/format';
import { useAct } from '../../lib/queries';
import { Panel } from '../../ui/panel';
import { FieldLine } from './field-line';
import { FormFoot } from './form-foot';
import { HostPortLine } from './host-port-line';
import { SecretField } from './secret-field';
import { TextLine } from './text-line';

const methods: readonly { readonly value: SshAuth['method']; readonly label: string }[] = [
  { value: 'agent', label: 'SSH agent' },
  { value: 'key', label: 'Key file' },
  { value: 'password', label: 'Password' },
  { value: 'keyboard-interactive', label: 'Keyboard-interactive' },
];

/** One SSH jump host and how it is signed in to. */
export function BastionForm({ bastion, usedBy }: { readonly bastion: Bastion; readonly usedBy: number }): ReactNode {
  const [draft, setDraft] = useState<Bastion>(bastion);
  const save = useAct('inventory.saveBastion', { done: () => `${draft.name} saved`, refresh: ['inventory.get'] });
  const remove = useAct('inventory.removeBastion', {
    done: () => `${bastion.name} removed`,
    refresh: ['inventory.get'],
  });
  const set = (change: Partial<Bastion>): void => setDraft({ ...draft, ...change });
  const { auth } = draft;
  return (
    <Panel flush title={bastion.name} note="bastion">
      <div className="scroll" style={{ padding: '8px 12px' }}>
        <TextLine label="Name" name="Bastion name" value={draft.name} onChange={(name) => set({ name })} />
        <HostPortLine host={draft.host} port={draft.port} usualPort={22} onChange={set} />
        <TextLine label="User" value={draft.user} onChange={(user) => set({ user })} />
        <FieldLine label="Sign in">
          <Select
            aria-label="Sign in"
            data={methods}
            value={auth.method}
            allowDeselect={false}
            onChange={(value) => {
              const method = methods.find((each) => each.value === value)?.value;
              if (method) set({ auth: method === 'key' ? { method, keyFile: '' } : { method } });
            }}
          />
        </FieldLine>
        {auth.method === 'key' && (
          <>
            <FieldLine label="Key file">
              <span className="row">
                <TextInput
                  aria-label="Key file"
                  className="grow"
                  value={auth.keyFile}
                  onChange={(event) => set({ auth: { method: 'key', keyFile: event.currentTarget.value } })}
                />
                <Button
                  variant="default"
                  onClick={() => {
                    void call('app.chooseFile', { title: 'Private key' }).then(({ path }) => {
                      if (path !== null) set({ auth: { method: 'key', keyFile: path } });
                    });
                  }}
                >
                  Choose…
                </Button>
              </span>
            </FieldLine>
            <SecretField label="Passphrase" secret={{ kind: 'bastion-passphrase', id: bastion.id }} />
          </>
        )}
        {(auth.method === 'password' || auth.method === 'keyboard-interactive') && (
          <SecretField label="Password" secret={{ kind: 'bastion-password', id: bastion.id }} />
        )}
      </div>
      <FormFoot
        name={bastion.name}
        removes={
          usedBy === 0
            ? `Removes ${bastion.name}. No instance uses it.`
            : `${plural(usedBy, 'instance')} reached through ${bastion.name} will not be reached any more.`
        }
        changed={JSON.stringify(draft) !== JSON.stringify(bastion)}
        busy={save.busy || remove.busy}
        error={save.error ?? remove.error}
        onSave={() => save.run({ bastion: draft })}
        onRemove={() => remove.run({ bastionId: bastion.id })}
      />
    </Panel>
  );
}
