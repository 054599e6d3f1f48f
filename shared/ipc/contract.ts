/**
 * The whole boundary between window and main process, on a page. `Handlers` (main) and `Bridge` (window) are derived,
 * so that a call without a handler does not compile.
 */
import type { z } from 'zod';
import type { Result } from '../result';
import { appCalls } from './app.contract';
import type { CallContract, StreamContract } from './define';
import { fleetCalls, fleetStreams } from './fleet.contract';
import { instanceCalls, instanceStreams } from './instance.contract';
import { inventoryCalls, inventoryStreams } from './inventory.contract';
import { operationCalls, operationStreams } from './operation.contract';
import { queryCalls, queryStreams } from './query.contract';

export const calls = {
  ...appCalls,
  ...fleetCalls,
  ...inventoryCalls,
  ...instanceCalls,
  ...operationCalls,
  ...queryCalls,
};
export const streams = {
  ...fleetStreams,
  ...inventoryStreams,
  ...instanceStreams,
  ...operationStreams,
  ...queryStreams,
};

export type CallName = keyof typeof calls;
export type StreamName = keyof typeof streams;

export type CallInput<Name extends CallName> = z.input<(typeof calls)[Name]['input']>;
export type CallOutput<Name extends CallName> =
  (typeof calls)[Name] extends CallContract<z.ZodType, infer Output> ? Output : never;
export type StreamInput<Name extends StreamName> = z.input<(typeof streams)[Name]['input']>;
export type StreamEvent<Name extends StreamName> =
  (typeof streams)[Name] extends StreamContract<z.ZodType, infer Event> ? Event : never;

/** What main must provide: one function a call, one async iterable a stream. Input is already parsed. */
export type CallHandlers = {
  readonly [Name in CallName]: (
    input: z.output<(typeof calls)[Name]['input']>,
    signal: AbortSignal,
  ) => Promise<CallOutput<Name>>;
};
export type StreamHandlers = {
  readonly [Name in StreamName]: (
    input: z.output<(typeof streams)[Name]['input']>,
    signal: AbortSignal,
  ) => AsyncIterable<StreamEvent<Name>>;
};

/** One event of a stream as it travels. `seq` counts from 1 in each watch; `end` closes it, with an error or without. */
export type StreamMessage =
  | { readonly watchId: string; readonly seq: number; readonly kind: 'event'; readonly event: unknown }
  | { readonly watchId: string; readonly seq: number; readonly kind: 'end'; readonly result: Result<null> };

/** What the preload script puts on `window.midwatch`: a few functions, nothing of Node. */
export interface Bridge {
  /** Path of a file that the person dropped; '' for what is no file of this computer. */
  pathOf(file: File): string;
  call<Name extends CallName>(name: Name, input: CallInput<Name>, callId?: string): Promise<Result<CallOutput<Name>>>;
  cancel(callId: string): void;
  /** Starts a stream; returns the function that ends it. */
  watch<Name extends StreamName>(
    name: Name,
    input: StreamInput<Name>,
    onMessage: (message: StreamMessage) => void,
  ): () => void;
}
