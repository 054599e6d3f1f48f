/** Names of the few Electron channels that carry the contract. Apart from it, so that the preload script stays without zod. */
export const channels = {
  invoke: 'midwatch:call',
  cancel: 'midwatch:cancel',
  watch: 'midwatch:watch',
  unwatch: 'midwatch:unwatch',
  event: 'midwatch:event',
} as const;
