import type { SqlRow } from '../../ports/mysql-session';
import { hostView } from '../failover/viewpoints';
import { StepFailure, type StepContext } from '../operation-kind';
import { has } from '../steps/common-code';

const pauseMs = 500;
/** A supervisor that starts the server again by itself gets this long before we do. */
const supervisorMs = 6000;
/** A start that brought nothing is tried again after this time. */
const startAgainMs = 60_000;

/**
 * Asks by new connections until the server answers. When its host shows that it runs no server, twice in a row, it is
 * started by the step's statement `start`; where nobody said how, a person is asked to, and waited for.
 * @param key statement that is asked; only reads, or may be sent at any time
 * @throws StepFailure after `limitMs`
 */
export async function untilAnswers(
  context: StepContext,
  { key, limitMs, isDown }: { readonly key: string; readonly limitMs: number; readonly isDown: boolean },
): Promise<readonly SqlRow[]> {
  const { clock, step } = context;
  const beganMs = clock.monotonicMs();
  let goneSinceMs: number | null = isDown ? beganMs - supervisorMs : null;
  let startedAtMs: number | null = null;
  let said = false;
  for (;;) {
    const answer = await context.send(key, {}, { session: 'fresh', timeoutMs: 4000 }).catch((thrown: unknown) => {
      if (context.signal.aborted || !(thrown instanceof StepFailure)) throw thrown;
      return null;
    });
    if (answer) return answer;
    const nowMs = clock.monotonicMs();
    if (nowMs - beganMs > limitMs)
      throw new StepFailure(`${step.target} did not answer within ${Math.round(limitMs / 60_000)} min`);
    const gone = isDown && startedAtMs === null ? true : await isGone(context);
    goneSinceMs = gone ? (goneSinceMs ?? nowMs) : null;
    const waitedForOthers = goneSinceMs !== null && nowMs - goneSinceMs >= supervisorMs;
    const mayStart = startedAtMs === null || nowMs - startedAtMs > startAgainMs;
    if (has(context, 'start') && waitedForOthers && mayStart) {
      startedAtMs = nowMs;
      await start(context);
      continue;
    }
    const byHand = !has(context, 'start') && (gone || nowMs - beganMs > supervisorMs * 2);
    if (byHand && !said) {
      said = true;
      context.note(`Start mysqld on ${step.target} by hand: nobody said how Midwatch can`);
    }
    const left = Math.max(0, (limitMs - (nowMs - beganMs)) / 1000);
    context.advance({
      text: byHand
        ? `Start mysqld on ${step.target} by hand: waiting, ${Math.ceil(left / 60)} min left`
        : `waiting until ${step.target} answers`,
      done: 0,
      total: null,
      unit: 'bytes',
      perSecond: null,
      secondsLeft: null,
    });
    await clock.sleep(pauseMs, context.signal);
  }
}

/** What cannot be asked is not gone. */
async function isGone(context: StepContext): Promise<boolean> {
  if (!has(context, 'process')) return false;
  const outcome = await context.command('process', {}, { timeoutMs: 8000 }).catch(() => null);
  return outcome !== null && hostView(context.step.target, outcome).saw === 'gone';
}

async function start(context: StepContext): Promise<void> {
  try {
    const outcome = await context.command('start', {}, { timeoutMs: 90_000 });
    if (outcome.exitCode !== 0)
      context.note(`Its host could not start it: ${(outcome.stderr || outcome.stdout).trim().slice(-300)}`);
  } catch (thrown) {
    if (context.signal.aborted || !(thrown instanceof StepFailure)) throw thrown;
    // Whether it started is seen by asking it.
    context.note(thrown.message);
  }
}
