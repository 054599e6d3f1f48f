import type { ProgramHook } from '@shared/model/hook';
import type { HookCall } from '../../core/ports/hooks';
import { BoundedText } from '../network/bounded-text';
import { startDeadline } from '../network/deadline';
import { abortReason } from '../network/dial-tcp';
import { hookFailed, hookTimedOut } from './hook-errors';
import { oneLine, withoutToken } from './one-line';

const bodyBytes = 64 * 1024;

type HttpHook = Extract<ProgramHook, { readonly kind: 'http' }>;

/**
 * Posts the words of docs/hooks.md as JSON. Redirects are not followed: they would carry the token to another host.
 * Any 2xx is a yes.
 * @throws MidwatchError `hook-failed` (details: status, output), `hook-timeout`.
 */
export async function callHttpHook(
  hook: HttpHook,
  call: HookCall,
  token: string | null,
  signal: AbortSignal,
): Promise<string> {
  if (token !== null && /[^\x21-\x7e]/.test(token))
    throw hookFailed(
      call,
      'was not called: its token holds a character that no header can',
      {},
      'Enter the token again',
    );
  const body = new BoundedText(bodyBytes, 'first');
  const said = (): string => withoutToken(body.toString(), token);
  const deadline = startDeadline(signal, hook.timeoutSeconds * 1000, () => hookTimedOut(call, hook, said()));
  try {
    const response = await fetch(hook.url, {
      method: 'POST',
      redirect: 'manual',
      signal: deadline.signal,
      headers: {
        'content-type': 'application/json',
        accept: 'text/plain, application/json',
        ...(token === null || token === '' ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(wordsOf(call)),
    });
    const { status } = response;
    await readBody(response, body);
    if (response.ok) return oneLine(said()) || `HTTP ${status}`;
    const isRedirect = status >= 300 && status < 400;
    throw hookFailed(
      call,
      `answered ${status}${isRedirect ? ' (a redirect is not followed)' : ''}`,
      { status, output: said() },
      isRedirect ? 'Enter the address that it names in Inventory' : undefined,
    );
  } catch (thrown) {
    if (deadline.signal.aborted) throw abortReason(deadline.signal);
    if (!(thrown instanceof TypeError)) throw thrown;
    throw hookFailed(
      call,
      `could not be reached: ${causeOf(thrown)}`,
      { output: '' },
      'Check the address, and that this computer reaches it; nothing is known of what a broken connection did',
    );
  } finally {
    deadline.clear();
  }
}

/** The JSON of a call: the same words as the environment of a shell hook. */
function wordsOf(call: HookCall): HookCall {
  const { action, cluster, runId, oldHost, oldPort, newHost, newPort } = call;
  return { action, cluster, runId, oldHost, oldPort, newHost, newPort };
}

/** At most {@link bodyBytes}; the rest is left unread and the connection closed. */
async function readBody(response: Response, body: BoundedText): Promise<void> {
  if (!response.body) return;
  for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
    body.add(Buffer.from(piece));
    if (body.truncated) break;
  }
}

function causeOf(thrown: TypeError): string {
  const { cause } = thrown;
  if (!(cause instanceof Error)) return thrown.message;
  return 'code' in cause ? `${cause.message || 'connection failed'} (${String(cause.code)})` : cause.message;
}
