import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutTopology, nodeHeight, nodeWidth, type PlacedNode, type TopologyNode } from './layout-topology';

const overlap = (a: PlacedNode, b: PlacedNode): boolean =>
  Math.abs(a.x - b.x) < nodeWidth && Math.abs(a.y - b.y) < nodeHeight;

const at = (layout: { readonly nodes: readonly PlacedNode[] }, id: string): PlacedNode => {
  const found = layout.nodes.find((node) => node.id === id);
  if (!found) throw new Error(`${id} was not placed`);
  return found;
};

describe('topology layout', () => {
  it('puts replicas right of their primary and each region in a band of its own', () => {
    const nodes: readonly TopologyNode[] = [
      { id: 'p', region: 'eu' },
      { id: 'r', region: 'eu' },
      { id: 'i', region: 'us' },
      { id: 'ir', region: 'us' },
    ];
    const layout = layoutTopology(nodes, [
      { from: 'p', to: 'r' },
      { from: 'p', to: 'i' },
      { from: 'i', to: 'ir' },
    ]);
    expect(at(layout, 'p').x).toBeLessThan(at(layout, 'r').x);
    expect(at(layout, 'i').x).toBe(at(layout, 'r').x);
    expect(at(layout, 'ir').x).toBeGreaterThan(at(layout, 'i').x);
    const [eu, us] = layout.regions;
    expect((eu?.y ?? 0) + (eu?.height ?? 0)).toBeLessThan(us?.y ?? 0);
  });

  it('lays out circles and several sources', () => {
    const nodes = ['a', 'b', 'c'].map((id) => ({ id, region: 'one' }));
    const layout = layoutTopology(nodes, [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
      { from: 'a', to: 'c' },
      { from: 'b', to: 'c' },
      { from: 'c', to: 'c' },
      { from: 'gone', to: 'c' },
    ]);
    expect(layout.nodes).toHaveLength(3);
  });

  it('never lays two instances over each other, whatever the links', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
    const node = fc.record({ id: fc.constantFrom(...ids), region: fc.constantFrom('x', 'y', 'z') });
    const link = fc.record({ from: fc.constantFrom(...ids), to: fc.constantFrom(...ids) });
    fc.assert(
      fc.property(fc.uniqueArray(node, { selector: (each) => each.id }), fc.array(link), (nodes, links) => {
        const placed = layoutTopology(nodes, links).nodes;
        expect(placed).toHaveLength(nodes.length);
        placed.forEach((a, index) => placed.slice(index + 1).forEach((b) => expect(overlap(a, b)).toBe(false)));
      }),
    );
  });
});
