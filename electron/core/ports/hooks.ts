import type { ProgramHook } from '@shared/model/hook';

/** What a hook is told; docs/hooks.md names the variables and the JSON. Hosts are those that the inventory holds. */
export interface HookCall {
  readonly action: 'repoint' | 'fence';
  readonly cluster: string;
  readonly runId: string;
  readonly oldHost: string;
  readonly oldPort: number;
  readonly newHost: string;
  readonly newPort: number;
}

/** Runs a user's hook once. What it answers is evidence, never proof. */
export interface Hooks {
  /**
   * @param token sent as a bearer token (HTTP) or as MIDWATCH_HOOK_TOKEN (shell); null is none.
   * @returns what it said, in one line of at most 300 characters, control characters removed.
   * @throws MidwatchError `hook-failed` (details: exitCode or status, output), `hook-timeout` (it was ended with its children)
   */
  call(hook: ProgramHook, call: HookCall, token: string | null, signal: AbortSignal): Promise<string>;
}
