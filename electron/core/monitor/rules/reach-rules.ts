import { eachInstance, mysqlManual, secondsText, type Rule } from './rule';

/** Rules about what can be reached and who may write. Being blind is never called dead. */
export const reachRules: readonly Rule[] = [
  {
    code: 'primary-unreachable',
    severity: 'act',
    advice:
      'Check the path first (Tunnels, Inventory: test path). Replicas that lost their source too are a second witness',
    manualUrl: mysqlManual('can-not-connect-to-server'),
    find: ({ primary, instances, nowMs }) => {
      if (!primary || primary.state.reach === 'answering' || primary.state.error === null) return [];
      // Only who follows the primary itself is a witness: a replica of an intermediate hears that one, whatever the primary does.
      const replicas = instances.filter((one) =>
        one.state.channels.some((channel) => channel.sourceInstanceId === primary.state.id),
      );
      const cut = replicas.filter(
        (one) => one.state.reach === 'answering' && one.channels.some((channel) => channel.receiver !== 'running'),
      );
      const hearing = replicas.filter(
        (one) => one.state.reach === 'answering' && one.channels.every((channel) => channel.receiver === 'running'),
      );
      const agree = cut.length > 0 && hearing.length === 0;
      const since = primary.observation.failingSinceMs ?? nowMs;
      return [
        {
          instanceId: primary.state.id,
          severity: agree ? 'act' : 'watch',
          title: agree
            ? `${primary.state.name}: primary unreachable, replicas lost it too`
            : `${primary.state.name}: this console cannot see the primary`,
          word: agree ? 'Unreachable' : 'Not visible',
          evidence: [
            ['Console', `${primary.state.error.message} for ${secondsText((nowMs - since) / 1000)}`],
            ['Replicas', `${cut.length} of ${replicas.length} lost their source, ${hearing.length} still hear it`],
          ],
        },
      ];
    },
  },
  {
    code: 'primary-missing',
    severity: 'act',
    advice:
      'No instance of this cluster is a source that others follow. Add the missing instance, or look for replicas without a source',
    manualUrl: mysqlManual('replication'),
    find: ({ primary, instances }) =>
      primary || instances.length < 2 || instances.some((one) => one.state.reach === 'never')
        ? []
        : [
            {
              severity: instances.some((one) => one.state.reach === 'answering') ? 'act' : 'watch',
              title: 'No primary found',
              word: 'No primary',
              evidence: [['Roles', instances.map((one) => `${one.state.name} ${one.state.role}`).join(', ')]],
            },
          ],
  },
  {
    code: 'primary-read-only',
    severity: 'act',
    advice:
      'Nobody takes writes. If an operation was broken off, roll it back in Operations; else find out who fenced the primary before opening it',
    manualUrl: mysqlManual('server-system-variables') + '#sysvar_super_read_only',
    find: ({ primary, instances, isOperating }) =>
      isOperating ||
      primary?.state.reach !== 'answering' ||
      primary.state.role !== 'primary' ||
      !primary.state.readOnly ||
      instances.some((one) => one.state.reach === 'answering' && one.state.readOnly === false)
        ? []
        : [
            {
              instanceId: primary.state.id,
              title: `${primary.state.name}: the primary takes no writes`,
              word: 'Read-only',
              evidence: [
                ['read_only', 'ON'],
                ['Writable', 'none of those that answer'],
              ],
            },
          ],
  },
  {
    code: 'several-writable',
    severity: 'act',
    advice:
      'Two writable instances take writes that the other never sees. Fence the one that applications should not write to',
    manualUrl: mysqlManual('server-system-variables') + '#sysvar_super_read_only',
    find: ({ instances }) => {
      const open = instances.filter((one) => one.state.reach === 'answering' && one.state.readOnly === false);
      const roots = open.filter((one) => one.state.role === 'primary' || one.state.role === 'standalone');
      if (roots.length < 2) return [];
      return [
        {
          title: `${roots.length} instances take writes`,
          word: 'Two writers',
          evidence: [['Writable', roots.map((one) => one.state.name).join(', ')]],
        },
      ];
    },
  },
  {
    code: 'instance-unreachable',
    severity: 'watch',
    advice: 'The last values are kept and dimmed. Test the path in Inventory: it names the hop and the stage',
    manualUrl: mysqlManual('can-not-connect-to-server'),
    find: eachInstance(({ state, observation }, { primary, nowMs }) =>
      state.reach === 'answering' ||
      state.error === null ||
      state.id === primary?.state.id ||
      state.error.code === 'too-many-connections' ||
      state.error.code === 'version-too-old'
        ? null
        : {
            instanceId: state.id,
            title: `${state.name}: not reached, ${state.error.code.replaceAll('-', ' ')}`,
            word: state.reach === 'never' ? 'Not reached' : 'Lost',
            evidence: [
              ['Error', state.error.message],
              ['For', secondsText((nowMs - (observation.failingSinceMs ?? nowMs)) / 1000)],
              ['Next step', state.error.nextStep || 'It is tried again by itself'],
            ],
          },
    ),
  },
  {
    code: 'too-many-connections',
    severity: 'act',
    advice:
      'Applications get error 1040 now. Find who holds the connections, or raise max_connections; one connection is reserved for CONNECTION_ADMIN',
    manualUrl: mysqlManual('too-many-connections'),
    find: eachInstance(({ state }) =>
      state.error?.code === 'too-many-connections'
        ? {
            instanceId: state.id,
            title: `${state.name}: every connection is taken`,
            word: 'Full',
            evidence: [['Error', state.error.message]],
          }
        : null,
    ),
  },
  {
    code: 'connections-near-limit',
    severity: 'watch',
    advice: 'At the limit applications get error 1040. See who holds them in Processes',
    manualUrl: mysqlManual('too-many-connections'),
    find: eachInstance(({ state }) => {
      const { connections, maxConnections } = state.metrics;
      if (connections === null || maxConnections === null || connections < maxConnections * 0.85) return null;
      return {
        instanceId: state.id,
        title: `${state.name}: ${connections} of ${maxConnections} connections`,
        word: 'Nearly full',
        evidence: [['Threads_connected', `${connections}, limit ${maxConnections}`]],
      };
    }),
  },
  {
    code: 'version-too-old',
    severity: 'note',
    advice: 'Upgrade before you need the console to help: below MySQL 8.0.22 and MariaDB 10.6 it only shows',
    manualUrl: mysqlManual('upgrading'),
    find: eachInstance(({ state }) => {
      if (state.error?.code === 'version-too-old')
        return {
          instanceId: state.id,
          severity: 'watch',
          title: `${state.name}: ${state.error.message}`,
          word: 'Too old',
          evidence: [['Version', String(state.error.details['version'] ?? '')]],
        };
      const old = /^5\.7\./.test(state.version) || /^8\.0\.([01]?\d|2[01])(-|$)/.test(state.version);
      return old
        ? {
            instanceId: state.id,
            title: `${state.name}: ${state.version} is shown, never changed`,
            word: 'Read-only support',
            evidence: [['Version', state.version]],
          }
        : null;
    }),
  },
];
