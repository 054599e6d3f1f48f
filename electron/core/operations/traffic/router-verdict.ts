import type { RouterLook } from './router-look';
import { isAt, type Place } from './place';

const toDo =
  'Change "destinations" in its configuration and restart it when the new primary is open, or use another proxy';

/** What a MySQL Router before the cluster means for a move: never a pass, because nothing here can move it. */
export function routerVerdict(
  { by, api }: RouterLook,
  { old, next }: { readonly old: Place; readonly next: Place },
): readonly ['warn', string, string] {
  const router = `A MySQL Router (${by}): Midwatch cannot move it`;
  if (api === null)
    return [
      'warn',
      `${router}. With static destinations it stays at ${old.name} as long as that answers`,
      `${toDo}. With its REST API in Inventory its destinations are read`,
    ];
  if (api.kind === 'silent') return ['warn', `${router}. Its REST API: ${api.why}`, toDo];
  if (api.followsMetadata)
    return [
      'warn',
      `${router}. It follows the metadata of an InnoDB Cluster or ReplicaSet, which Midwatch does not write`,
      'Move the primary with MySQL Shell (setPrimaryInstance): then it follows by itself',
    ];
  const routes = api.routes.map(({ name, strategy, destinations }) => {
    const at = (place: Place): boolean => destinations.some((one) => isAt({ ...one, otherHost: '' }, place));
    const all = destinations.map((one) => `${one.host}:${one.port}`).join(', ');
    return `route ${name} (${strategy || 'static'}) leads to ${all}: ${routeWords(at(old), at(next), old, next)}`;
  });
  return ['warn', `${router}; ${routes.join('; ')}`, toDo];
}

function routeWords(atOld: boolean, atNext: boolean, old: Place, next: Place): string {
  if (atOld && !atNext) return `${next.name} is not among them`;
  if (atOld) return `it does not ask who takes writes, and leaves ${old.name} only when that does not answer`;
  return atNext ? `${old.name} is not among them` : 'neither of both is among them';
}
