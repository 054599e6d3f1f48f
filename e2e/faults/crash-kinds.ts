import type { UpOptions } from '../fleet';
import type { SettleWay, Wish } from './next-console';
import type { Doom } from './doom';
import type { CrashStage } from './crash-stage';
import { ownWriteKept, writeOwnAndForget } from './crash-fill';
import type { Broken } from './invariants';
import { leaveOldPrimary, leaveOldPrimaryWithOwnWrite } from './old-primary';
import { regionTree } from './region-tree';

export type CrashScenario = 'wallet' | 'shop' | 'payments';

/** One kind of operation in the crash matrix: its steps, the stage before it, and what is asked for. */
export interface CrashKind {
  readonly name: string;
  readonly scenarios: readonly CrashScenario[];
  /** Actions under semi-sync, with traffic led over by a hook, in the order in which a run meets them. */
  readonly actions: (scenario: CrashScenario) => readonly string[];
  /** What the next person does, in turn over the cases. */
  readonly settles: readonly SettleWay[];
  /** Beside hosts and semi-sync. */
  readonly up?: UpOptions;
  /** What has to be so before anybody asks. */
  readonly prepare?: (stage: CrashStage) => Promise<void>;
  readonly wish: (stage: CrashStage) => Promise<Wish>;
  /** How long the plan that is asked for after a run was taken as it is may be refused: servers copy and start, ms. */
  readonly patienceMs?: number;
  /** Broken when the doomed console has seen all servers. */
  readonly breakNow?: (stage: CrashStage) => Promise<void>;
  readonly swears?: boolean;
  /** With which statement a step dies in flight, where that is not its first. */
  readonly fatal?: Readonly<Record<string, NonNullable<Doom['fatal']>>>;
  /** Names of those who answer nobody afterwards, or follow nobody. */
  readonly gone?: (stage: CrashStage) => readonly string[];
  readonly leftBehind?: (stage: CrashStage, state: string) => readonly string[];
  readonly holdOwn?: (stage: CrashStage, state: string) => readonly string[];
  readonly mayFollow?: (stage: CrashStage) => Readonly<Record<string, string>>;
  /** The plan says how many transactions are lost. Default none may be. */
  readonly announcesLoss?: boolean;
  /** A person mends what a run that was taken as it is left. */
  readonly byHand?: (stage: CrashStage) => Promise<void>;
  /** What else must hold. */
  readonly also?: (stage: CrashStage, state: string) => Promise<readonly Broken[]>;
  /** States after which the next case may be played on the same fleet. */
  readonly leavesWhole: readonly string[];
  /** Of the quick form: actions, and on which cluster. */
  readonly quick: (scenario: CrashScenario, action: string) => boolean;
}

const switchoverActions = [
  'lock',
  'prepare',
  'pre-sync',
  'fence',
  'freeze',
  'catch-up',
  'stop-receiver',
  'reverse',
  'semi-sync',
  'open',
  'marker',
  'traffic',
  'repoint',
  'clean',
  'prove',
];
const failoverActions = [
  'lock',
  'fence',
  'freeze',
  'drain',
  'discard-partial',
  'stop-receiver',
  'repoint-early',
  'semi-sync',
  'open',
  'marker',
  'traffic',
  'repoint',
  'clean',
  'quarantine',
  'prove',
];
const mysqlFailoverActions = new Set(['discard-partial', 'repoint']);
const rejoinActions = [
  'lock',
  'fence',
  'quarantine',
  'freeze',
  'compare',
  'settings',
  'follow',
  'catch-up',
  'prove',
  'lift',
];

/** As it always was: where turning back is recommended, every other case goes forward. */
const forwardOrAdvised = ['continue', 'recommended'] as const;
const everyWay = ['roll-back', 'continue', 'adopt'] as const;
const bothClusters = ['wallet', 'shop'] as const;

const regionUp: UpOptions = { wan: true, replicaNetTimeoutSeconds: 4 };

/** The matrix, kind by kind. */
export const crashKinds: readonly CrashKind[] = [
  {
    name: 'switchover',
    scenarios: bothClusters,
    actions: () => switchoverActions,
    settles: forwardOrAdvised,
    wish: async ({ fleet, primary }) => ({
      kind: 'switchover',
      candidate: fleet.instances.find((one) => one !== primary)?.name ?? '',
    }),
    leavesWhole: ['succeeded', 'cancelled'],
    quick: (scenario) => scenario === 'wallet',
  },
  {
    name: 'failover',
    scenarios: bothClusters,
    // Of the two replicas that shop has, one is the candidate and the other follows before it opens; MariaDB rolls back what
    // arrived in part by itself.
    actions: (scenario) =>
      scenario === 'wallet' ? failoverActions : failoverActions.filter((one) => !mysqlFailoverActions.has(one)),
    settles: forwardOrAdvised,
    wish: async () => ({ kind: 'failover' }),
    breakNow: async ({ fleet, primary }) => void (await fleet.fault('crash', primary.name)),
    gone: ({ primary }) => [primary.name],
    leavesWhole: [],
    quick: (scenario) => scenario === 'shop',
  },
  {
    name: 'rejoin',
    scenarios: bothClusters,
    actions: () => rejoinActions,
    settles: forwardOrAdvised,
    prepare: leaveOldPrimary,
    wish: async () => ({ kind: 'rejoin' }),
    // One that was turned back leaves it closed, and following nobody.
    leftBehind: ({ primary }, state) => (state === 'succeeded' ? [] : [primary.name]),
    leavesWhole: ['succeeded'],
    // Steps whose death leaves most in between.
    quick: (scenario, action) => scenario === 'shop' && ['fence', 'follow', 'catch-up', 'lift'].includes(action),
  },
  {
    name: 'rejoin of one with writes of its own',
    scenarios: bothClusters,
    actions: (scenario) => (scenario === 'wallet' ? ['evidence', 'inject'] : ['evidence']),
    settles: everyWay,
    prepare: leaveOldPrimaryWithOwnWrite,
    wish: async ({ fleet, primary }) => ({
      kind: 'rejoin',
      instance: primary.name,
      choice: fleet.dialect === 'mysql' ? 'inject-empty' : 're-provision',
    }),
    swears: true,
    fatal: { inject: { key: 'inject', afterMs: 1 } },
    leftBehind: ({ fleet, primary }, state) =>
      state === 'succeeded' && fleet.dialect === 'mysql' ? [] : [primary.name],
    also: ownWriteKept,
    leavesWhole: [],
    quick: (_, action) => action === 'inject',
  },
  {
    name: 'reprovision',
    scenarios: bothClusters,
    actions: (scenario) =>
      scenario === 'wallet'
        ? ['lock', 'close', 'evidence', 'detach', 'plugin', 'clone', 'follow', 'catch-up', 'prove']
        : [
            ...['lock', 'close', 'evidence', 'copy', 'prepare-copy', 'stop-server', 'swap', 'start-server'],
            ...['follow', 'catch-up', 'prove'],
          ],
    settles: everyWay,
    prepare: writeOwnAndForget,
    wish: async ({ last }) => ({ kind: 'reprovision', instance: last.name }),
    patienceMs: 60_000,
    // While CLONE has begun to drop, and while the server is on its way up.
    fatal: { clone: { key: 'clone', afterMs: 300 }, 'start-server': { key: 'start', afterMs: 50 } },
    holdOwn: ({ last }, state) => (state === 'succeeded' ? [] : [last.name]),
    also: ownWriteKept,
    leavesWhole: ['succeeded', 'cancelled'],
    // CLONE and the copy at work are killed in the kind's own tests.
    quick: (scenario, action) => scenario === 'shop' && ['stop-server', 'swap'].includes(action),
  },
  {
    name: 'relocate',
    scenarios: bothClusters,
    actions: () => ['lock', 'drain', 'stop', 'change', 'start', 'marker', 'prove'],
    settles: everyWay,
    wish: async ({ last, primary, second, sourceOf }) => ({
      kind: 'relocate',
      instance: last.name,
      candidate: (await sourceOf(last)) === primary.name ? second.name : primary.name,
    }),
    mayFollow: ({ last, second }) => ({ [last.name]: second.name }),
    byHand: async ({ last }) => last.execute('START REPLICA'),
    leavesWhole: ['succeeded', 'cancelled', 'adopted'],
    quick: (scenario, action) => scenario === 'shop' && ['stop', 'start'].includes(action),
  },
  {
    name: 'region switchover',
    scenarios: ['payments'],
    actions: () => switchoverActions,
    settles: forwardOrAdvised,
    up: regionUp,
    wish: async ({ primary }) => ({ kind: 'switchover', candidate: primary.name === 'eu-1' ? 'us-1' : 'eu-1' }),
    mayFollow: () => regionTree,
    leavesWhole: ['succeeded', 'cancelled'],
    quick: (_, action) => action === 'open',
  },
  {
    name: 'region failover',
    scenarios: ['payments'],
    // The one other region follows before the candidate opens.
    actions: () => failoverActions.filter((one) => one !== 'repoint'),
    settles: forwardOrAdvised,
    up: regionUp,
    wish: async () => ({ kind: 'failover' }),
    breakNow: async ({ fleet }) =>
      void (await Promise.all(['eu-1', 'eu-2'].map(async (name) => fleet.fault('host-loss', name)))),
    // Nobody can look there: a person swears that the region is off.
    swears: true,
    gone: () => ['eu-1', 'eu-2'],
    mayFollow: () => regionTree,
    announcesLoss: true,
    leavesWhole: [],
    quick: () => false,
  },
];

/** The kind of that name. @throws Error when there is none */
export function crashKind(name: string): CrashKind {
  const kind = crashKinds.find((one) => one.name === name);
  if (!kind) throw new Error(`No such kind in the crash matrix: ${name}`);
  return kind;
}
