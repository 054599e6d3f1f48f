import type { Bastion, SshAuth, TlsPolicy } from '@shared/model/inventory';
import type { HopInput, SshConfigHost, TargetInput } from '@shared/model/path-test';

/** One SSH hop as it is typed. `address` is `user@host`. */
export interface HopForm {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly method: SshAuth['method'];
  readonly keyFile: string;
  readonly secret: string;
  /** Name of a bastion that is already in the inventory; its stored secret is used when none is typed. */
  readonly known: string | null;
}

/** The whole form, as typed. */
export interface TargetForm {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly tls: TlsPolicy['mode'];
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly hops: readonly HopForm[];
}

export const emptyForm: TargetForm = {
  host: '',
  port: 3306,
  user: 'midwatch',
  password: '',
  tls: 'required',
  caFile: '',
  certFile: '',
  keyFile: '',
  hops: [],
};

const defaultSshPort = 22;

/** A hop to be filled in, signed in to by the SSH agent. */
export const newHop = (id: string): HopForm => ({
  id,
  address: '',
  port: defaultSshPort,
  method: 'agent',
  keyFile: '',
  secret: '',
  known: null,
});

/** A bastion of the inventory as a hop: it keeps its id, so that its stored secret is found. */
export const hopOfBastion = (bastion: Bastion): HopForm => ({
  ...newHop(bastion.id),
  address: `${bastion.user}@${bastion.host}`,
  port: bastion.port,
  method: bastion.auth.method,
  keyFile: bastion.auth.method === 'key' ? bastion.auth.keyFile : '',
  known: bastion.name,
});

/** A host of ssh config and the jumps in front of it, outermost first. A jump that the file does not describe is left to be filled in. */
export function hopsOfConfig(
  host: SshConfigHost,
  all: readonly SshConfigHost[],
  newId: () => string,
): readonly HopForm[] {
  const toHop = (each: SshConfigHost): HopForm => ({
    ...newHop(newId()),
    address: `${each.user}@${each.host}`,
    port: each.port,
    method: each.keyFile === undefined ? 'agent' : 'key',
    keyFile: each.keyFile ?? '',
  });
  const jumps = host.proxyJump.map((alias) => {
    const described = all.find((each) => each.alias === alias);
    return described ? toHop(described) : { ...newHop(newId()), address: alias };
  });
  return [...jumps, toHop(host)];
}

/** `user@host` apart; without a user the name of the account on this computer is not guessed. */
export function splitAddress(address: string): { readonly user: string; readonly host: string } {
  const at = address.lastIndexOf('@');
  return at < 0
    ? { user: '', host: address.trim() }
    : { user: address.slice(0, at).trim(), host: address.slice(at + 1).trim() };
}

const authOf = (hop: HopForm): SshAuth =>
  hop.method === 'key' ? { method: 'key', keyFile: hop.keyFile.trim() } : { method: hop.method };

function hopInput(hop: HopForm): HopInput {
  const { user, host } = splitAddress(hop.address);
  const secret = hop.secret === '' ? {} : hop.method === 'key' ? { passphrase: hop.secret } : { password: hop.secret };
  return { id: hop.id, name: hop.known ?? host, host, port: hop.port, user, auth: authOf(hop), ...secret };
}

/** What main is asked to try. */
export function toTarget(form: TargetForm): TargetInput {
  const file = (name: 'caFile' | 'certFile' | 'keyFile'): Partial<TlsPolicy> =>
    form.tls === 'off' || form[name].trim() === '' ? {} : { [name]: form[name].trim() };
  return {
    host: form.host.trim(),
    port: form.port,
    user: form.user.trim(),
    ...(form.password === '' ? {} : { password: form.password }),
    tls: { mode: form.tls, ...file('caFile'), ...file('certFile'), ...file('keyFile') },
    hops: form.hops.map(hopInput),
  };
}

/** The first thing that is missing, as the end of "Test path: …"; null when it can be tried. */
export function missingIn(form: TargetForm): string | null {
  if (form.host.trim() === '') return 'host missing';
  if (form.user.trim() === '') return 'user missing';
  for (const [index, hop] of form.hops.entries()) {
    const { user, host } = splitAddress(hop.address);
    if (host === '') return `hop ${index + 1} has no host`;
    if (user === '') return `hop ${index + 1} needs user@host`;
    if (hop.method === 'key' && hop.keyFile.trim() === '') return `hop ${index + 1} has no key file`;
  }
  return null;
}

/** The hops with one of them moved by a place. */
export function moveHop(hops: readonly HopForm[], index: number, step: 1 | -1): readonly HopForm[] {
  const hop = hops[index];
  const target = index + step;
  if (!hop || target < 0 || target >= hops.length) return hops;
  const rest = hops.filter((_, at) => at !== index);
  return [...rest.slice(0, target), hop, ...rest.slice(target)];
}
