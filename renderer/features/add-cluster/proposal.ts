import type { DiscoveredInstance, Discovery } from '@shared/model/discovery';

/** What a person changed in the proposal, by `host:port`. */
export interface ProposalEdits {
  readonly name: string | null;
  readonly instances: Readonly<
    Record<string, { readonly take?: boolean; readonly name?: string; readonly region?: string }>
  >;
}

export const noEdits: ProposalEdits = { name: null, instances: {} };

/** One line of the proposal with the edits applied. Those that were not reached are left out unless chosen. */
export interface ProposalRow {
  readonly key: string;
  readonly found: DiscoveredInstance;
  readonly take: boolean;
  readonly name: string;
  readonly region: string;
}

export const keyOfFound = (found: DiscoveredInstance): string => `${found.host}:${found.port}`;

const order = ['primary', 'intermediate', 'replica', 'unknown'] as const;

/** Primary first, then by name; not reached last. */
export function proposalRows(discovery: Discovery | null, edits: ProposalEdits): readonly ProposalRow[] {
  return [...(discovery?.instances ?? [])]
    .sort(
      (a, b) =>
        Number(b.reached) - Number(a.reached) ||
        order.indexOf(a.role) - order.indexOf(b.role) ||
        a.name.localeCompare(b.name, 'en', { numeric: true }),
    )
    .map((found) => {
      const key = keyOfFound(found);
      const edit = edits.instances[key];
      return {
        key,
        found,
        take: edit?.take ?? found.reached,
        name: edit?.name ?? found.name,
        region: edit?.region ?? '',
      };
    });
}
