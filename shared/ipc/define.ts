import type { z } from 'zod';

/** A call: parsed input, one answer. `Output` is a type alone: main builds it, so it is not parsed again. */
export interface CallContract<Input extends z.ZodType, Output> {
  readonly input: Input;
  /** Never set: carries the type of the answer. */
  readonly output?: Output;
}

/** A stream: parsed input, many events. */
export interface StreamContract<Input extends z.ZodType, Event> {
  readonly input: Input;
  /** Never set: carries the type of the events. */
  readonly event?: Event;
}

export const answers =
  <Output>() =>
  <Input extends z.ZodType>(input: Input): CallContract<Input, Output> => ({ input });

export const emits =
  <Event>() =>
  <Input extends z.ZodType>(input: Input): StreamContract<Input, Event> => ({ input });
