import { MidwatchError } from '@shared/errors';
import { inventorySchema, type Inventory } from '@shared/model/inventory';
import { hookWithCredentials, waysOf } from './inventory-rules';

/** Turns text into data and back: YAML comes through here, because core imports no outside package. */
export interface TextFormat {
  parse(text: string): unknown;
  print(value: unknown): string;
}

const header = `# Midwatch inventory. Holds no secret; passwords stay in each person's keychain.\n`;

/** The whole inventory as one file for a team's repository: sorted by name, names instead of ids where one refers to another. */
export function printInventory(current: Inventory, format: TextFormat): string {
  // The schema's order of keys: a file in a repository must not change with the way in which a cluster was entered.
  const inventory = inventorySchema.parse(current);
  const nameOf = new Map(inventory.bastions.map((one) => [one.id, one.name]));
  const named = (ids: readonly string[]): string[] => ids.map((one) => nameOf.get(one) ?? one);
  const byName = <T extends { readonly name: string }>(all: readonly T[]): T[] =>
    [...all].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  return (
    header +
    format.print({
      midwatch: 1,
      bastions: byName(inventory.bastions).map(({ id: _id, ...bastion }) => bastion),
      clusters: byName(inventory.clusters).map(({ id: _id, pinned: _pinned, instances, ...cluster }) => ({
        ...cluster,
        instances: byName(instances).map(({ id: _instanceId, via, hostAccess, ...instance }) => ({
          ...instance,
          ...(via.length > 0 ? { via: named(via) } : {}),
          ...(hostAccess ? { hostAccess: { ...hostAccess, via: named(hostAccess.via) } } : {}),
        })),
      })),
    })
  );
}

/**
 * Reads such a file. Nothing of it is used unless all of it is right.
 * @throws MidwatchError `inventory-newer` for a later format, `inventory-corrupt` naming the first wrong place.
 */
export function readInventoryFile(text: string, format: TextFormat): Inventory {
  const corrupt = (cause: string, thrown?: unknown): MidwatchError =>
    new MidwatchError('inventory-corrupt', `This is not an inventory file: ${cause}`, {
      nextStep: 'Nothing was imported. Correct the file, or export a fresh one to compare',
      details: { cause },
      cause: thrown,
    });
  let parsed: unknown;
  try {
    parsed = format.parse(text);
  } catch (thrown) {
    throw corrupt(thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown), thrown);
  }
  if (typeof parsed !== 'object' || parsed === null || !('midwatch' in parsed))
    throw corrupt('the key "midwatch" with the format number is missing');
  if (parsed.midwatch !== 1) {
    throw new MidwatchError(
      'inventory-newer',
      `This inventory has format ${String(parsed.midwatch)}; this Midwatch reads format 1`,
      {
        nextStep: 'Nothing was imported. Update Midwatch, or export the file from the same version',
      },
    );
  }
  const result = inventorySchema.safeParse(withIds(parsed as unknown as Record<string, unknown>));
  if (!result.success) {
    const issue = result.error.issues[0];
    throw corrupt(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
  }
  const known = new Set(result.data.bastions.map((one) => one.id));
  for (const cluster of result.data.clusters) {
    const stray = waysOf(cluster).find((one) => !known.has(one.bastionId));
    if (stray) throw corrupt(`${stray.what} goes via "${stray.bastionId}", which is no bastion of this file`);
    const hook = hookWithCredentials(cluster);
    if (hook)
      throw corrupt(
        `the ${hook} hook of ${cluster.name} has a password in its address; the hook token is a secret of its own`,
      );
  }
  return result.data;
}

/** In the file names serve as ids. */
function withIds(file: Record<string, unknown>): unknown {
  const list = (value: unknown): Record<string, unknown>[] =>
    Array.isArray(value)
      ? value.filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null)
      : [];
  return {
    version: 1,
    bastions: list(file['bastions']).map((bastion) => ({ ...bastion, id: bastion['name'] })),
    clusters: list(file['clusters']).map((cluster) => ({
      pinned: false,
      ...cluster,
      id: cluster['name'],
      instances: list(cluster['instances']).map((instance) => ({
        via: [],
        ...instance,
        id: `${String(cluster['name'])}/${String(instance['name'])}`,
      })),
    })),
  };
}
