import { MidwatchError } from '@shared/errors';
import type { Annotation } from '@shared/model/query-review';
import type { ActivityLog } from '../fleet/activity-log';
import { bastionsOf, type Connections } from '../fleet/connections';
import type { Unlocks } from '../fleet/unlocks';
import type { Clock } from '../ports/clock';
import type { LogPositions } from '../ports/log-positions';
import type { RemoteHost } from '../ports/remote-host';
import type { ReviewStore } from '../ports/review-store';
import type { SlowLogDigester } from '../ports/slow-log-digester';
import { LogCaptures } from './capture/log-captures';
import { QueryCaptures } from './capture/query-captures';
import { readFreeBytes } from './free-bytes';
import { QueryJobs } from './jobs/query-jobs';
import { PtImport } from './pt-import/pt-import';
import { IndexTrials } from './index-trials';
import { RewriteTrials } from './rewrite-trials';
import { QueryPlans } from './query-plans';
import { QueryService } from './query-service';
import { QuerySessions } from './query-sessions';
import { ReviewService } from './review/review-service';
import { sqlStatementReader } from './aggregate/sql-statement-reader';

/** What the review needs of the world besides the fleet. */
export interface QueryPorts {
  readonly reviews: ReviewStore;
  readonly digester: SlowLogDigester;
  readonly positions: LogPositions;
  /** Of UTF-8 text, in hexadecimal digits. */
  readonly md5Hex: (text: string) => string;
}

interface CreateQueriesParts extends QueryPorts {
  readonly connections: Connections;
  readonly hosts: RemoteHost;
  readonly unlocks: Unlocks;
  readonly activity: ActivityLog;
  readonly annotations: (clusterId: string | null, fromMs: number, toMs: number) => readonly Annotation[];
  readonly clock: Clock;
  readonly user: string;
  readonly newId: () => string;
}

/** Puts the slow-query review together. */
export function createQueries(parts: CreateQueriesParts): QueryService {
  const { connections, clock, user, newId } = parts;
  const reader = sqlStatementReader(parts.md5Hex);
  const jobs = new QueryJobs({ clock, newId });
  const sessions = new QuerySessions(connections);
  const reviews = new ReviewService({
    store: parts.reviews,
    clock,
    user,
    newId,
    annotations: parts.annotations,
  });
  return new QueryService({
    reviews,
    jobs,
    plans: new QueryPlans({ reviews, sessions, clock }),
    ptImport: new PtImport({ reviews, sessions, clock, user }),
    rewriteTrials: new RewriteTrials({ reviews, sessions, jobs, reader, clock, user }),
    indexTrials: new IndexTrials({
      reviews,
      sessions,
      jobs,
      clock,
      user,
      freeBytes: async (instanceId, signal) => readFreeBytes(parts, instanceId, signal),
      requireUnlocked: (clusterId, cluster) => parts.unlocks.require(clusterId, cluster),
      noteChange: (instanceId, text) => {
        const { cluster, instance } = connections.find(instanceId);
        parts.activity.note({
          kind: 'change',
          severity: 'note',
          clusterId: cluster.id,
          instanceId,
          by: user,
          text: `${instance.name}: ${text}`,
        });
      },
    }),
    captures: new QueryCaptures({ connections, clock, reader, newId, random: Math.random }),
    logs: new LogCaptures({
      digester: parts.digester,
      connections,
      positions: parts.positions,
      newId,
      hostWay: (instanceId) => {
        const { instance } = connections.find(instanceId);
        if (!instance.hostAccess) {
          throw new MidwatchError('unsupported', `The host of ${instance.name} is not known: its log cannot be read`, {
            nextStep: 'Set “Host by SSH” of the instance in Inventory, or capture its statement digests',
          });
        }
        return bastionsOf(connections.inventory(), instance.hostAccess.via);
      },
    }),
  });
}
