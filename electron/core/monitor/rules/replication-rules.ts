import { heardAgeSeconds, isReceiverSilent } from '../../replication/lag';
import { eachChannel, eachInstance, mariadbManual, mysqlManual, secondsText, type Rule } from './rule';

const lagWatchSeconds = 10;

/** Rules about receiving and applying. */
export const replicationRules: readonly Rule[] = [
  {
    code: 'receiver-stopped',
    severity: 'watch',
    advice: 'Nothing new arrives. Read the error, mend its cause, then START REPLICA IO_THREAD',
    manualUrl: mysqlManual('replication-problems'),
    find: eachChannel((channel, { state }) =>
      channel.receiver !== 'stopped'
        ? null
        : {
            instanceId: state.id,
            title: `${state.name}: receiver stopped${channel.receiverErrno ? `, error ${channel.receiverErrno}` : ''}`,
            word: 'Receiver stopped',
            evidence: [
              ['Source', `${channel.sourceHost}:${channel.sourcePort}`],
              ...(channel.receiverError ? ([['Error', channel.receiverError]] as const) : []),
            ],
          },
    ),
  },
  {
    code: 'receiver-connecting',
    severity: 'watch',
    advice: 'The replica tries to reach its source. Is the source up, the way open, the password right?',
    manualUrl: mysqlManual('replication-problems'),
    find: eachChannel((channel, { state }) =>
      channel.receiver !== 'connecting'
        ? null
        : {
            instanceId: state.id,
            title: `${state.name}: receiver cannot connect${channel.receiverErrno ? `, error ${channel.receiverErrno}` : ''}`,
            word: 'Connecting',
            evidence: [
              ['Source', `${channel.sourceHost}:${channel.sourcePort}`],
              ...(channel.receiverError ? ([['Error', channel.receiverError]] as const) : []),
            ],
          },
    ),
  },
  {
    code: 'receiver-silent',
    severity: 'watch',
    advice:
      'The receiver says it runs and hears nothing: its connection is dead and the server has not noticed. STOP and START REPLICA IO_THREAD, or lower replica_net_timeout',
    manualUrl: mysqlManual('replication-options-replica') + '#sysvar_replica_net_timeout',
    find: eachChannel((channel, { state, observation }) => {
      const serverNowMs = observation.sample?.serverNowMs ?? 0;
      if (!isReceiverSilent(channel, serverNowMs)) return null;
      return {
        instanceId: state.id,
        title: `${state.name}: receiver silent for ${secondsText(heardAgeSeconds(channel, serverNowMs) ?? 0)}`,
        word: 'Receiver silent',
        evidence: [
          ['Server says', 'receiver running'],
          [
            'Last heard',
            `${secondsText(heardAgeSeconds(channel, serverNowMs) ?? 0)} ago; a heartbeat is due every ${channel.heartbeatPeriodSeconds ?? '?'} s`,
          ],
        ],
      };
    }),
  },
  {
    code: 'applier-stopped',
    severity: 'watch',
    advice:
      'Received transactions wait. Compare the row named in the error on source and replica before skipping anything',
    manualUrl: mysqlManual('replication-problems'),
    find: eachChannel((channel, { state }) => {
      if (channel.applier !== 'stopped') return null;
      const toApply = state.channels.find((one) => one.name === channel.name)?.toApply ?? null;
      return {
        instanceId: state.id,
        title: `${state.name}: applier stopped${channel.applierErrno ? `, error ${channel.applierErrno}` : ''}`,
        word: 'Applier stopped',
        evidence: [
          ...(channel.applierError
            ? ([['Error', channel.applierError]] as const)
            : ([['Error', 'none: it was stopped by hand or never started']] as const)),
          [
            'Waiting',
            toApply === null ? 'unknown' : `${toApply.toLocaleString('en')} transactions received, not applied`,
          ],
        ],
      };
    }),
  },
  {
    code: 'lag-high',
    severity: 'watch',
    advice: 'Reads from this replica are stale by that much, and a failover to it would wait that long',
    manualUrl: mysqlManual('replication-solutions-performance'),
    find: eachInstance(({ state, channels, lagSlopePerMinute }) => {
      const seconds = state.lag?.seconds ?? null;
      const delayed = Math.max(0, ...channels.map((channel) => channel.delaySeconds));
      if (seconds === null || seconds - delayed < lagWatchSeconds || state.reach === 'lost') return null;
      return {
        instanceId: state.id,
        title: `${state.name}: lag ${secondsText(seconds)}${(lagSlopePerMinute ?? 0) > 3 ? ', growing' : ''}`,
        word: (lagSlopePerMinute ?? 0) > 3 ? 'Lag growing' : 'Lag high',
        evidence: [
          ['By', `${state.lag?.basis ?? 'none'}; server says ${state.lag?.serverSeconds ?? 'NULL'}`],
          ...(state.lag?.why ? ([['Why', state.lag.why]] as const) : []),
        ],
      };
    }),
  },
  {
    code: 'errant-transactions',
    severity: 'watch',
    advice:
      'This replica holds writes that its primary never had. Promoting it would spread them, rebuilding it would lose them: compare first',
    manualUrl: mysqlManual('replication-gtids-lifecycle'),
    find: eachInstance(({ state }) =>
      state.errantGtid === ''
        ? null
        : {
            instanceId: state.id,
            title: `${state.name}: errant transactions`,
            word: 'Errant writes',
            evidence: [['Only here', state.errantGtid]],
          },
    ),
  },
  {
    code: 'replica-writable',
    severity: 'watch',
    advice: 'A write here becomes an errant transaction. SET PERSIST super_read_only = ON (MariaDB: read_only)',
    manualUrl: mysqlManual('server-system-variables') + '#sysvar_super_read_only',
    find: eachInstance(({ state }) =>
      state.role === 'replica' && state.readOnly === false && state.reach === 'answering'
        ? {
            instanceId: state.id,
            title: `${state.name}: replica takes writes`,
            word: 'Writable',
            evidence: [['read_only', 'OFF']],
          }
        : null,
    ),
  },
  {
    code: 'delayed-replica',
    severity: 'note',
    advice: 'Delayed on purpose: good against a wrong DELETE, never a candidate without waiting',
    manualUrl: mysqlManual('replication-delayed'),
    find: eachChannel((channel, { state }) =>
      channel.delaySeconds === 0
        ? null
        : {
            instanceId: state.id,
            title: `${state.name}: delayed on purpose by ${secondsText(channel.delaySeconds)}`,
            word: 'Delayed',
            evidence: [['SQL_Delay', `${channel.delaySeconds} s`]],
          },
    ),
  },
  {
    code: 'replication-filter',
    severity: 'note',
    advice: 'This replica does not hold everything: it can never be a candidate',
    manualUrl: mysqlManual('replication-rules'),
    find: eachChannel((channel, { state }) =>
      channel.filters.length === 0
        ? null
        : {
            instanceId: state.id,
            title: `${state.name}: replication filters`,
            word: 'Filtered',
            evidence: [['Filters', channel.filters.join('; ')]],
          },
    ),
  },
  {
    code: 'position-based-replication',
    severity: 'watch',
    advice:
      'Without GTID auto-positioning no guided operation can prove that nothing is lost. Turn it on in a calm hour',
    manualUrl: mysqlManual('replication-mode-change-online-enable-gtids'),
    find: eachChannel((channel, { state }) =>
      channel.autoPosition || channel.sourceHost === ''
        ? null
        : {
            instanceId: state.id,
            title: `${state.name}: replicates by file and position`,
            word: 'No GTID position',
            evidence: [['Auto_Position', 'off']],
          },
    ),
  },
  {
    code: 'several-sources',
    severity: 'note',
    advice: 'Recognised and shown; guided operations refuse it',
    manualUrl: mysqlManual('replication-multi-source'),
    find: eachInstance(({ state, channels }) =>
      channels.length < 2
        ? null
        : {
            instanceId: state.id,
            title: `${state.name}: ${channels.length} sources`,
            word: 'Several sources',
            evidence: [['Channels', channels.map((one) => one.name || 'default').join(', ')]],
          },
    ),
  },
  {
    code: 'replication-circle',
    severity: 'note',
    advice: 'Instances that follow each other: safe only while one of them is written to. Guided operations refuse it',
    manualUrl: mariadbManual('multi-master-ring-replication'),
    find: ({ circle, instances }) =>
      circle.size === 0
        ? []
        : [
            {
              title: `Replication in a circle: ${circle.size} instances`,
              word: 'Circle',
              evidence: [
                [
                  'On it',
                  instances
                    .filter((one) => circle.has(one.state.id))
                    .map((one) => one.state.name)
                    .join(', '),
                ],
              ],
            },
          ],
  },
  {
    code: 'group-replication',
    severity: 'note',
    advice: 'Recognised and shown. Use the group’s own switch (group_replication_set_as_primary)',
    manualUrl: mysqlManual('group-replication'),
    find: ({ instances }) => {
      const members = instances.find((one) => one.state.groupMembers.length > 0)?.state.groupMembers ?? [];
      return members.length === 0
        ? []
        : [
            {
              title: `Group replication: ${members.length} members`,
              word: 'Group',
              evidence: members.map(
                (member) => [`${member.host}:${member.port}`, `${member.role} ${member.state}`] as const,
              ),
            },
          ];
    },
  },
];
