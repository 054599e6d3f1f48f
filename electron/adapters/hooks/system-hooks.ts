import { MidwatchError } from '@shared/errors';
import type { ProgramHook } from '@shared/model/hook';
import type { HookCall, Hooks } from '../../core/ports/hooks';
import { callHttpHook } from './http-hook';
import { callShellHook } from './shell-hook';

/** {@link Hooks} on this computer. */
export class SystemHooks implements Hooks {
  readonly #platform: NodeJS.Platform;

  constructor(platform: NodeJS.Platform = process.platform) {
    this.#platform = platform;
  }

  async call(hook: ProgramHook, call: HookCall, token: string | null, signal: AbortSignal): Promise<string> {
    switch (hook.kind) {
      case 'http':
        return callHttpHook(hook, call, token, signal);
      case 'shell':
        if (this.#platform === 'win32') {
          throw new MidwatchError('unsupported', 'Shell hooks do not run on Windows yet', {
            nextStep: 'Use an HTTP hook, or run this operation from Linux or macOS',
          });
        }
        return callShellHook(hook, call, token, signal);
    }
  }
}
