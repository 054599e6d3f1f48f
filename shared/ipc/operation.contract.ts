import { z } from 'zod';
import type { Drill } from '../model/drill';
import { operationKinds, type Plan } from '../model/plan';
import type { Report } from '../model/report';
import type { Reconciliation, RunSummary, RunView } from '../model/run';
import { answers, emits } from './define';

export const operationCalls = {
  /**
   * `instanceId`: who is acted upon (rejoin, re-provision, relocate). `candidateId`: who is chosen for it: the new primary,
   * the donor, the new source. `choice`: code of one of the plan's choices.
   */
  'operation.plan': answers<Plan>()(
    z.object({
      kind: z.enum(operationKinds),
      clusterId: z.string(),
      instanceId: z.string().optional(),
      candidateId: z.string().optional(),
      choice: z.string().optional(),
    }),
  ),
  /**
   * Approves exactly the plan that was shown and starts it. `confirmName` must be the cluster's name as typed, and
   * `attestation` the words that the plan asks for, when it asks.
   */
  'operation.approve': answers<{ runId: string }>()(
    z.object({
      planId: z.string(),
      confirmName: z.string(),
      reason: z.string().trim().max(200),
      attestation: z.string().max(200).optional(),
    }),
  ),
  'operation.cancel': answers<null>()(z.object({ runId: z.string() })),
  'operation.killBlocker': answers<null>()(z.object({ runId: z.string(), sessionId: z.int().positive() })),
  /** Holds a stopped run against the servers. Reads only. */
  'operation.look': answers<Reconciliation>()(z.object({ runId: z.string() })),
  /** Carries a stopped run on, forward; answers when it is at work. */
  'operation.resume': answers<null>()(z.object({ runId: z.string() })),
  /** Undoes a stopped run while nothing was written to the new primary; answers when that is done. */
  'operation.rollBack': answers<null>()(z.object({ runId: z.string() })),
  /** A named person looked at the servers and takes them as they are: the run is settled and asks for nothing any more. */
  'operation.adopt': answers<null>()(z.object({ runId: z.string(), note: z.string().trim().min(3).max(400) })),
  'operation.list': answers<readonly RunSummary[]>()(z.object({ clusterId: z.string().optional() })),
  'operation.report': answers<Report>()(z.object({ runId: z.string() })),
  /** Writes the report to a file that the person chooses; null when they did not. HTML and PDF stand alone. */
  'operation.exportReport': answers<{ path: string } | null>()(
    z.object({ runId: z.string(), format: z.enum(['html', 'pdf', 'json']) }),
  ),
  /** Starts a drill. Unattended it approves its own plans; else it waits with the plan on screen. */
  'drill.start': answers<{ drillId: string }>()(
    z.object({
      clusterId: z.string(),
      kind: z.enum(['switchover', 'failover']),
      /** Who takes over stands there; without it, whoever is best. */
      toRegion: z.string().optional(),
      unattended: z.boolean(),
      confirmName: z.string(),
      reason: z.string().trim().max(200),
    }),
  ),
  /** What a drill would do, and why it cannot be started; nothing changes. */
  'drill.plan': answers<Plan>()(
    z.object({ clusterId: z.string(), kind: z.enum(['switchover', 'failover']), toRegion: z.string().optional() }),
  ),
  /** Drills of one cluster or of all, newest first. */
  'drill.list': answers<readonly Drill[]>()(z.object({ clusterId: z.string().optional() })),
};

export const operationStreams = {
  'operation.watch': emits<RunView>()(z.object({ runId: z.string() })),
  'drill.watch': emits<Drill>()(z.object({ drillId: z.string() })),
};
