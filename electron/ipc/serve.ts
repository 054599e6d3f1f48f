import type { IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron';
import { z } from 'zod';
import { toAppError } from '@shared/errors';
import {
  calls,
  streams,
  type CallHandlers,
  type CallName,
  type StreamHandlers,
  type StreamMessage,
  type StreamName,
} from '@shared/ipc/contract';
import { channels } from '@shared/ipc/channels';
import { failed, ok, type Result } from '@shared/result';

const callMessage = z.object({ name: z.string(), callId: z.string(), input: z.unknown() });
const watchMessage = z.object({ name: z.string(), watchId: z.string(), input: z.unknown() });

/** What answers on each channel that the window sends on. */
export interface Door {
  readonly invoke: (event: IpcMainInvokeEvent, raw: unknown) => Promise<Result<unknown>>;
  readonly cancel: (event: IpcMainEvent, raw: unknown) => void;
  readonly watch: (event: IpcMainEvent, raw: unknown) => void;
  readonly unwatch: (event: IpcMainEvent, raw: unknown) => void;
}

interface ServeParts {
  readonly calls: CallHandlers;
  readonly streams: StreamHandlers;
  /** True for our own page in the main frame of our own window. */
  readonly isOurs: (event: IpcMainInvokeEvent | IpcMainEvent) => boolean;
}

/**
 * The one door between window and core: checks who asks, parses what is asked, answers with a Result. Nothing throws
 * across. Streams end with their window.
 */
export function openDoor(parts: ServeParts): Door {
  const running = new Map<string, AbortController>();
  const keyOf = (sender: WebContents, id: string): string => `${sender.id}/${id}`;

  const invoke: Door['invoke'] = async (event, raw) => {
    if (!parts.isOurs(event)) return invalid('This page may not ask');
    const message = callMessage.safeParse(raw);
    if (!message.success || !(message.data.name in calls)) return invalid('No such call');
    const name = message.data.name as CallName;
    const input = calls[name].input.safeParse(message.data.input);
    if (!input.success) return invalid(describe(name, input.error));
    const key = keyOf(event.sender, message.data.callId);
    const controller = new AbortController();
    running.set(key, controller);
    try {
      // The input was parsed by this very call's schema; the union of all handlers cannot express that.
      const handler = parts.calls[name] as (input: unknown, signal: AbortSignal) => Promise<unknown>;
      return ok(await handler(input.data, controller.signal));
    } catch (thrown) {
      return failed(toAppError(thrown));
    } finally {
      running.delete(key);
    }
  };

  const cancel: Door['cancel'] = (event, callId) => {
    if (parts.isOurs(event) && typeof callId === 'string') running.get(keyOf(event.sender, callId))?.abort();
  };

  const watch: Door['watch'] = (event, raw) => {
    if (!parts.isOurs(event)) return;
    const message = watchMessage.safeParse(raw);
    if (!message.success) return;
    const { watchId } = message.data;
    const send = (payload: StreamMessage): void => {
      if (!event.sender.isDestroyed()) event.sender.send(channels.event, payload);
    };
    if (!(message.data.name in streams))
      return send({ watchId, seq: 1, kind: 'end', result: invalid('No such stream') });
    const name = message.data.name as StreamName;
    const input = streams[name].input.safeParse(message.data.input);
    if (!input.success) return send({ watchId, seq: 1, kind: 'end', result: invalid(describe(name, input.error)) });
    const key = keyOf(event.sender, watchId);
    const controller = new AbortController();
    running.set(key, controller);
    const end = (): void => controller.abort();
    event.sender.once('destroyed', end);
    // A hash is a place within the page; only a page that goes away ends its streams.
    const onNavigation = (details: { readonly isSameDocument: boolean; readonly isMainFrame: boolean }): void => {
      if (details.isMainFrame && !details.isSameDocument) end();
    };
    event.sender.on('did-start-navigation', onNavigation);
    const handler = parts.streams[name] as (input: unknown, signal: AbortSignal) => AsyncIterable<unknown>;
    void pump(() => handler(input.data, controller.signal), watchId, controller.signal, send).finally(() => {
      running.delete(key);
      if (event.sender.isDestroyed()) return;
      event.sender.removeListener('destroyed', end);
      event.sender.removeListener('did-start-navigation', onNavigation);
    });
  };

  const unwatch: Door['unwatch'] = (event, watchId) => {
    if (parts.isOurs(event) && typeof watchId === 'string') running.get(keyOf(event.sender, watchId))?.abort();
  };

  return { invoke, cancel, watch, unwatch };
}

async function pump(
  open: () => AsyncIterable<unknown>,
  watchId: string,
  signal: AbortSignal,
  send: (message: StreamMessage) => void,
): Promise<void> {
  let seq = 0;
  let result: Result<null> = ok(null);
  try {
    for await (const event of open()) {
      if (signal.aborted) break;
      seq += 1;
      send({ watchId, seq, kind: 'event', event });
    }
  } catch (thrown) {
    result = failed(toAppError(thrown));
  }
  if (!signal.aborted) send({ watchId, seq: seq + 1, kind: 'end', result });
}

const invalid = (message: string): Result<never> =>
  failed({ code: 'invalid-input', message, nextStep: '', details: {} });

function describe(name: string, error: z.ZodError): string {
  const issue = error.issues[0];
  return `${name}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'invalid'}`.trim();
}
