import type { SettleChoice } from '@shared/model/run';
import type { LoadRun } from '../fleet';
import { crashKind, crashKinds, type CrashKind, type CrashScenario } from './crash-kinds';
import type { CrashFleets, CrashStage } from './crash-stage';
import { moments, type Doom, type Moment } from './doom';
import { brokenInvariants, locksLeft, writableNow, type Broken } from './invariants';
import { untilItDies } from './killed-console';
import { settle, type Settled, type SettleWay } from './next-console';

export interface CrashCase {
  readonly scenario: CrashScenario;
  /** Name of the kind in the matrix. */
  readonly kind: string;
  readonly action: string;
  readonly at: Moment;
  readonly settle: SettleWay;
}

export interface CrashOutcome extends CrashCase {
  readonly found: string;
  readonly chosen: SettleChoice | 'none';
  readonly state: string;
  readonly broken: readonly Broken[];
  readonly seconds: number;
}

/** Every step at every moment; quick: each step of a cluster once, the moments in turn. */
export function crashCases(quick: boolean): readonly CrashCase[] {
  return crashKinds.flatMap((kind) =>
    kind.scenarios.flatMap((scenario) =>
      kind.actions(scenario).flatMap((action, step) =>
        moments.flatMap((at, turn): CrashCase[] => {
          const pick = step + turn;
          const isQuick = pick % moments.length === 1 && kind.quick(scenario, action);
          const settle = kind.settles[pick % kind.settles.length] ?? 'recommended';
          return quick && !isQuick ? [] : [{ scenario, kind: kind.name, action, at, settle }];
        }),
      ),
    ),
  );
}

/** A console dies, the next one on the same journal looks, settles, and the invariants are asked. */
export async function runCrashCase(fleets: CrashFleets, one: CrashCase): Promise<CrashOutcome> {
  const startedMs = performance.now();
  const kind = crashKind(one.kind);
  const stage = await fleets.open(kind.name, one.scenario, { hosts: true, semiSync: true, ...kind.up });
  let isWhole = false;
  try {
    await kind.prepare?.(stage);
    const { broken, settled } = await play(fleets, one, stage);
    isWhole = broken.length === 0 && kind.leavesWhole.includes(settled.state);
    const { found, chosen, state } = settled;
    return { ...one, found, chosen, state, broken, seconds: (performance.now() - startedMs) / 1000 };
  } finally {
    await fleets.end(stage, isWhole);
  }
}

async function play(
  { lab }: CrashFleets,
  one: CrashCase,
  stage: CrashStage,
): Promise<{ readonly broken: readonly Broken[]; readonly settled: Settled }> {
  const kind = crashKind(one.kind);
  const { fleet, dataFolder } = stage;
  const endpoint = await fleet.openEndpoint();
  const wish = await kind.wish(stage);
  const load = await fleet.load({ writers: 2, readers: 0, writePauseMs: 15 });
  try {
    await load.waitForWrites(20);
    const doom: Doom = {
      labRoot: lab.root,
      scenario: one.scenario,
      dataFolder,
      ...wish,
      ...(kind.swears ? { swears: true } : {}),
      ...(kind.fatal?.[one.action] ? { fatal: kind.fatal[one.action] } : {}),
      action: one.action,
      at: one.at,
      deed: 'kill',
      endpoint: { host: endpoint.host, port: endpoint.port },
      repointCommand: endpoint.shellHook,
    };
    const died = await untilItDies(doom, async () => kind.breakNow?.(stage));
    const open = await writableNow(fleet);
    const settled =
      died === 'killed'
        ? await settle(fleet, dataFolder, one.settle, { wish, patienceMs: kind.patienceMs ?? 2000 })
        : { found: died, chosen: 'none' as const, state: died, announcedLost: 0 };
    if (settled.state === 'adopted') await kind.byHand?.(stage);
    await load.waitForWrites(10, 10_000).catch(() => undefined);
    await load.stop();
    const broken = await brokenAfter(stage, { kind, settled, load, open }).catch((thrown: unknown) => [
      {
        invariant: 'I2',
        what: `a server cannot be asked: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      },
    ]);
    return { broken, settled };
  } finally {
    await load.stop();
  }
}

async function brokenAfter(
  stage: CrashStage,
  after: {
    readonly kind: CrashKind;
    readonly settled: Settled;
    readonly load: LoadRun;
    readonly open: readonly string[];
  },
): Promise<readonly Broken[]> {
  const { kind, settled, load, open } = after;
  const { fleet } = stage;
  return [
    ...(open.length > 1 ? [{ invariant: 'I2', what: `at its death ${open.join(' and ')} take writes` }] : []),
    ...(await brokenInvariants(fleet, load.ledger, {
      gone: kind.gone?.(stage) ?? [],
      leftBehind: kind.leftBehind?.(stage, settled.state) ?? [],
      holdOwn: kind.holdOwn?.(stage, settled.state) ?? [],
      mayFollow: kind.mayFollow?.(stage) ?? {},
      announcedLost: kind.announcesLoss ? settled.announcedLost : 0,
      state: settled.state,
    })),
    ...(await locksLeft(fleet)),
    ...((await kind.also?.(stage, settled.state)) ?? []),
  ];
}
