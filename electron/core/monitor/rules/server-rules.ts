import { eachInstance, mysqlManual, secondsText, type Rule } from './rule';

/** Rules about one server's settings and load, and about semi-synchronous replication. */
export const serverRules: readonly Rule[] = [
  {
    code: 'semi-sync-degraded',
    severity: 'watch',
    advice: 'Commits are acknowledged without a second copy: a crash of the primary now may lose acknowledged writes',
    manualUrl: mysqlManual('replication-semisync'),
    find: eachInstance(({ state }) =>
      state.semiSync?.sourceEnabled &&
      !state.semiSync.sourceActive &&
      state.reach === 'answering' &&
      state.role === 'primary'
        ? {
            instanceId: state.id,
            title: `${state.name}: semi-sync fell back to asynchronous`,
            word: 'Semi-sync off',
            evidence: [['Ackers', `${state.semiSync.clients} connected, ${state.semiSync.waitForCount} needed`]],
          }
        : null,
    ),
  },
  {
    code: 'semi-sync-waiting',
    severity: 'act',
    advice:
      'Commits hang until an acker returns. SET GLOBAL rpl_semi_sync_source_wait_for_replica_count lower frees them at once',
    manualUrl: mysqlManual('replication-semisync-monitoring'),
    find: eachInstance(({ state }) =>
      state.semiSync && state.semiSync.waiting > 0 && state.semiSync.clients < state.semiSync.waitForCount
        ? {
            instanceId: state.id,
            title: `${state.name}: ${state.semiSync.waiting} commits wait for a semi-sync ack`,
            word: 'Commits hang',
            evidence: [['Ackers', `${state.semiSync.clients} connected, ${state.semiSync.waitForCount} needed`]],
          }
        : null,
    ),
  },
  {
    code: 'semi-sync-no-spare',
    severity: 'note',
    advice: 'One acker less and commits wait or fall back. Enable semi-sync on one more replica',
    manualUrl: mysqlManual('replication-semisync'),
    find: eachInstance(({ state }) =>
      state.semiSync?.sourceActive && state.semiSync.clients === state.semiSync.waitForCount
        ? {
            instanceId: state.id,
            title: 'Semi-sync has no spare',
            word: 'No spare',
            evidence: [['Ackers', `${state.semiSync.clients} connected, ${state.semiSync.waitForCount} needed`]],
          }
        : null,
    ),
  },
  {
    code: 'gtid-off',
    severity: 'watch',
    advice: 'Guided operations need GTIDs to prove that nothing is lost',
    manualUrl: mysqlManual('replication-mode-change-online-enable-gtids'),
    find: eachInstance(({ state, observation }) =>
      observation.facts && !observation.facts.gtidEnabled
        ? {
            instanceId: state.id,
            title: `${state.name}: GTIDs are off`,
            word: 'No GTID',
            evidence: [['gtid_mode', observation.facts.variables.get('gtid_mode') ?? 'OFF']],
          }
        : null,
    ),
  },
  {
    code: 'not-durable',
    severity: 'note',
    advice: 'A crash of the host may lose acknowledged writes: set both to 1 where that matters',
    manualUrl: mysqlManual('replication-solutions-unexpected-replica-halt'),
    find: eachInstance(({ state, observation }) => {
      const sync = observation.facts?.variables.get('sync_binlog');
      const flush = observation.facts?.variables.get('innodb_flush_log_at_trx_commit');
      if (state.role !== 'primary' || sync === undefined || (sync === '1' && flush === '1')) return null;
      return {
        instanceId: state.id,
        title: `${state.name}: commits are not durable`,
        word: 'Not durable',
        evidence: [
          ['sync_binlog', sync],
          ['innodb_flush_log_at_trx_commit', flush ?? ''],
        ],
      };
    }),
  },
  {
    code: 'relay-log-recovery-discards',
    severity: 'note',
    advice:
      'A restart throws away what was received and not applied; with the primary dead that is data. Drain before restarting',
    manualUrl: mysqlManual('replication-options-replica') + '#sysvar_relay_log_recovery',
    find: eachInstance(({ state, observation, channels }) =>
      channels.length > 0 &&
      state.dialect === 'mysql' &&
      /^(on|1)$/i.test(observation.facts?.variables.get('relay_log_recovery') ?? '')
        ? {
            instanceId: state.id,
            title: `${state.name}: a restart discards the relay log`,
            word: 'relay_log_recovery',
            evidence: [['relay_log_recovery', 'ON']],
          }
        : null,
    ),
  },
  {
    code: 'long-transaction',
    severity: 'note',
    advice: 'It holds back purge and may block a schema change or a fence. Find it in Processes',
    manualUrl: mysqlManual('innodb-information-schema-transactions'),
    find: eachInstance(({ state, observation }) => {
      const seconds = observation.facts?.longestTransactionSeconds ?? 0;
      if (seconds < 60 || state.reach !== 'answering') return null;
      return {
        instanceId: state.id,
        severity: seconds > 600 ? 'watch' : 'note',
        title: `${state.name}: a transaction is open for ${secondsText(seconds)}`,
        word: 'Long transaction',
        evidence: [['Oldest', secondsText(seconds)]],
      };
    }),
  },
  {
    code: 'lock-pile-up',
    severity: 'watch',
    advice: 'Open Processes: the root of the tree is the one to look at',
    manualUrl: mysqlManual('innodb-information-schema-examples'),
    find: eachInstance(({ state, observation }) => {
      const waits = observation.facts?.lockWaits ?? 0;
      return waits < 5 || state.reach !== 'answering'
        ? null
        : {
            instanceId: state.id,
            title: `${state.name}: ${waits} transactions wait for locks`,
            word: 'Lock pile-up',
            evidence: [['LOCK WAIT', String(waits)]],
          };
    }),
  },
  {
    code: 'clock-skew',
    severity: 'note',
    advice: 'Timestamps of this server mislead; lag shown here has the difference removed. Mend NTP',
    manualUrl: mysqlManual('replication-features-timezone'),
    find: eachInstance(({ state, observation }, { primary }) => {
      const mine = observation.clockSkewMs;
      const theirs = primary?.observation.clockSkewMs ?? null;
      if (mine === null || theirs === null || Math.abs(mine - theirs) < 1000 || state.id === primary?.state.id)
        return null;
      return {
        instanceId: state.id,
        title: `${state.name}: clock differs by ${secondsText(Math.abs(mine - theirs) / 1000)}`,
        word: 'Clock',
        evidence: [['Against primary', secondsText((mine - theirs) / 1000)]],
      };
    }),
  },
  {
    code: 'version-mismatch',
    severity: 'note',
    advice: 'A newer primary may send what an older replica cannot apply: upgrade replicas first, the primary last',
    manualUrl: mysqlManual('replication-compatibility'),
    find: eachInstance(({ state }, { primary }) =>
      primary &&
      state.version !== '' &&
      primary.state.version !== '' &&
      state.version !== primary.state.version &&
      state.id !== primary.state.id
        ? {
            instanceId: state.id,
            title: `${state.name}: ${state.version}, primary ${primary.state.version}`,
            word: 'Other version',
            evidence: [
              ['Here', state.version],
              ['Primary', primary.state.version],
            ],
          }
        : null,
    ),
  },
];
