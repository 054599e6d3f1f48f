import { StepFailure, type StepCode, type StepContext } from '../operation-kind';
import { sayOf } from './haproxy-words';
import { indexes, provenMove, words } from './proxies-proof';
import { rowWords, serverRows, stateOf, usedByServer, type ProxysqlRow } from './proxysql-words';

const addressOf = (context: StepContext, index: string, prefix = ''): string =>
  context.step.statements.find((one) => one.key === `${prefix}runtime.${index}`)?.instance ?? '';

/** Sends the planned statements of one verb in their order. @throws StepFailure */
async function tell(context: StepContext, verb: string, index: string): Promise<void> {
  for (const one of context.step.statements)
    if (one.key.startsWith(`${verb}.${index}.`)) await context.proxysql(one.key);
}

/** Servers of the writer hostgroup as ProxySQL routes now, and the connections at work through each. @throws StepFailure */
async function writers(
  context: StepContext,
  index: string,
  prefix = '',
): Promise<readonly { readonly row: ProxysqlRow; readonly at: string; readonly used: number }[]> {
  const [runtime, used] = await Promise.all([
    context.proxysql(`${prefix}runtime.${index}`).then(serverRows),
    context.proxysql(`${prefix}used.${index}`).then(usedByServer),
  ]);
  return runtime
    .filter((one) => one.hostgroup === Number(context.step.params['writer']))
    .map((row) => ({ row, at: `${row.host}:${row.port}`, used: used.get(`${row.host}:${row.port}`) ?? 0 }));
}

/** Asks until nothing is wrong, at most as long as the plan says. @returns what is wrong at last; '' is nothing */
async function until(context: StepContext, wrong: () => Promise<string>): Promise<string> {
  const limitMs = context.clock.monotonicMs() + (Number(context.step.params['waitMs']) || 2000);
  for (;;) {
    const left = await wrong();
    if (left === '' || context.signal.aborted || context.clock.monotonicMs() > limitMs) return left;
    await context.clock.sleep(100);
  }
}

/** Only `keep` may still take connections there. OFFLINE_HARD leaves the runtime when its last connection has ended. */
const othersOpen = (all: Awaited<ReturnType<typeof writers>>, isKept: (at: string) => boolean): string =>
  all
    .filter((one) => !isKept(one.at) && (stateOf(one.row.status) !== 'closed' || one.used > 0))
    .map((one) => `${rowWords(one.row)}${one.used > 0 ? `, ${one.used} connections` : ''}`)
    .join(', ');

/**
 * Closed at every ProxySQL, and read back, before anything is opened at any. Where ProxySQL's own check of read_only decides,
 * nothing is opened by hand: it would be undone. What each then routes to decides.
 */
export const proxysqlTrafficCode: StepCode = {
  run: async (context) => {
    const keep = (index: string) => (at: string) => at === context.step.params[`at.${index}`];
    const closed = await Promise.all(
      indexes(context.step.params['proxies']).map(async (index) => {
        try {
          await tell(context, 'close', index);
          if (!context.step.statements.some((one) => one.key.startsWith(`open.${index}.`))) return [];
          const left = await until(context, async () => othersOpen(await writers(context, index), keep(index)));
          if (left !== '') throw new StepFailure(`still open: ${left}`);
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
          tell(context, 'open', index).catch((thrown: unknown) =>
            context.note(sayOf(addressOf(context, index), words(thrown))),
          ),
        ),
    );
  },
  verify: async (context) => {
    const each = await Promise.all(
      indexes(context.step.params['proxies']).map(async (index) => {
        const wanted = context.step.params[`at.${index}`] ?? '';
        let seen = '';
        const wrong = await until(context, async () => {
          const all = await writers(context, index);
          seen = all.map((one) => rowWords(one.row)).join(', ') || 'none';
          if (!all.some((one) => one.at === wanted && one.row.status === 'ONLINE'))
            return `${wanted} is not its writer`;
          return othersOpen(all, (at) => at === wanted);
        }).catch(words);
        return {
          bad: wrong !== '',
          text: sayOf(addressOf(context, index), wrong === '' ? seen : `${wrong} (${seen})`),
        };
      }),
    );
    return provenMove(context, each);
  },
};

/** Closes the old primary at every ProxySQL, and reads it back. @throws StepFailure naming who did not */
export async function fenceAtProxysql(context: StepContext): Promise<string> {
  const old = (context.step.params['fence-old'] ?? '').split(' ');
  const each = await Promise.all(
    indexes(context.step.params['fence-proxies']).map(async (index) => {
      const address = addressOf(context, index, 'fence-');
      try {
        await tell(context, 'fence-close', index);
        const left = await until(context, async () =>
          othersOpen(await writers(context, index, 'fence-'), (at) => !old.includes(at)),
        );
        return { bad: left !== '', text: `${address}${left === '' ? ' routes nothing to it' : `: ${left}`}` };
      } catch (thrown) {
        return { bad: true, text: sayOf(address, words(thrown)) };
      }
    }),
  );
  if (each.some((one) => one.bad)) throw new StepFailure(each.map((one) => one.text).join('; '));
  return each.map((one) => one.text).join('; ');
}
