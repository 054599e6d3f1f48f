import type { OperationKind } from '@shared/model/plan';

/** When a doomed console dies: before its step's first statement, while one is under way, when all were sent, or when proven. */
export const moments = ['before', 'in flight', 'sent', 'after'] as const;
export type Moment = (typeof moments)[number];

/** What a doomed console is told. */
export interface Doom {
  readonly labRoot: string;
  readonly scenario: string;
  readonly dataFolder: string;
  readonly kind: OperationKind;
  /** Name of who is acted upon; without it the kind's own choice. */
  readonly instance?: string;
  /** Who is chosen, where a person chooses: new primary, donor or new source. */
  readonly candidate?: string;
  /** One of the plan's choices. */
  readonly choice?: string;
  /** The person types what the plan asks to be sworn. Without it a plan that asks is not approved. */
  readonly swears?: boolean;
  readonly action: string;
  readonly at: Moment;
  /** The statement with which it dies `in flight`, and how long after it was sent; without it the step's first one, at once. */
  readonly fatal?: { readonly key: string; readonly afterMs: number };
  /** `kill`: SIGKILL. `stop`: SIGSTOP once, as a laptop's sleep; whoever started it lets it go on. */
  readonly deed: 'kill' | 'stop';
  readonly endpoint?: { readonly host: string; readonly port: number };
  readonly repointCommand?: string;
}
