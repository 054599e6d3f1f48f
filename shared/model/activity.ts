export const activityKinds = [
  'rule',
  'tunnel',
  'change',
  'unlock',
  'operation',
  'inventory',
  'store',
  'host-key',
] as const;
export type ActivityKind = (typeof activityKinds)[number];

/** One line of the activity log: who did or what changed, when, where. Append only. */
export interface Activity {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: ActivityKind;
  readonly severity: 'act' | 'watch' | 'note' | 'ok';
  readonly clusterId: string | null;
  readonly instanceId: string | null;
  readonly by: string;
  readonly text: string;
}
