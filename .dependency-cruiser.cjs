/** The two import laws of the architecture, and what follows from them. A broken law is a failing build. */
const outside = 'node_modules';
const test = '\\.(test|server\\.test|spec)\\.tsx?$|/testing/';

module.exports = {
  forbidden: [
    {
      name: 'core-imports-only-shared',
      comment: 'Every decision lives in core; what it needs of the world comes through its ports.',
      severity: 'error',
      from: { path: '^electron/core/', pathNot: test },
      to: { pathNot: '^(electron/core|shared)/' },
    },
    {
      name: 'renderer-imports-only-shared',
      comment: 'The window knows nothing of main: only the contract and the model.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(electron|e2e|bench|scripts)/' },
    },
    {
      name: 'renderer-knows-no-node',
      severity: 'error',
      from: { path: '^renderer/', pathNot: `${test}|^renderer/dev/` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'shared-imports-only-zod',
      severity: 'error',
      from: { path: '^shared/', pathNot: test },
      to: { pathNot: `^shared/|${outside}/zod/` },
    },
    {
      name: 'features-are-apart',
      comment: 'A feature never imports another one: what two need belongs to ui or lib.',
      severity: 'error',
      from: { path: '^renderer/features/([^/]+)/' },
      to: { path: '^renderer/features/([^/]+)/', pathNot: '^renderer/features/$1/' },
    },
    {
      name: 'kit-through-ui',
      comment: 'Tables, charts and graphs enter through renderer/ui alone.',
      severity: 'error',
      from: { path: '^renderer/', pathNot: '^renderer/(ui|app|dev)/' },
      to: {
        path: `${outside}/(recharts|mantine-datatable|@xyflow|@dagrejs|@mantine/spotlight|@mantine/notifications)/`,
        pathNot: `${outside}/@mantine/notifications/`,
      },
    },
    {
      name: 'databases-and-ssh-through-adapters',
      severity: 'error',
      from: { path: '^electron/', pathNot: `^electron/adapters/|${test}` },
      to: { path: `${outside}/(mysql2|ssh2|@photostructure|ssh-config)/` },
    },
    {
      name: 'electron-in-main-alone',
      comment: 'So that core, adapters and the command line run in plain Node.',
      severity: 'error',
      from: { path: '^(electron|shared)/', pathNot: '^electron/(main|preload)/|^electron/ipc/serve\\.ts$' },
      to: { path: `${outside}/electron/` },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: outside },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
