/** When a doomed console dies: before its step's first statement, while one is under way, when all were sent, or when proven. */
export const moments = ['before', 'in flight', 'sent', 'after'] as const;
export type Moment = (typeof moments)[number];

/** What a doomed console is told. */
export interface Doom {
  readonly labRoot: string;
  readonly scenario: string;
  readonly dataFolder: string;
  readonly kind: 'switchover' | 'failover' | 'rejoin';
  readonly candidate: string;
  readonly action: string;
  readonly at: Moment;
  /** `kill`: SIGKILL. `stop`: SIGSTOP once, as a laptop's sleep; whoever started it lets it go on. */
  readonly deed: 'kill' | 'stop';
  readonly endpoint?: { readonly host: string; readonly port: number };
  readonly repointCommand?: string;
}
