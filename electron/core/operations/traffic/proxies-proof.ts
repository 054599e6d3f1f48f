import { StepFailure, type StepContext } from '../operation-kind';
import { has, leadsThere } from '../steps/common-code';

/** What one proxy was seen to do after it was told, in words that begin with its address. */
export interface ProxySeen {
  readonly bad: boolean;
  readonly text: string;
}

/** A failure as one sentence. */
export const words = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** Places of proxies in the plan's statements, from a comma-separated parameter. */
export const indexes = (text: string | undefined): readonly string[] =>
  (text ?? '').split(',').filter((one) => one !== '');

/**
 * The proof that applications were led over: through their own endpoint where one is known, and by every proxy.
 *
 * @throws StepFailure naming the proxies that did not move, also those that the plan could not use
 */
export async function provenMove(context: StepContext, each: readonly ProxySeen[]): Promise<string> {
  const missed = context.step.params['missed'] ?? '';
  const bad = [...each.filter((one) => one.bad).map((one) => one.text), ...(missed === '' ? [] : [missed])];
  const good = each.filter((one) => !one.bad).map((one) => one.text);
  const through = has(context, 'through')
    ? await leadsThere(context).catch((thrown: unknown) => {
        throw new StepFailure([words(thrown), ...bad, ...good].join('; '));
      })
    : 'Not proven: no application endpoint is known';
  if (bad.length > 0)
    throw new StepFailure(
      `Not every proxy was moved. ${bad.join('; ')}. Moved: ${good.join('; ') || 'none'}. ${through}`,
    );
  return `${through}. ${good.join('; ')}`;
}
