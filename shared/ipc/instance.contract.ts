import { z } from 'zod';
import type { InstanceDetail, KillResult, ProcessList } from '../model/instance';
import { answers, emits } from './define';

const instanceId = z.string().min(1);

export const instanceCalls = {
  'instance.detail': answers<InstanceDetail>()(z.object({ instanceId })),
  'instance.kill': answers<KillResult>()(
    z.object({
      instanceId,
      sessionId: z.int().positive(),
      what: z.enum(['query', 'connection']),
      reason: z.string().trim().min(3).max(200),
    }),
  ),
};

export const instanceStreams = {
  'instance.processes': emits<ProcessList>()(z.object({ instanceId })),
};
