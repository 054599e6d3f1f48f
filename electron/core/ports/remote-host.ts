import type { Bastion } from '@shared/model/inventory';

export interface CommandOutcome {
  /** null: it was ended by a signal. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** True when more than `maxBytes` came and the rest was thrown away. */
  readonly truncated: boolean;
}

/** One end of a pipe: a shell command on a host. */
export interface PipeEnd {
  /** Outermost first; the last one is the host itself. */
  readonly via: readonly Bastion[];
  readonly command: string;
}

/** How both ends of a pipe ended. Judge by both: the reader of a pipe that broke off may well end with 0. */
export interface PipeOutcome {
  readonly from: PipeEndOutcome;
  readonly to: PipeEndOutcome;
  /** That came out of the first and were handed to the second. */
  readonly bytes: number;
}

export interface PipeEndOutcome {
  /** null: it was ended by a signal, or by us because the other end had failed. */
  readonly exitCode: number | null;
  /** The last 4 KB. */
  readonly stderr: string;
}

export interface PipeOptions {
  readonly timeoutMs: number;
  /** Nothing flowed for this long: both are ended. */
  readonly stallMs: number;
  /** Standard input of the first command, for what must stand in no command line; it is closed after it. Default: closed. */
  readonly input?: string;
  /** Called at most twice a second with all bytes so far. */
  readonly onBytes?: (bytes: number) => void;
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
  /**
   * Standard output of one command into the standard input of another, on two hosts, through this computer: as fast as the
   * slower of the three. Both have ended when it resolves. A command that fails ends the other.
   * @throws MidwatchError as `run`, `host-command-failed` also when nothing flowed for `stallMs`; both are ended then
   */
  pipe(from: PipeEnd, to: PipeEnd, options: PipeOptions, signal: AbortSignal): Promise<PipeOutcome>;
}
