import type { Application } from '../core/application';

/** Documented in docs/command-line.md; scripts depend on them. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, watch: 3, act: 4, partial: 5, refused: 6, undone: 7 } as const;

/** What a command is given: the core, its words after noun and verb, its options as parsed. */
export interface CommandInput {
  readonly app: Application;
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  /** Fires with Ctrl-C, SIGTERM and SIGHUP; each command decides what it ends. */
  readonly signal: AbortSignal;
  /** Says at once what goes on: the line, or with --json the event as one line of JSON. */
  readonly say: (line: string, event: Readonly<Record<string, unknown>>) => void;
  readonly version: string;
}

/** What a command ends with: printed as text, or with --json as one JSON document. */
export interface Outcome {
  readonly data: unknown;
  readonly text: string;
  readonly code?: number;
  /** True after events: the document is one line too, so that every line is one. */
  readonly asLine?: boolean;
}

export type Command = (input: CommandInput) => Promise<Outcome>;
