import {
  Background,
  BaseEdge,
  EdgeLabelRenderer,
  getBezierPath,
  Handle,
  MarkerType,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  type Edge,
  type EdgeProps,
  type Node,
  type NodeProps,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { useEffect, useMemo, useRef, type ReactNode } from 'react';
import { layoutTopology } from './layout-topology';
import { StatusBadge, StatusIcon, type Mark } from './status-badge';
import './topology-graph.css';
import { Unit } from './unit';
import { useNodeMove, type NodeMove, type NodeMoves } from './use-node-move';

/** One instance as a node: name, role, state, three figures. */
export interface GraphNode {
  readonly id: string;
  readonly region: string;
  readonly name: string;
  readonly role: string;
  readonly writes: boolean;
  readonly mark: Mark;
  readonly word: string;
  readonly figures: readonly { readonly label: string; readonly value: string; readonly unit?: string }[];
}

/** One channel as an edge. `kind` decides the stroke; the text says what the colour says. */
export interface GraphLink {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly kind: 'semi-sync' | 'async' | 'broken' | 'unknown';
  readonly text: string;
}

/** What a node says of itself while another one is moved: '' is that it can be followed. */
type Says = { readonly kind: 'moved' } | { readonly kind: 'target'; readonly why: string; readonly aimed: boolean };

type InstanceNode = Node<{ readonly instance: GraphNode; readonly says: Says | null }, 'instance'>;
type RegionNode = Node<{ readonly region: string; readonly width: number; readonly height: number }, 'region'>;
type ChannelEdge = Edge<{ readonly link: GraphLink; readonly lane: number }, 'channel'>;

const tones: Readonly<Record<GraphLink['kind'], string>> = {
  'semi-sync': 'var(--s2)',
  async: 'var(--t3)',
  broken: 'var(--watch)',
  unknown: 'var(--unk)',
};

function InstanceBox({ data }: NodeProps<InstanceNode>): ReactNode {
  const { instance, says } = data;
  const old = instance.mark === 'stale' || instance.mark === 'unknown' ? 'old' : '';
  return (
    <div
      className={`topology-node ${instance.mark} ${instance.writes ? 'writes' : ''} ${old} ${moveClass(says)}`}
      data-instance={instance.name}
    >
      <Handle type="target" position={Position.Left} />
      <Handle type="source" position={Position.Right} />
      <div className="topology-head">
        <span className="name nowrap">{instance.name}</span>
        <span className="label ellipsis">{instance.role}</span>
        <span className="right">
          <StatusBadge mark={instance.mark} size={12}>
            <span style={{ fontSize: 11 }}>{instance.word}</span>
          </StatusBadge>
        </span>
      </div>
      {says?.kind === 'target' ? (
        <div className="topology-says" data-can={says.why === ''}>
          <StatusIcon mark={says.why === '' ? 'ok' : 'skipped'} size={13} />
          <span title={says.why}>{says.why === '' ? 'Can follow' : `No: ${says.why}`}</span>
        </div>
      ) : (
        <div className="topology-figures">
          {instance.figures.map((figure) => (
            <span key={figure.label}>
              <span className="label" style={{ display: 'block', fontSize: 10.5 }}>
                {figure.label}
              </span>
              <span style={{ fontWeight: 550 }}>
                {figure.value}
                {figure.unit !== undefined && <Unit>{figure.unit}</Unit>}
              </span>
            </span>
          ))}
        </div>
      )}
    </div>
  );
}

function moveClass(says: Says | null): string {
  if (says === null) return '';
  if (says.kind === 'moved') return 'moved';
  return `${says.why === '' ? 'can' : 'cannot'} ${says.aimed ? 'aimed' : ''}`;
}

function RegionBox({ data }: NodeProps<RegionNode>): ReactNode {
  return (
    <div className="topology-region" style={{ width: data.width, height: data.height }}>
      <span className="name">{data.region}</span>
    </div>
  );
}

function Channel(edge: EdgeProps<ChannelEdge>): ReactNode {
  const [path] = getBezierPath(edge);
  const link = edge.data?.link;
  if (!link) return null;
  const tone = tones[link.kind];
  const mark: Mark | null = link.kind === 'broken' ? 'watch' : link.kind === 'unknown' ? 'unknown' : null;
  const x = edge.targetX - 16;
  const y = edge.targetY + (edge.data?.lane ?? 0) * 20;
  return (
    <>
      <BaseEdge
        path={path}
        style={{
          stroke: tone,
          strokeWidth: link.kind === 'semi-sync' ? 2 : 1.4,
          ...(link.kind === 'broken' || link.kind === 'unknown' ? { strokeDasharray: '4 4' } : {}),
        }}
        {...(edge.markerEnd === undefined ? {} : { markerEnd: edge.markerEnd })}
      />
      <EdgeLabelRenderer>
        <div
          className="topology-edge-label"
          style={{
            transform: `translate(-100%,-50%) translate(${x}px,${y}px)`,
            color: link.kind === 'semi-sync' ? 'var(--s2-text)' : tone,
          }}
        >
          {mark !== null && <StatusIcon mark={mark} size={11} />}
          {link.text}
        </div>
      </EdgeLabelRenderer>
    </>
  );
}

const nodeTypes = { instance: InstanceBox, region: RegionBox };
const edgeTypes = { channel: Channel };
const fit = { padding: 0.035, maxZoom: 1 };

/**
 * Who follows whom: columns by distance from the primary, rows by region. No free place and no zoom: it is a board, not a
 * canvas. A node can be moved under another where `moves` is given; that asks, and changes nothing by itself.
 */
export function TopologyGraph(props: {
  readonly nodes: readonly GraphNode[];
  readonly links: readonly GraphLink[];
  readonly onOpen: (id: string) => void;
  readonly moves?: NodeMoves | undefined;
}): ReactNode {
  return (
    <ReactFlowProvider>
      <Board {...props} />
    </ReactFlowProvider>
  );
}

function Board({
  nodes,
  links,
  onOpen,
  moves,
}: {
  readonly nodes: readonly GraphNode[];
  readonly links: readonly GraphLink[];
  readonly onOpen: (id: string) => void;
  readonly moves?: NodeMoves | undefined;
}): ReactNode {
  const moving = useNodeMove(
    nodes.map((node) => node.id),
    moves,
    onOpen,
  );
  const { move } = moving;
  const frame = useRef<HTMLDivElement>(null);
  const { fitView } = useReactFlow();
  const placed = useMemo(() => placeNodes(nodes, links), [nodes, links]);
  const flowNodes =
    move === null || !moves
      ? placed
      : placed.map((node) =>
          node.type === 'instance' ? { ...node, data: { ...node.data, says: saysOf(node.id, move, moves) } } : node,
        );
  const flowEdges = useMemo(() => drawLinks(links), [links]);
  const shape = nodes.map((node) => node.id).join() + links.map((link) => link.id).join();
  useEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    // Also runs once at the start: the panel has its size only after the first layout.
    const observer = new ResizeObserver(() => void fitView(fit));
    observer.observe(element);
    return () => observer.disconnect();
  }, [fitView, shape]);
  return (
    <div
      ref={frame}
      className={move?.at ? 'grow topology moving' : 'grow topology'}
      data-testid="topology"
      onPointerDown={moving.onPointerDown}
      onKeyDown={moving.onKeyDown}
    >
      <ReactFlow<InstanceNode | RegionNode, ChannelEdge>
        nodes={flowNodes}
        edges={flowEdges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        fitView
        fitViewOptions={fit}
        minZoom={0.2}
        nodesDraggable={false}
        nodesConnectable={false}
        elementsSelectable={false}
        panOnDrag={false}
        panOnScroll={false}
        zoomOnScroll={false}
        zoomOnPinch={false}
        zoomOnDoubleClick={false}
        preventScrolling={false}
        // Gives the nodes their pointer events; a click is told from a drag by useNodeMove.
        onNodeClick={() => undefined}
      >
        <Background color="var(--grid)" gap={18} size={1} />
      </ReactFlow>
      <div className="topology-words" role="status" data-testid="move-words" hidden={moving.words === ''}>
        {moving.words}
      </div>
      {move?.at && (
        <div className="topology-ghost" style={{ left: move.at.x + 12, top: move.at.y + 12 }}>
          {moves?.nameOf(move.id)}
          {move.target !== null && ` → ${moves?.nameOf(move.target)}`}
        </div>
      )}
    </div>
  );
}

function saysOf(id: string, move: NodeMove, moves: NodeMoves): Says {
  return id === move.id
    ? { kind: 'moved' }
    : { kind: 'target', why: moves.judge(move.id, id), aimed: move.target === id };
}

function placeNodes(nodes: readonly GraphNode[], links: readonly GraphLink[]): (InstanceNode | RegionNode)[] {
  const layout = layoutTopology(nodes, links);
  const regions = layout.regions.map((region): RegionNode => {
    const { width, height } = region;
    return {
      id: `region:${region.region}`,
      type: 'region',
      position: { x: region.x, y: region.y },
      data: { region: region.region, width, height },
      width,
      height,
      zIndex: -1,
      focusable: false,
    };
  });
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const instances = layout.nodes.flatMap((placed): InstanceNode[] => {
    const instance = byId.get(placed.id);
    if (!instance) return [];
    return [
      {
        id: placed.id,
        type: 'instance',
        position: { x: placed.x, y: placed.y },
        data: { instance, says: null },
        focusable: true,
        width: 244,
        height: 66,
      },
    ];
  });
  return [...regions, ...instances];
}

function drawLinks(links: readonly GraphLink[]): ChannelEdge[] {
  const lanes = new Map<string, number>();
  return links.map((link) => {
    const lane = lanes.get(link.to) ?? 0;
    lanes.set(link.to, lane + 1);
    return {
      id: link.id,
      type: 'channel',
      source: link.from,
      target: link.to,
      data: { link, lane },
      markerEnd: { type: MarkerType.ArrowClosed, color: tones[link.kind], width: 14, height: 14 },
    };
  });
}
