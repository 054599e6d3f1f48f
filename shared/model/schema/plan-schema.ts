import { z } from 'zod';
import { accessKinds, type PlanComparison, type QueryPlan } from '../query-plan';

const text = z.string().max(4_000_000);
const figure = z.number().nullable();
const dialect = z.enum(['mysql', 'mariadb']);

const node = z.object({
  id: z.int().min(0),
  parentId: z.int().min(0).nullable(),
  depth: z.int().min(0).max(1000),
  kind: z.enum([
    'table',
    'join',
    'filter',
    'sort',
    'group',
    'window',
    'limit',
    'union',
    'materialize',
    'subquery',
    'write',
    'constant',
    'block',
    'other',
  ]),
  operation: text,
  schema: text.nullable(),
  table: text.nullable(),
  alias: text.nullable(),
  access: z.enum(accessKinds).nullable(),
  index: text.nullable(),
  indexColumns: z.array(text),
  covering: z.boolean().nullable(),
  condition: text.nullable(),
  sortKeys: z.array(text),
  usedColumns: z.array(text),
  estimatedRows: figure,
  estimatedFilteredPercent: figure,
  estimatedCost: figure,
  actualRows: figure,
  actualFilteredPercent: figure,
  loops: figure,
  firstRowMs: figure,
  lastRowMs: figure,
  ownMs: figure,
  pages: figure,
  offBy: figure,
  dependent: z.boolean(),
});

/** A plan as a file holds it. */
export const planSchema = z.object({
  dialect,
  version: z.string().max(200),
  takenAtMs: z.number(),
  format: z.enum(['json-v2', 'json-v1', 'tree', 'mariadb-json']),
  nodes: z.array(node).max(10_000),
  analyzed: z.boolean(),
  worstNodeId: z.int().nullable(),
  structure: z.string().max(64),
  raw: text,
  tree: text.nullable(),
  notes: z.array(z.object({ code: z.number(), text })).max(1000),
}) satisfies z.ZodType<QueryPlan>;

/** A comparison of two plans as a file holds it. */
export const planComparisonSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('same') }),
  z.object({
    kind: z.literal('changed'),
    lines: z
      .array(z.object({ side: z.enum(['both', 'then', 'now']), depth: z.int().min(0).max(1000), text }))
      .max(20_000),
  }),
  z.object({ kind: z.literal('not-comparable'), reason: text }),
]) satisfies z.ZodType<PlanComparison>;
