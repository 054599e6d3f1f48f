import { MidwatchError } from '@shared/errors';
import type { AskOptions, RouterApi } from '../../core/ports/proxies';

/** Answers of its REST API are small: routes, destinations, states. */
const longestAnswer = 256 * 1024;

/** One GET of MySQL Router's REST API ("MySQL Router REST API Reference"). @throws MidwatchError as of the port Proxies */
export async function askRouterApi(
  { url, user, password }: RouterApi,
  path: string,
  { timeoutMs }: AskOptions,
  outer: AbortSignal,
): Promise<unknown> {
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}${path}`, {
      redirect: 'manual',
      signal: AbortSignal.any([outer, late]),
      headers: {
        accept: 'application/json',
        ...(user === '' ? {} : { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }),
      },
    });
    if (!response.ok) throw refused(url, response.status);
    const text = await response.text();
    if (text.length > longestAnswer) throw notRouter(url);
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    if (outer.aborted) throw thrown;
    if (late.aborted)
      throw new MidwatchError('connection-timeout', `${url} did not answer within ${timeoutMs / 1000} s`, {
        nextStep: 'Check the address of the REST API',
      });
    if (thrown instanceof SyntaxError) throw notRouter(url);
    if (!(thrown instanceof TypeError)) throw thrown;
    const { cause } = thrown;
    throw new MidwatchError(
      'connection-refused',
      `${url} could not be reached: ${cause instanceof Error ? cause.message || 'connection failed' : thrown.message}`,
      { nextStep: 'Check the address, and that its certificate is one that this computer trusts', cause: thrown },
    );
  }
}

const refused = (url: string, status: number): MidwatchError =>
  status === 401 || status === 403
    ? new MidwatchError('access-denied', `${url} refused user or password`, {
        nextStep: 'Enter the user and the password of its realm in Inventory',
      })
    : new MidwatchError('not-found', `${url} answered ${status}`, {
        nextStep:
          'Check that its plugins rest_api, rest_router and rest_routing are loaded, and the path, /api/20190715',
      });

const notRouter = (url: string): MidwatchError =>
  new MidwatchError('not-found', `${url} does not answer as MySQL Router does`, {
    nextStep: 'Check the address: it ends with /api/20190715',
  });
