import { parseSocketAddress } from '@shared/model/address';
import { fenceSchema, repointSchema, type Hook } from '@shared/model/hook';

export type HookKind = Hook['kind'];

/** What a person is offered, in the order of the list. */
export const repointKinds: readonly { readonly value: HookKind | 'none'; readonly label: string }[] = [
  { value: 'none', label: 'None' },
  { value: 'haproxy', label: 'HAProxy, by its runtime API' },
  { value: 'proxysql', label: 'ProxySQL, by its admin interface' },
  { value: 'virtual-address', label: 'Virtual address, by SSH on the hosts' },
  { value: 'mysql-router', label: 'MySQL Router: cannot be moved, only read' },
  { value: 'shell', label: 'Shell command on this computer' },
  { value: 'http', label: 'HTTP: POST of JSON' },
];

/** Only what can make a server harmless. */
export const fenceKinds: typeof repointKinds = repointKinds.filter(
  ({ value }) => value !== 'virtual-address' && value !== 'mysql-router',
);

/** A hook of a kind with nothing filled in. */
export function emptyHook(kind: HookKind, timeoutSeconds: number): Hook {
  switch (kind) {
    case 'shell':
      return { kind, command: '', timeoutSeconds };
    case 'http':
      return { kind, url: 'https://', timeoutSeconds };
    case 'haproxy':
      return { kind, proxies: [], backend: '', timeoutSeconds: Math.min(timeoutSeconds, 5) };
    case 'proxysql':
      return { kind, admins: [], user: '', writerHostgroup: 0, timeoutSeconds: Math.min(timeoutSeconds, 5) };
    case 'virtual-address':
      return { kind, address: '', release: '', take: '', timeoutSeconds };
    case 'mysql-router':
      return { kind, timeoutSeconds: 5 };
  }
}

/** Proxies as lines of a text, and back; empty lines are left out. */
export const proxiesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const hookWords = { repoint: 're-point hook', fence: 'fence hook' } as const;

/** What is missing or wrong in a hook, as the button says it; null when nothing is. */
export function hookRefusal(hook: Hook | undefined, which: keyof typeof hookWords): string | null {
  const of = `of the ${hookWords[which]}`;
  const missing = hook && missingIn(hook);
  if (missing) return `${missing} ${of} missing`;
  if (hook?.kind === 'haproxy') {
    const wrong = hook.proxies.find((one) => parseSocketAddress(one) === null);
    if (wrong !== undefined) return `"${wrong}" ${of} is neither host:port nor a path`;
  }
  if (hook === undefined) return null;
  const parsed = (which === 'repoint' ? repointSchema : fenceSchema).safeParse(hook);
  return parsed.success ? null : `${of.slice(3)}: ${parsed.error.issues[0]?.message ?? 'not valid'}`;
}

function missingIn(hook: Hook): string | null {
  switch (hook.kind) {
    case 'shell':
      return hook.command.trim() === '' ? 'command' : null;
    case 'http':
      return /^https?:\/\/[^\s/]+/.test(hook.url) ? null : 'URL';
    case 'haproxy':
      return hook.proxies.length === 0 ? 'runtime APIs' : hook.backend.trim() === '' ? 'backend' : null;
    case 'proxysql':
      return hook.admins.length === 0 ? 'admin' : hook.user.trim() === '' ? 'user' : null;
    case 'virtual-address':
      return hook.address.trim() === ''
        ? 'address'
        : hook.release.trim() === ''
          ? 'release command'
          : hook.take.trim() === ''
            ? 'take command'
            : null;
    case 'mysql-router':
      return null;
  }
}
