import { keepPreviousData, QueryClient, skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useEffectEvent, useRef, useState } from 'react';
import type { AppError } from '@shared/errors';
import type { CallInput, CallName, CallOutput, StreamEvent, StreamInput, StreamName } from '@shared/ipc/contract';
import { call, errorOf, watch } from './bridge';
import { notifyDone } from './notify';

const retryMs = 2_000;

/** One client a window. Answers stay until a watch or an act replaces them: main pushes, the window does not poll. */
export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: false, staleTime: Infinity, refetchOnWindowFocus: false } },
});

/** Key under which a call or stream is kept. */
export const keyOf = (name: CallName | StreamName, input: unknown): readonly unknown[] => [name, input];

/** What a question looks like on the screen: an answer, an error, or neither yet. */
export interface Answer<T> {
  readonly data: T | undefined;
  readonly error: AppError | null;
  readonly asking: boolean;
  readonly askedAtMs: number;
  readonly ask: () => void;
}

/**
 * Asks main once and keeps the answer. `everyMs` asks again; `null` input asks nothing; `keepBefore` shows the last answer
 * while another input is asked; `fresh` forgets it with the screen: an answer of an earlier visit is never shown.
 */
export function useCall<Name extends CallName>(
  name: Name,
  input: CallInput<Name> | null,
  options: { readonly everyMs?: number; readonly keepBefore?: boolean; readonly fresh?: boolean } = {},
): Answer<CallOutput<Name>> {
  const client = useQueryClient();
  const queryKey = keyOf(name, input);
  const query = useQuery<CallOutput<Name>>({
    queryKey,
    queryFn: input === null ? skipToken : ({ signal }) => call(name, input, signal),
    refetchInterval: options.everyMs ?? false,
    ...(options.keepBefore === true ? { placeholderData: keepPreviousData } : {}),
    ...(options.fresh === true ? { gcTime: 0 } : {}),
    staleTime: options.everyMs ?? 0,
  });
  return {
    data: query.data,
    error: query.error === null ? null : errorOf(query.error),
    asking: query.isFetching,
    askedAtMs: query.dataUpdatedAt,
    // A first question still under way is given up: what is asked now wants what is so now.
    ask: () => void client.cancelQueries({ queryKey }).then(() => query.refetch()),
  };
}

/** Follows a stream while mounted: each event replaces the kept value. An ended stream is started again after 2 s. */
export function useWatch<Name extends StreamName>(
  name: Name,
  input: StreamInput<Name> | null,
): { readonly data: StreamEvent<Name> | undefined; readonly error: AppError | null } {
  const client = useQueryClient();
  const [error, setError] = useState<AppError | null>(null);
  const key = JSON.stringify(input);
  useEffect(() => {
    if (key === 'null') return undefined;
    const parsed = JSON.parse(key) as StreamInput<Name>;
    let stop: () => void = () => undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const start = (): void => {
      stop = watch(name, parsed, {
        onEvent: (event) => {
          setError(null);
          client.setQueryData(keyOf(name, parsed), event);
        },
        onEnd: (ended) => {
          setError(ended);
          // A finished stream without an error has said all it had to say.
          if (ended !== null) timer = setTimeout(start, retryMs);
        },
      });
    };
    start();
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [client, name, key]);
  const query = useQuery<StreamEvent<Name>>({ queryKey: keyOf(name, input), queryFn: skipToken });
  return { data: query.data, error };
}

/** A one-off stream that a person starts and may stop: a path test, a discovery. */
export interface Job<Name extends StreamName> {
  readonly event: StreamEvent<Name> | null;
  readonly error: AppError | null;
  readonly running: boolean;
  readonly start: (input: StreamInput<Name>) => void;
  readonly reset: () => void;
}

/** State of a one-off stream; starting again ends the one before, leaving the screen ends it too. */
export function useJob<Name extends StreamName>(name: Name, onEvent?: (event: StreamEvent<Name>) => void): Job<Name> {
  const [input, setInput] = useState<{ readonly of: StreamInput<Name>; readonly nonce: number } | null>(null);
  const [event, setEvent] = useState<StreamEvent<Name> | null>(null);
  const [error, setError] = useState<AppError | null>(null);
  const [running, setRunning] = useState(false);
  const take = useEffectEvent((next: StreamEvent<Name>) => {
    setEvent(next);
    onEvent?.(next);
  });
  useEffect(() => {
    if (input === null) return undefined;
    return watch(name, input.of, {
      onEvent: (next) => take(next),
      onEnd: (ended) => {
        setRunning(false);
        setError(ended);
      },
    });
  }, [name, input]);
  return {
    event,
    error,
    running,
    start: (next) => {
      setEvent(null);
      setError(null);
      setRunning(true);
      setInput((before) => ({ of: next, nonce: (before?.nonce ?? 0) + 1 }));
    },
    reset: () => {
      setInput(null);
      setEvent(null);
      setError(null);
      setRunning(false);
    },
  };
}

/** An act of the person: `run` sends it, the refusal stays beside the button until the next try. */
export interface Act<Name extends CallName> {
  readonly run: (input: CallInput<Name>, then?: (output: CallOutput<Name>) => void) => void;
  readonly error: AppError | null;
  readonly busy: boolean;
  readonly clear: () => void;
  /** Gives up what runs, in main too; what is done already stays done. The same function throughout. */
  readonly stop: () => void;
}

/**
 * `done` is the sentence of the toast that says what one's own act did; `refresh` names calls to ask again; `patch`
 * writes what is known from the answer at once, so that the person does not wait for the next push.
 */
export function useAct<Name extends CallName>(
  name: Name,
  options: {
    readonly done?: (output: CallOutput<Name>) => string;
    readonly refresh?: readonly CallName[];
    readonly patch?: (client: QueryClient, output: CallOutput<Name>, input: CallInput<Name>) => void;
  } = {},
): Act<Name> {
  const client = useQueryClient();
  const running = useRef<AbortController | null>(null);
  const stop = useCallback(() => running.current?.abort(), []);
  const mutation = useMutation<CallOutput<Name>, Error, CallInput<Name>>({
    mutationFn: (input) => {
      running.current = new AbortController();
      return call(name, input, running.current.signal);
    },
    onSuccess: async (output, input) => {
      options.patch?.(client, output, input);
      if (options.done) notifyDone(options.done(output));
      await Promise.all((options.refresh ?? []).map((each) => client.invalidateQueries({ queryKey: [each] })));
    },
  });
  return {
    run: (input, then) => mutation.mutate(input, { onSuccess: (output) => then?.(output) }),
    error: mutation.error === null ? null : errorOf(mutation.error),
    busy: mutation.isPending,
    clear: mutation.reset,
    stop,
  };
}
