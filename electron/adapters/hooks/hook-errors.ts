import { MidwatchError } from '@shared/errors';
import type { ProgramHook } from '@shared/model/hook';
import type { HookCall } from '../../core/ports/hooks';
import { oneLine } from './one-line';

const lookAtIt = 'Look at what it did, and run it by hand with the same words (docs/hooks.md)';

/** The hook said no, or could not be asked. `details`: exitCode or status, and what it said. */
export function hookFailed(
  call: HookCall,
  what: string,
  details: Readonly<Record<string, string | number>>,
  nextStep = lookAtIt,
): MidwatchError {
  const output = oneLine(String(details['output'] ?? ''));
  return new MidwatchError('hook-failed', `The ${call.action} hook ${what}${output === '' ? '' : `: ${output}`}`, {
    nextStep,
    details: { ...details, ...('output' in details ? { output } : {}) },
  });
}

/** It took longer than it may. What it did until then is not known. */
export function hookTimedOut(call: HookCall, hook: ProgramHook, output: string): MidwatchError {
  const said = oneLine(output);
  return new MidwatchError(
    'hook-timeout',
    `The ${call.action} hook did not end within ${hook.timeoutSeconds} s${said === '' ? '' : `; it had said: ${said}`}`,
    { nextStep: lookAtIt, details: { timeoutSeconds: hook.timeoutSeconds, output: said } },
  );
}
