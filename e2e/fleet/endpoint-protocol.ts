import { z } from 'zod';

/**
 * What the hooks of an endpoint do when they are called. `obey`: move and say so. `hang`: never answer. `rubbish`: answer
 * nonsense, as a success, and do nothing. `lie`: say that it moved and do nothing. `fail`: exit code 3, status 500.
 */
export const hookModes = ['obey', 'hang', 'rubbish', 'lie', 'fail'] as const;
export type HookMode = (typeof hookModes)[number];

const port = z.coerce.number().int().min(1).max(65_535);

/** What a hook is told: by HTTP as JSON, by the shell as the environment variables MIDWATCH_…. */
export const repointRequest = z.object({
  action: z.literal('repoint'),
  cluster: z.string().default(''),
  runId: z.string().default(''),
  oldHost: z.string().default(''),
  /** 0: not told. */
  oldPort: z.coerce.number().int().min(0).max(65_535).default(0),
  newHost: z.string().min(1),
  newPort: port,
});
export type RepointRequest = z.infer<typeof repointRequest>;

/** A call that reached the endpoint, in whatever mode it was. */
export const hookCall = z.object({
  by: z.enum(['shell', 'http']),
  mode: z.enum(hookModes),
  atMs: z.number(),
  request: repointRequest.nullable(),
});
export type HookCall = z.infer<typeof hookCall>;

/** What the endpoint says of itself. */
export const endpointState = z.object({
  target: z.object({ host: z.string(), port: z.number() }),
  mode: z.enum(hookModes),
  connections: z.number(),
  calls: z.array(hookCall),
});
export type EndpointState = z.infer<typeof endpointState>;

/** What the lab itself may tell the endpoint, beside its hooks. */
export const endpointOrder = z.object({
  mode: z.enum(hookModes).optional(),
  target: z.object({ host: z.string(), port: z.number() }).optional(),
});
export type EndpointOrder = z.infer<typeof endpointOrder>;
