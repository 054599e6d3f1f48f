import type { Bastion } from '@shared/model/inventory';

export interface CommandOutcome {
  /** null: it was ended by a signal. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** True when more than `maxBytes` came and the rest was thrown away. */
  readonly truncated: boolean;
}

/** Runs one shell command on a host, by SSH. */
export interface RemoteHost {
  /**
   * @param via outermost first; the last one is the host itself.
   * @param options.maxBytes of stdout and of stderr, each. Default 1 MiB.
   * @throws MidwatchError of the hop that failed (see Tunnels), `host-command-failed` when the command did not end within
   *   `timeoutMs` or the connection broke while it ran: then nobody knows what it did.
   */
  run(
    via: readonly Bastion[],
    command: string,
    options: { readonly timeoutMs: number; readonly maxBytes?: number },
    signal: AbortSignal,
  ): Promise<CommandOutcome>;
  /** As `run`, for long output: pieces of stdout as they come. Ends when the command ends with 0, else throws. */
  stream(
    via: readonly Bastion[],
    command: string,
    options: { readonly timeoutMs: number },
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array>;
}
