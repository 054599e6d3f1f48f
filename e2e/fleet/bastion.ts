export type { SshServer as Bastion } from './ssh-server';
export { labPassphrase } from './ssh-server-files';
