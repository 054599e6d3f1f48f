import { StepFailure, type StepCode, type StepContext } from '../operation-kind';
import { haproxyRefusal, readServers, sayOf, serverWords, type HaproxyServer } from './haproxy-words';
import { indexes, provenMove, words } from './proxies-proof';

/** Connections of a closed server end a moment after they were told to. */
const endsWithinMs = 1000;

const addressOf = (context: StepContext, index: string, prefix = ''): string =>
  context.step.statements.find((one) => one.key === `${prefix}state.${index}`)?.instance ?? '';

/** @throws StepFailure with the proxy's own words when it did not do it */
async function tell(context: StepContext, key: string): Promise<void> {
  const refusal = haproxyRefusal(await context.haproxy(key));
  if (refusal !== null) throw new StepFailure(refusal);
}

/** @throws StepFailure */
async function serversAt(context: StepContext, index: string, prefix = ''): Promise<readonly HaproxyServer[]> {
  const [state, stat] = await Promise.all([
    context.haproxy(`${prefix}state.${index}`),
    context.haproxy(`${prefix}stat.${index}`),
  ]);
  const servers = readServers(state, stat, context.step.params['backend'] ?? '');
  if (typeof servers === 'string') throw new StepFailure(servers);
  return servers;
}

/** Closes the planned servers of one proxy, ends their connections, and waits until it says so. @throws StepFailure */
async function close(context: StepContext, index: string, prefix = ''): Promise<readonly HaproxyServer[]> {
  const keyed = (verb: string): readonly string[] =>
    context.step.statements.filter((one) => one.key.startsWith(`${prefix}${verb}.${index}.`)).map((one) => one.key);
  for (const key of keyed('close')) await tell(context, key);
  for (const key of keyed('shut')) await tell(context, key);
  const names = keyed('close').map((key) => key.slice(`${prefix}close.${index}.`.length));
  for (const limitMs = context.clock.monotonicMs() + endsWithinMs; ; await context.clock.sleep(20)) {
    const servers = await serversAt(context, index, prefix);
    const left = servers
      .filter((one) => names.includes(one.name))
      .flatMap((one) => (one.state === 'closed' && (one.sessions ?? 0) === 0 ? [] : [leftWords(one)]));
    if (left.length === 0) return servers;
    if (context.signal.aborted || context.clock.monotonicMs() > limitMs) throw new StepFailure(left.join(', '));
  }
}

const leftWords = (one: HaproxyServer): string =>
  one.state === 'closed' ? `${one.name} is closed and still has ${one.sessions} connections` : serverWords(one);

/** The server that is opened must still be the one that the plan saw at that address. @throws StepFailure */
function requirePlanned(context: StepContext, index: string, servers: readonly HaproxyServer[]): void {
  const [name, at] = [context.step.params[`name.${index}`] ?? '', context.step.params[`at.${index}`]];
  const one = servers.find((each) => each.name === name);
  const now = one ? `${one.host}:${one.port}` : 'gone';
  if (now !== at) throw new StepFailure(`${name} is not at ${at} any more, but ${now}: it is not opened`);
}

/** Everything of one proxy that is wrong now; '' is nothing. @throws StepFailure when it cannot be asked */
async function wrongAt(
  context: StepContext,
  index: string,
): Promise<{ readonly wrong: string; readonly seen: string }> {
  const servers = await serversAt(context, index);
  const name = context.step.params[`name.${index}`] ?? '';
  const open = servers.filter((one) => one.state !== 'closed');
  const seen = servers.map(serverWords).join(', ');
  const alone = open.length === 1 && open[0]?.name === name;
  const still = servers.filter((one) => one.state === 'closed' && (one.sessions ?? 0) > 0);
  if (!alone) return { wrong: `open ${open.map((one) => one.name).join(', ') || 'none'}, wanted ${name} alone`, seen };
  if (open[0]?.up === false) return { wrong: `${name} is open, and down by the proxy’s own check`, seen };
  return { wrong: still.map(leftWords).join(', '), seen };
}

/**
 * Closed everywhere, and proven, before anything is opened anywhere. A proxy that fails keeps none of the others from
 * being moved: their applications have no other way. What each one then says decides.
 */
export const haproxyTrafficCode: StepCode = {
  run: async (context) => {
    const closed = await Promise.all(
      indexes(context.step.params['proxies']).map(async (index) => {
        try {
          requirePlanned(context, index, await close(context, index));
          return [index];
        } catch (thrown) {
          context.note(sayOf(addressOf(context, index), words(thrown)));
          return [];
        }
      }),
    );
    await Promise.all(
      closed
        .flat()
        .map(async (index) =>
          tell(context, `open.${index}`).catch((thrown: unknown) =>
            context.note(sayOf(addressOf(context, index), words(thrown))),
          ),
        ),
    );
  },
  verify: async (context) => {
    const each = await Promise.all(
      indexes(context.step.params['proxies']).map(async (index) => {
        const address = addressOf(context, index);
        return wrongAt(context, index).then(
          ({ wrong, seen }) => ({
            bad: wrong !== '',
            text: `${address}: ${wrong === '' ? seen : `${wrong} (${seen})`}`,
          }),
          (thrown: unknown) => ({ bad: true, text: sayOf(address, words(thrown)) }),
        );
      }),
    );
    return provenMove(context, each);
  },
};

/** Closes every server of the backend at every proxy, and has each say so. @throws StepFailure naming who did not */
export async function fenceAtHaproxy(context: StepContext): Promise<string> {
  const each = await Promise.all(
    indexes(context.step.params['fence-proxies']).map(async (index) => {
      const address = addressOf(context, index, 'fence-');
      return close(context, index, 'fence-').then(
        (servers) => ({ bad: false, text: `${address} closed ${servers.map((one) => one.name).join(', ')}` }),
        (thrown: unknown) => ({ bad: true, text: sayOf(address, words(thrown)) }),
      );
    }),
  );
  const bad = each.filter((one) => one.bad);
  if (bad.length > 0) throw new StepFailure(each.map((one) => one.text).join('; '));
  return each.map((one) => one.text).join('; ');
}
