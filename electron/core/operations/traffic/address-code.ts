import { StepFailure, type StepCode, type StepContext } from '../operation-kind';
import { has, leadsThere } from '../steps/common-code';
import { fencedBy } from '../steps/fenced-by';
import { holdingOf, type Holding } from './address-words';

/** A host that has nothing to wait for says it at once. */
const askMs = 8000;

const instanceOf = (context: StepContext, key: string): string =>
  context.step.statements.find((one) => one.key === key)?.instance ?? '';

/** @throws StepFailure when the host cannot say */
async function ask(context: StepContext, key: 'held' | 'holds'): Promise<Holding> {
  const outcome = await context.command(key, {}, { timeoutMs: askMs });
  const holding = holdingOf(outcome);
  if (holding) return holding;
  const said = (outcome.stderr || outcome.stdout).trim().slice(0, 200);
  throw new StepFailure(`The host of ${instanceOf(context, key)} cannot say whether it has the address: ${said}`);
}

const words = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** Its exit code is no proof, either way: what it said is kept, and then the host is asked. */
async function tell(context: StepContext, key: 'release' | 'take'): Promise<string> {
  const outcome = await context.command(
    key,
    { runId: context.runId },
    { timeoutMs: Number(context.step.params['timeoutMs']), maxBytes: 64 * 1024 },
  );
  const said = (outcome.stderr || outcome.stdout)
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 200);
  return `the ${key} command ended with ${outcome.exitCode ?? 'a signal'}${said === '' ? '' : `: ${said}`}`;
}

/**
 * The old host gives the address up, and is asked whether it did. A host that does not answer is passed over in a failover
 * alone, where a rung of the fence was proven before: and then it is said that it was not proven.
 * @throws StepFailure: then nothing may be taken
 */
async function release(context: StepContext): Promise<string> {
  const address = context.step.params['address'] ?? '';
  const fence = context.plan.kind === 'failover' ? context.memory.find(fencedBy) : '';
  const unproven = (why: string): string => {
    if (fence === '') throw new StepFailure(`${address} was not taken: its release is not proven. ${why}`);
    return `Its release is not proven (${why}); the old primary was fenced by ${fence.split(':')[0]}`;
  };
  if (!has(context, 'release')) return unproven(`no SSH access to the host of ${context.plan.impact.primary} is set`);
  let did: string;
  let left: Holding;
  try {
    did = await tell(context, 'release');
    left = await ask(context, 'held');
  } catch (thrown) {
    if (!(thrown instanceof StepFailure)) throw thrown;
    return unproven(words(thrown));
  }
  if (left.holds)
    throw new StepFailure(`${address} was not taken: the host of ${instanceOf(context, 'held')} still has it; ${did}`);
  return `The host of ${instanceOf(context, 'held')} has ${address} no more`;
}

/** Never taken before its release was proven, or the old primary fenced with proof. */
export const addressTrafficCode: StepCode = {
  run: async (context) => {
    const released = await release(context);
    context.memory.set('release', released);
    context.note(released);
    const did = await tell(context, 'take');
    if (!(await ask(context, 'holds')).holds)
      throw new StepFailure(`The host of ${instanceOf(context, 'holds')} does not have the address; ${did}`);
  },
  verify: async (context) => {
    const taken = await ask(context, 'holds');
    const address = context.step.params['address'] ?? '';
    if (!taken.holds) throw new StepFailure(`The host of ${instanceOf(context, 'holds')} does not have ${address}`);
    const left = has(context, 'held') ? await ask(context, 'held').catch(() => null) : null;
    // Two instances on one host see the same addresses: there it says nothing.
    if (left?.holds && left.machine !== taken.machine)
      throw new StepFailure(
        `Both hosts have ${address}: take it from the host of ${instanceOf(context, 'held')} at once`,
      );
    const through = has(context, 'through')
      ? await leadsThere(context)
      : 'Not proven: no application endpoint is known';
    return [through, `The host of ${instanceOf(context, 'holds')} has ${address}`, context.memory.find('release')]
      .filter((one) => one !== '')
      .join('. ');
  },
};
