import dagre from '@dagrejs/dagre';

export const nodeWidth = 244;
export const nodeHeight = 66;
const rowGap = 26;
const regionPad = { x: 16, top: 28, bottom: 12 } as const;
const regionGap = 16;

export interface TopologyNode {
  readonly id: string;
  readonly region: string;
}

export interface TopologyLink {
  readonly from: string;
  readonly to: string;
}

export interface PlacedNode {
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

export interface PlacedRegion {
  readonly region: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Columns by distance from the primary (dagre, which also breaks circles), rows by region. Regions never overlap: each
 * takes a band of its own, in the order of `nodes`. Links to unknown nodes and to oneself are left out.
 */
export function layoutTopology(
  nodes: readonly TopologyNode[],
  links: readonly TopologyLink[],
): { readonly nodes: readonly PlacedNode[]; readonly regions: readonly PlacedRegion[] } {
  const columnOf = columns(nodes, links);
  const columnCount = new Set(columnOf.values()).size;
  const columnWidth = nodeWidth + (columnCount > 2 ? 156 : 220);
  const placed: PlacedNode[] = [];
  const regions: PlacedRegion[] = [];
  let top = 0;
  for (const region of new Set(nodes.map((node) => node.region))) {
    const members = nodes.filter((node) => node.region === region);
    const byColumn = new Map<number, TopologyNode[]>();
    for (const node of members) {
      const column = columnOf.get(node.id) ?? 0;
      byColumn.set(column, [...(byColumn.get(column) ?? []), node]);
    }
    const most = Math.max(...[...byColumn.values()].map((column) => column.length));
    const innerHeight = most * nodeHeight + (most - 1) * rowGap;
    for (const [column, inColumn] of byColumn) {
      const used = inColumn.length * nodeHeight + (inColumn.length - 1) * rowGap;
      inColumn.forEach((node, index) =>
        placed.push({
          id: node.id,
          x: column * columnWidth,
          y: top + regionPad.top + (innerHeight - used) / 2 + index * (nodeHeight + rowGap),
        }),
      );
    }
    const used = [...byColumn.keys()];
    const left = Math.min(...used) * columnWidth;
    const right = Math.max(...used) * columnWidth + nodeWidth;
    const height = regionPad.top + innerHeight + regionPad.bottom;
    regions.push({ region, x: left - regionPad.x, y: top, width: right - left + 2 * regionPad.x, height });
    top += height + regionGap;
  }
  return { nodes: placed, regions };
}

function columns(nodes: readonly TopologyNode[], links: readonly TopologyLink[]): ReadonlyMap<string, number> {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', ranksep: 100, nodesep: rowGap });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = new Set(nodes.map((node) => node.id));
  for (const node of nodes) graph.setNode(node.id, { width: nodeWidth, height: nodeHeight });
  for (const link of links) {
    if (link.from !== link.to && known.has(link.from) && known.has(link.to)) graph.setEdge(link.from, link.to);
  }
  dagre.layout(graph);
  const centre = (id: string): number => Math.round(graph.node(id).x ?? 0);
  const ranks = [...new Set(nodes.map((node) => centre(node.id)))].sort((a, b) => a - b);
  return new Map(nodes.map((node) => [node.id, ranks.indexOf(centre(node.id))]));
}
