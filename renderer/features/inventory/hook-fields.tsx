import { NumberInput, Select } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Hook } from '@shared/model/hook';
import { HaproxyFields, MysqlRouterFields, ProxysqlFields, VirtualAddressFields } from './direct-hook-fields';
import { FieldLine } from './field-line';
import { emptyHook, type repointKinds } from './hook-drafts';
import { TextLine } from './text-line';

const usualSeconds = 30;

/** A program of the user's or what Midwatch sends itself: none, or one kind with its fields, and how long it may take. */
export function HookFields({
  label,
  kinds,
  hook,
  onChange,
}: {
  readonly label: string;
  readonly kinds: typeof repointKinds;
  readonly hook: Hook | undefined;
  readonly onChange: (hook: Hook | undefined) => void;
}): ReactNode {
  return (
    <>
      <FieldLine label={label}>
        <Select
          aria-label={label}
          data={kinds}
          value={hook?.kind ?? 'none'}
          allowDeselect={false}
          onChange={(value) => {
            const kind = kinds.find((one) => one.value === value)?.value ?? 'none';
            onChange(kind === 'none' ? undefined : emptyHook(kind, hook?.timeoutSeconds ?? usualSeconds));
          }}
        />
      </FieldLine>
      {hook && <FieldsOf label={label} hook={hook} onChange={onChange} />}
      {hook && (
        <FieldLine label="Time limit">
          <NumberInput
            aria-label={`${label}: time limit`}
            suffix={hook.kind === 'haproxy' || hook.kind === 'proxysql' ? ' s for each answer' : ' s'}
            min={1}
            max={120}
            value={hook.timeoutSeconds}
            onChange={(value) => onChange({ ...hook, timeoutSeconds: Number(value) || usualSeconds })}
          />
        </FieldLine>
      )}
    </>
  );
}

function FieldsOf({
  label,
  hook,
  onChange,
}: {
  readonly label: string;
  readonly hook: Hook;
  readonly onChange: (hook: Hook) => void;
}): ReactNode {
  switch (hook.kind) {
    case 'shell':
      return (
        <TextLine
          label="Command"
          name={`${label}: command`}
          placeholder="/etc/midwatch/repoint.sh"
          value={hook.command}
          onChange={(command) => onChange({ ...hook, command })}
        />
      );
    case 'http':
      return (
        <TextLine label="URL" name={`${label}: URL`} value={hook.url} onChange={(url) => onChange({ ...hook, url })} />
      );
    case 'haproxy':
      return <HaproxyFields label={label} hook={hook} onChange={onChange} />;
    case 'proxysql':
      return <ProxysqlFields label={label} hook={hook} onChange={onChange} />;
    case 'virtual-address':
      return <VirtualAddressFields label={label} hook={hook} onChange={onChange} />;
    case 'mysql-router':
      return <MysqlRouterFields label={label} hook={hook} onChange={onChange} />;
  }
}
