import type { Step } from '@shared/model/plan';
import type { ChannelSettings, SwitchoverSql } from '../../dialect/switchover-sql';
import { textOf } from '../../dialect/rows';
import type { StepCode, StepContext } from '../operation-kind';
import { statements, step, type Line, type Party, type Sibling } from '../steps/step-data';

/** How long STOP REPLICA waits on MySQL for the rest of a transaction that will never come (measured: 61 s on 9.7.4). */
export const partialWaitMs = 61_000;
/** Longest wait until the applier has rolled it back; connecting takes some ms. */
const rollBackMs = 10_000;

/** Its settings are null where the account may not read them: then nobody can lead it. */
export type LedCandidate = Party & { readonly settings: ChannelSettings | null };

export interface PartialStepInput {
  readonly sql: SwitchoverSql;
  readonly candidate: LedCandidate;
  /** The other replicas that answer. */
  readonly siblings: readonly Sibling[];
  /** Ids of those with writes of their own: nobody may receive from them. */
  readonly errants: Readonly<Record<string, string>>;
  /** Address `host:port` by which each replica follows the dead primary, by instance id. */
  readonly sources: Readonly<Record<string, string>>;
}

/**
 * A primary that dies while it sends a transaction leaves the first half of it in the relay logs. MySQL's applier has begun
 * it, and STOP REPLICA waits a minute for the rest. A receiver that connects to any other source tells the applier that the
 * rest will not come: it rolls back at once. So the siblings receive from the candidate, and the candidate from a sibling
 * that holds nothing which it lacks. Null where the server does not wait (MariaDB), or nobody else answers.
 */
export function partialStep({ sql, candidate, siblings, errants, sources }: PartialStepInput): Step | null {
  const { partial } = sql;
  const helper = siblings.find((one) => !(one.id in errants));
  if (partial === null) return null;
  const { settings } = candidate;
  const leads = [
    ...(helper && settings ? [{ replica: { ...candidate, settings }, to: helper }] : []),
    ...siblings.map((replica) => ({ replica, to: candidate })),
  ];
  if (leads.length === 0) return null;
  return step('discard-partial', {
    title: 'Roll back what arrived in part',
    target: `${leads.length} instances`,
    statements: statements(
      ...leads.flatMap(({ replica, to }): readonly (Line | null)[] => {
        const back = addressOf(sources[replica.id]);
        return [
          [`partial.${replica.id}`, 'verify', replica, partial],
          [`lead.${replica.id}`, 'run', replica, sql.repoint(replica.settings, to.host, to.port)],
          [`receive.${replica.id}`, 'run', replica, sql.startReceiving],
          [`deaf.${replica.id}`, 'undo', replica, sql.stopReceiving],
          back ? [`back.${replica.id}`, 'undo', replica, sql.repoint(replica.settings, back.host, back.port)] : null,
        ];
      }),
    ),
    guard: 'Only where a transaction arrived in part: whole ones stay, and are applied',
    verify: 'No applier waits for the rest of a transaction',
    undo: 'Let them receive from the old source again',
    timeoutMs: rollBackMs + 5000,
    plannedMs: 10,
    // Stopping the applier works without it, a minute later.
    optional: true,
  });
}

const addressOf = (source = ''): Pick<Party, 'host' | 'port'> | null => {
  const colon = source.lastIndexOf(':');
  return colon < 1 ? null : { host: source.slice(0, colon), port: Number(source.slice(colon + 1)) };
};

const replicaIds = (context: StepContext): readonly string[] =>
  context.step.statements.flatMap((one) => (one.key.startsWith('partial.') ? [one.instanceId] : []));

const ledKey = (id: string): string => `led.${id}`;

/** The transaction of which a stopped receiver got a part, and those at which the applier is. */
async function readPartial(
  context: StepContext,
  id: string,
): Promise<{ readonly received: string; readonly atWork: readonly string[] }> {
  const [row] = await context.send(`partial.${id}`);
  return {
    received: textOf(row, 'partial'),
    atWork: [textOf(row, 'scheduling'), ...textOf(row, 'applying').split(',')],
  };
}

async function discard(context: StepContext, id: string): Promise<void> {
  const { received } = await readPartial(context, id);
  if (received === '') return;
  context.note(`${nameOf(context, id)} received a part of ${received}`);
  // Remembered first: whoever turns back must lead it home, whatever became of the statement.
  context.memory.set(ledKey(id), received);
  await context.send(`lead.${id}`);
  await context.send(`receive.${id}`);
  for (const endMs = context.clock.monotonicMs() + rollBackMs; ; await context.clock.sleep(20)) {
    const now = await readPartial(context, id);
    if (now.received !== received && !now.atWork.includes(received)) return;
    if (context.signal.aborted || context.clock.monotonicMs() > endMs) return;
  }
}

const nameOf = (context: StepContext, id: string): string =>
  context.step.statements.find((one) => one.instanceId === id)?.instance ?? id;

export const discardPartial: StepCode = {
  run: async (context) => {
    const outcomes = await Promise.allSettled(replicaIds(context).map(async (id) => discard(context, id)));
    const failed = outcomes.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  },
  verify: async (context) => {
    const ids = replicaIds(context);
    const seen = await Promise.all(
      ids.map(async (id) => {
        const led = context.memory.find(ledKey(id));
        return led !== '' && (await readPartial(context, id)).atWork.includes(led) ? nameOf(context, id) : null;
      }),
    );
    const waiting = seen.filter((one) => one !== null);
    const led = ids.filter((id) => context.memory.find(ledKey(id)) !== '');
    if (led.length === 0) return 'Nothing arrived in part';
    return waiting.length > 0
      ? `${waiting.join(', ')} still waits for the rest: stopping it takes up to ${partialWaitMs / 1000} s`
      : `Rolled back on ${led.map((id) => nameOf(context, id)).join(', ')}`;
  },
  undo: async (context) => {
    for (const id of replicaIds(context).filter((one) => context.memory.find(ledKey(one)) !== '')) {
      await context.send(`deaf.${id}`);
      if (context.step.statements.some((one) => one.key === `back.${id}`)) await context.send(`back.${id}`);
    }
  },
};
