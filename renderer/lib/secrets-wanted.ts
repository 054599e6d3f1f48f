import type { ClusterState } from '@shared/model/fleet';
import type { Bastion, SecretRef } from '@shared/model/inventory';

/** A secret without which a cluster cannot be reached, in the words of what asked for it. */
export interface WantedSecret {
  readonly ref: SecretRef;
  /** "Password of wallet", "Passphrase of bastion-eu". */
  readonly label: string;
  readonly why: string;
}

/** Secrets that instances of a cluster wait for, each once; without a keychain that is every one after a start. */
export function secretsWanted(cluster: ClusterState, bastions: readonly Bastion[]): readonly WantedSecret[] {
  const wanted = new Map<string, WantedSecret>();
  for (const { error, reach } of cluster.instances) {
    if (error?.code !== 'secret-missing' || reach === 'answering') continue;
    const secret = refOf(cluster, bastions, error.details);
    wanted.set(`${secret.ref.kind}/${secret.ref.id}`, { ...secret, why: error.message });
  }
  return [...wanted.values()];
}

function refOf(
  cluster: ClusterState,
  bastions: readonly Bastion[],
  details: Readonly<Record<string, unknown>>,
): Pick<WantedSecret, 'ref' | 'label'> {
  const byId = bastions.find((each) => each.id === details['bastionId']);
  if (byId) return { ref: { kind: 'bastion-password', id: byId.id }, label: `Password of ${byId.name}` };
  const file = typeof details['file'] === 'string' ? details['file'] : null;
  // The error names the file with the home folder spelled out; the inventory may say ~.
  const byKey = bastions.find(
    ({ auth }) => file !== null && auth.method === 'key' && file.endsWith(auth.keyFile.replace(/^~/, '')),
  );
  if (byKey) return { ref: { kind: 'bastion-passphrase', id: byKey.id }, label: `Passphrase of ${byKey.name}` };
  return { ref: { kind: 'cluster-password', id: cluster.id }, label: `Password of ${cluster.name}` };
}
