import { NumberInput, Textarea } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { HaproxyHook, MysqlRouterHook, ProxysqlHook, VirtualAddressHook } from '@shared/model/hook';
import { FieldLine } from './field-line';
import { proxiesOf } from './hook-drafts';
import { TextLine } from './text-line';

/** Which proxies are told, and about which backend; its servers are found by their addresses. */
export function HaproxyFields({
  label,
  hook,
  onChange,
}: {
  readonly label: string;
  readonly hook: HaproxyHook;
  readonly onChange: (hook: HaproxyHook) => void;
}): ReactNode {
  return (
    <>
      <LinesField
        label="Runtime APIs"
        name={`${label}: runtime APIs`}
        placeholder={'10.0.0.9:9999\n/run/haproxy/admin.sock'}
        lines={hook.proxies}
        onChange={(proxies) => onChange({ ...hook, proxies })}
      />
      <TextLine
        label="Backend"
        name={`${label}: backend`}
        placeholder="its servers are found by their addresses"
        value={hook.backend}
        onChange={(backend) => onChange({ ...hook, backend })}
      />
    </>
  );
}

/** The address, and the commands that move it. */
export function VirtualAddressFields({
  label,
  hook,
  onChange,
}: {
  readonly label: string;
  readonly hook: VirtualAddressHook;
  readonly onChange: (hook: VirtualAddressHook) => void;
}): ReactNode {
  return (
    <>
      <TextLine
        label="Address"
        name={`${label}: address`}
        placeholder="10.0.0.100, looked for with ip address"
        value={hook.address}
        onChange={(address) => onChange({ ...hook, address: address.trim() })}
      />
      <TextLine
        label="Release"
        name={`${label}: release command`}
        placeholder="ip address del 10.0.0.100/24 dev eth0"
        value={hook.release}
        onChange={(release) => onChange({ ...hook, release })}
      />
      <TextLine
        label="Take"
        name={`${label}: take command`}
        placeholder="/usr/local/sbin/take-address"
        value={hook.take}
        onChange={(take) => onChange({ ...hook, take })}
      />
    </>
  );
}

/** Which ProxySQL are told, by which account, and about which hostgroup. */
export function ProxysqlFields({
  label,
  hook,
  onChange,
}: {
  readonly label: string;
  readonly hook: ProxysqlHook;
  readonly onChange: (hook: ProxysqlHook) => void;
}): ReactNode {
  return (
    <>
      <LinesField
        label="Admin"
        name={`${label}: admin interfaces`}
        placeholder={'10.0.0.9:6032\n10.0.0.10:6032'}
        lines={hook.admins}
        onChange={(admins) => onChange({ ...hook, admins })}
      />
      <TextLine
        label="User"
        name={`${label}: user`}
        placeholder="of admin-admin_credentials"
        value={hook.user}
        onChange={(user) => onChange({ ...hook, user })}
      />
      <FieldLine label="Hostgroup">
        <NumberInput
          aria-label={`${label}: writer hostgroup`}
          suffix=" takes writes"
          min={0}
          value={hook.writerHostgroup}
          onChange={(value) => onChange({ ...hook, writerHostgroup: Number(value) || 0 })}
        />
      </FieldLine>
    </>
  );
}

/** How its routes are read; nothing of it can be changed from here. */
export function MysqlRouterFields({
  label,
  hook,
  onChange,
}: {
  readonly label: string;
  readonly hook: MysqlRouterHook;
  readonly onChange: (hook: MysqlRouterHook) => void;
}): ReactNode {
  const { api: _api, ...withoutApi } = hook;
  const { user: _user, ...withoutUser } = hook;
  return (
    <>
      <TextLine
        label="REST API"
        name={`${label}: REST API`}
        placeholder="https://router:8443/api/20190715"
        value={hook.api ?? ''}
        onChange={(api) => onChange(api.trim() === '' ? withoutApi : { ...hook, api: api.trim() })}
      />
      <TextLine
        label="User"
        name={`${label}: user`}
        placeholder="of its realm"
        value={hook.user ?? ''}
        onChange={(user) => onChange(user.trim() === '' ? withoutUser : { ...hook, user })}
      />
    </>
  );
}

/** Several addresses, one a line. What is typed stays as it was typed. */
function LinesField({
  label,
  name,
  placeholder,
  lines,
  onChange,
}: {
  readonly label: string;
  readonly name: string;
  readonly placeholder: string;
  readonly lines: readonly string[];
  readonly onChange: (lines: string[]) => void;
}): ReactNode {
  const [text, setText] = useState(lines.join('\n'));
  return (
    <FieldLine label={label}>
      <Textarea
        aria-label={name}
        placeholder={placeholder}
        autosize
        minRows={2}
        maxRows={6}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          onChange(proxiesOf(event.currentTarget.value));
        }}
      />
    </FieldLine>
  );
}
