import type { CallHandlers, StreamHandlers } from '@shared/ipc/contract';
import type { instanceCalls, instanceStreams } from '@shared/ipc/instance.contract';
import type { Application } from '../core/application';

export const instanceHandlers = (app: Application): Pick<CallHandlers, keyof typeof instanceCalls> => ({
  'instance.detail': async ({ instanceId }, signal) => app.instances.detail(instanceId, signal),
  'instance.kill': async (input, signal) => app.instances.kill(input, signal),
});

export const instanceStreamHandlers = (app: Application): Pick<StreamHandlers, keyof typeof instanceStreams> => ({
  'instance.processes': ({ instanceId }, signal) => app.instances.processes(instanceId, signal),
});
