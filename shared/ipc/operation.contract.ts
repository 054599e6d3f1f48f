import { z } from 'zod';
import { operationKinds, type Plan, type Report, type RunSummary, type RunView } from '../model/operation';
import { answers, emits } from './define';

export const operationCalls = {
  'operation.plan': answers<Plan>()(
    z.object({ kind: z.enum(operationKinds), clusterId: z.string(), candidateId: z.string().optional() }),
  ),
  /** Approves exactly the plan that was shown and starts it. `confirmName` must be the cluster's name as typed. */
  'operation.approve': answers<{ runId: string }>()(
    z.object({ planId: z.string(), confirmName: z.string(), reason: z.string().trim().max(200) }),
  ),
  'operation.cancel': answers<null>()(z.object({ runId: z.string() })),
  'operation.killBlocker': answers<null>()(z.object({ runId: z.string(), sessionId: z.int().positive() })),
  /** A named person took note of an interrupted run after looking at the servers. */
  'operation.acknowledge': answers<null>()(z.object({ runId: z.string(), note: z.string().trim().min(3).max(400) })),
  /** Undoes an interrupted run that had not passed the point of no return; answers when that is done. */
  'operation.rollBack': answers<null>()(z.object({ runId: z.string() })),
  'operation.list': answers<readonly RunSummary[]>()(z.object({ clusterId: z.string().optional() })),
  'operation.report': answers<Report>()(z.object({ runId: z.string() })),
};

export const operationStreams = {
  'operation.watch': emits<RunView>()(z.object({ runId: z.string() })),
};
