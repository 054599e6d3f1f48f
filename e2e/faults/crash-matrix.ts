import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { SettleChoice } from '@shared/model/run';
import { SystemClock } from '../../electron/adapters/files/system-clock';
import { openSqliteStore } from '../../electron/adapters/storage/sqlite-store';
import { openLabConsole } from '../../electron/core/testing/lab-console';
import type { Lab, RunningFleet } from '../fleet';
import { moments, type Doom, type Moment } from './doom';
import { brokenInvariants, type Broken } from './invariants';

export interface CrashCase {
  readonly scenario: 'wallet' | 'shop';
  readonly kind: Doom['kind'];
  readonly action: string;
  readonly at: Moment;
  /** What the next person does: what is recommended, or always the way forward. */
  readonly settle: 'recommended' | 'continue';
}

export interface CrashOutcome extends CrashCase {
  readonly found: string;
  readonly chosen: SettleChoice | 'none';
  readonly state: string;
  readonly broken: readonly Broken[];
  readonly seconds: number;
}

/** Actions of each kind under semi-sync, with traffic led over by a hook, in the order in which a run meets them. */
export const actions: Readonly<Record<CrashCase['kind'], readonly string[]>> = {
  switchover: [
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
  ],
  failover: [
    'lock',
    'fence',
    'freeze',
    'drain',
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
  ],
  rejoin: ['lock', 'fence', 'quarantine', 'freeze', 'compare', 'settings', 'follow', 'catch-up', 'prove', 'lift'],
};

/** Steps of a rejoin whose death leaves most in between: these alone are in the quick form. */
const quickRejoin = ['fence', 'follow', 'catch-up', 'lift'];

/** Every step at every moment; quick: each step once, the moments in turn. */
export function crashCases(quick: boolean): readonly CrashCase[] {
  const all = (['switchover', 'failover', 'rejoin'] as const).flatMap((kind) =>
    (['wallet', 'shop'] as const).flatMap((scenario) =>
      actions[kind]
        // Of the two replicas that shop has, one is the candidate and the other follows before it opens.
        .filter((action) => !(scenario === 'shop' && kind === 'failover' && action === 'repoint'))
        .flatMap((action, step) =>
          moments.map((at, turn) => ({
            kind,
            scenario,
            action,
            at,
            settle: 'recommended' as const,
            pick: step + turn,
          })),
        ),
    ),
  );
  const kept = quick
    ? all.filter(
        (one) =>
          one.pick % moments.length === 1 &&
          (one.kind === 'switchover') === (one.scenario === 'wallet') &&
          (one.kind !== 'rejoin' || quickRejoin.includes(one.action)),
      )
    : all;
  return kept.map(({ pick, ...one }) => ({ ...one, settle: pick % 2 === 0 ? 'continue' : 'recommended' }));
}

const { signal } = new AbortController();

/** An earlier failover on the same journal, after which the old primary has come back: what a rejoin is for. */
async function leaveOldPrimary(fleet: RunningFleet, dataFolder: string): Promise<void> {
  const console = await openLabConsole(fleet, {
    store: openSqliteStore({ folder: dataFolder, clock: new SystemClock() }),
    pollMs: 250,
  });
  const { clusterId, operations, unlocks, monitor } = console;
  const untilSeen = async (): Promise<void> => {
    for (let tries = 0; tries < 200; tries += 1) {
      const [seen] = monitor.snapshot.clusters;
      if (seen?.primaryId && seen.answered === fleet.instances.length) return;
      await wait(50);
    }
  };
  try {
    await untilSeen();
    await fleet.fault('crash', fleet.primary.name);
    let plan = await operations.plan({ kind: 'failover', clusterId }, signal);
    for (let tries = 0; !plan.applyable && tries < 60; tries += 1) {
      await wait(250);
      plan = await operations.plan({ kind: 'failover', clusterId }, signal);
    }
    unlocks.unlock({ clusterId, cluster: plan.cluster, reason: 'fault', minutes: 5 });
    const { runId } = await operations.approve({ planId: plan.id, confirmName: plan.cluster, reason: 'fault' }, signal);
    await operations.ended(runId);
    await fleet.primary.start();
    // Else the load of the case would find it first: an application that writes there is a case of its own.
    for (let tries = 0; tries < 200 && !(await isClosed(fleet.primary)); tries += 1) await wait(50);
  } finally {
    await console.close();
  }
}

const isClosed = async (one: RunningFleet['primary']): Promise<boolean> =>
  Number((await one.query('SELECT @@GLOBAL.read_only AS closed'))[0]?.['closed']) === 1;

const childFile = fileURLToPath(new URL('./doomed-console.ts', import.meta.url));

/** One case on a fleet of its own: a console dies, the next one on the same journal looks, settles, and the invariants are asked. */
export async function runCrashCase(lab: Lab, one: CrashCase): Promise<CrashOutcome> {
  const startedMs = performance.now();
  const dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'midwatch-crash-'));
  const fleet = await lab.up(one.scenario, { hosts: true, semiSync: true });
  try {
    const endpoint = await fleet.openEndpoint();
    const candidate = fleet.instances[1]?.name ?? '';
    const oldPrimary = fleet.primary.name;
    if (one.kind === 'rejoin') await leaveOldPrimary(fleet, dataFolder);
    const load = await fleet.load({ writers: 2, readers: 0, writePauseMs: 15 });
    await load.waitForWrites(20);
    const doom: Doom = {
      labRoot: lab.root,
      scenario: one.scenario,
      dataFolder,
      kind: one.kind,
      candidate,
      action: one.action,
      at: one.at,
      deed: 'kill',
      endpoint: { host: endpoint.host, port: endpoint.port },
      repointCommand: endpoint.shellHook,
    };
    const died = await untilItDies(doom, async () => {
      if (one.kind === 'failover') await fleet.fault('crash', oldPrimary);
    });
    const settled = died.startsWith('killed')
      ? await settle(fleet, dataFolder, one.settle)
      : { found: died, chosen: 'none' as const, state: died };
    await load.waitForWrites(10, 10_000).catch(() => undefined);
    await load.stop();
    const broken = await brokenInvariants(fleet, load.ledger, {
      gone: one.kind === 'failover' ? [oldPrimary] : [],
      // A rejoin that was turned back leaves it closed, and following nobody.
      leftBehind: one.kind === 'rejoin' && settled.state !== 'succeeded' ? [oldPrimary] : [],
      announcedLost: 0,
      state: settled.state,
    });
    return { ...one, ...settled, broken, seconds: (performance.now() - startedMs) / 1000 };
  } finally {
    await fleet.down();
    fs.rmSync(dataFolder, { recursive: true, force: true });
  }
}

/** `killed` or what the child said when it did not die. `breakNow` happens when it has seen all servers. */
export const untilItDies = (doom: Doom, breakNow: () => Promise<void>): Promise<string> =>
  untilItEnds(doom, breakNow, 0);

/** As {@link untilItDies}; a child that fell asleep is woken after `sleepMs`, and what it said last is returned. */
export async function untilItEnds(doom: Doom, breakNow: () => Promise<void>, sleepMs: number): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', childFile, JSON.stringify(doom)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  let complaints = '';
  child.stderr.on('data', (piece: Buffer) => (complaints += String(piece)));
  const ready = new Promise<void>((resolve) =>
    child.stdout.on('data', (piece: Buffer) => {
      said += String(piece);
      if (said.includes('ready')) resolve();
      if (String(piece).includes('asleep')) setTimeout(() => child.kill('SIGCONT'), sleepMs);
    }),
  );
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? code)),
  );
  let late = false;
  const limit = setTimeout(() => (late = child.kill('SIGKILL')), 90_000);
  try {
    await Promise.race([ready, ended]);
    await breakNow();
    child.stdin.write('go\n');
    const how = await ended;
    // At the first step it dies before it could say that the run began.
    if (how === 'SIGKILL' && !late && said.includes('ready')) return 'killed';
    return `did not die: ${String(how)} ${said.trim().split('\n').at(-1) ?? ''} ${complaints.trim().split('\n').slice(-3).join(' ').slice(0, 400)}`;
  } finally {
    clearTimeout(limit);
  }
}

/** The next console on the same journal looks and settles the newest run. */
export async function settle(
  fleet: RunningFleet,
  dataFolder: string,
  how: CrashCase['settle'],
): Promise<Pick<CrashOutcome, 'found' | 'chosen' | 'state'>> {
  const console = await openLabConsole(fleet, {
    store: openSqliteStore({ folder: dataFolder, clock: new SystemClock() }),
    pollMs: 250,
  });
  try {
    const run = console.operations.list()[0];
    if (!run) return { found: 'no run in the journal', chosen: 'none', state: 'none' };
    if (run.state !== 'interrupted' && run.state !== 'needs-attention')
      return { found: `the run is ${run.state}`, chosen: 'none', state: run.state };
    for (let tries = 1; ; tries += 1) {
      const seen = await console.operations.look(run.runId, signal);
      const wanted =
        how === 'continue'
          ? seen.choices.find((one) => one.choice === 'continue' && one.possible)
          : seen.choices.find((one) => one.recommended);
      const chosen = wanted?.choice ?? 'adopt';
      if (chosen === 'continue') await console.operations.resume(run.runId);
      else if (chosen === 'roll-back') await console.operations.rollBack(run.runId).catch(() => undefined);
      else console.operations.adopt(run.runId, 'nothing else is possible');
      const state = await console.operations.ended(run.runId);
      // A person would look again: what was in the way a moment ago (a restart, a lock) may be gone, and an application that
      // wrote since has made turning back impossible.
      if ((state !== 'needs-attention' && state !== 'interrupted') || tries === 3) {
        const story = console.operations.report(run.runId).timeline.map((each) => `${each.sinceMs} ${each.text}`);
        const found = state === 'needs-attention' ? [seen.situation, ...story].join('\n     ') : seen.situation;
        return { found, chosen, state };
      }
      await wait(500);
    }
  } finally {
    await console.close();
  }
}
