import { z } from 'zod';
import type { Activity } from '../model/activity';
import type { ClusterHistory, FleetSnapshot, Unlock } from '../model/fleet';
import type { InstanceCapabilities } from '../model/instance';
import { answers, emits } from './define';

const clusterId = z.string().min(1);

export const fleetCalls = {
  'fleet.snapshot': answers<FleetSnapshot>()(z.object({})),
  'cluster.history': answers<ClusterHistory>()(
    z.object({ clusterId, fromMs: z.number(), toMs: z.number(), points: z.int().min(2).max(2000) }),
  ),
  'cluster.capabilities': answers<readonly InstanceCapabilities[]>()(z.object({ clusterId })),
  'cluster.unlock': answers<Unlock>()(
    z.object({ clusterId, reason: z.string().trim().min(3).max(200), minutes: z.int().min(1).max(480) }),
  ),
  'cluster.lock': answers<null>()(z.object({ clusterId })),
  'activity.list': answers<readonly Activity[]>()(
    z.object({ clusterId: z.string().optional(), limit: z.int().min(1).max(1000), beforeSeq: z.number().optional() }),
  ),
  'tunnel.reconnect': answers<null>()(z.object({ tunnelId: z.string() })),
};

export const fleetStreams = {
  'fleet.watch': emits<FleetSnapshot>()(z.object({})),
  'activity.watch': emits<Activity>()(z.object({})),
};
