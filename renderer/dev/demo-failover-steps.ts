import type { Step } from '@shared/model/plan';
import { demoStep } from './demo-plan';

/** The steps of a made-up failover. */
export const failoverSteps = (cluster: string, candidate: string, sshFence: boolean): readonly Step[] => {
  const primary = `${cluster}-1`;
  const others = `${cluster}-3, -4, -5`;
  return [
    demoStep({
      id: 'lock',
      title: 'Lock the cluster',
      target: `${cluster}-2 … -5`,
      plannedMs: 100,
      send: [`SELECT GET_LOCK('midwatch:${cluster}', 0)`],
    }),
    sshFence
      ? demoStep({
          id: 'fence',
          title: `Fence ${primary}: stop and mask mysqld`,
          target: `host ${primary}`,
          plannedMs: 1_200,
          by: 'ssh',
          send: ['sudo systemctl stop mysqld.service', 'sudo systemctl mask mysqld.service'],
        })
      : demoStep({
          id: 'fence',
          title: `Fence ${primary}: taken on a person's word`,
          target: primary,
          plannedMs: 50,
          by: 'hook',
          send: [],
        }),
    demoStep({
      id: 'freeze',
      title: 'Freeze what is received',
      target: others,
      plannedMs: 100,
      send: ['STOP REPLICA IO_THREAD'],
    }),
    demoStep({
      id: 'drain',
      title: `Drain ${candidate}: 1,204 transactions`,
      target: candidate,
      plannedMs: 3_100,
      send: ['SELECT WAIT_FOR_EXECUTED_GTID_SET(:received_set, 10)'],
    }),
    demoStep({
      id: 'promote',
      title: `Promote ${candidate}`,
      target: candidate,
      plannedMs: 300,
      send: ["STOP REPLICA FOR CHANNEL ''", 'SET PERSIST super_read_only = OFF', 'SET PERSIST read_only = OFF'],
      pointOfNoReturn: true,
      undo: null,
    }),
    demoStep({
      id: 'traffic',
      title: `Point traffic to ${candidate}`,
      target: 'application endpoint',
      plannedMs: 400,
      by: 'hook',
      send: [`/etc/midwatch/repoint.sh --cluster ${cluster} --primary ${candidate}`],
      undo: null,
    }),
    demoStep({
      id: 'prove',
      title: 'Prove by a new connection',
      target: 'application endpoint',
      plannedMs: 120,
      send: ['INSERT INTO midwatch.term VALUES (:term, :run)'],
      undo: null,
    }),
    demoStep({
      id: 'repoint',
      title: `Repoint ${others}`,
      target: others,
      plannedMs: 800,
      send: [
        `CHANGE REPLICATION SOURCE TO SOURCE_HOST='${candidate}', SOURCE_PASSWORD=:replication_password`,
        'START REPLICA',
      ],
      undo: null,
      optional: true,
    }),
  ];
};
