import { createConnection } from 'mysql2/promise';
import { setTimeout as wait } from 'node:timers/promises';
import { require, type FaultCase } from '../fault-case';
import type { Stage } from '../stage';

const family = 'writers in the way';
const scenarios = ['wallet', 'shop'] as const;

/** Longest that writers may have waited for a switchover that turned back, ms: 2 s of the fence, and what is around it. */
const patienceMs = 5000;

interface InTheWay {
  readonly name: string;
  readonly expected: string;
  readonly states: readonly string[];
  readonly quick?: 'wallet' | 'shop';
  /** @returns the function that ends it */
  readonly begin: (stage: Stage) => Promise<() => Promise<void>>;
}

const destroyed = (...sessions: readonly { destroy(): void }[]): (() => Promise<void>) => {
  return async () => {
    for (const session of sessions) session.destroy();
  };
};

const ways: readonly InTheWay[] = [
  {
    name: 'an open transaction with changed rows',
    expected: 'the fence does not wait for it: succeeds',
    states: ['succeeded'],
    begin: async ({ fleet, primary }) => {
      const outcome = await fleet.fault('long-transaction', primary);
      return outcome.kind === 'held' ? outcome.release : async () => undefined;
    },
  },
  {
    name: 'LOCK TABLES … WRITE',
    expected: 'turns back, writes go on',
    states: ['failed'],
    quick: 'wallet',
    begin: async (stage) => {
      const session = await stage.session(stage.primary);
      await session.query('LOCK TABLES app.account WRITE');
      return destroyed(session);
    },
  },
  {
    name: 'an UPDATE that runs for 20 s',
    expected: 'turns back, writes go on',
    states: ['failed'],
    begin: async (stage) => {
      const session = await stage.session(stage.primary);
      session
        .query('UPDATE app.account SET balance_cents = balance_cents + SLEEP(20) WHERE id = 3')
        .catch(() => undefined);
      await wait(300);
      return async () => {
        const [row] = await stage.fleet
          .instance(stage.primary)
          .query("SELECT id FROM information_schema.processlist WHERE info LIKE 'UPDATE app.account SET%SLEEP%'");
        if (row) await stage.fleet.instance(stage.primary).query(`KILL ${Number(row['id'] ?? row['ID'])}`);
      };
    },
  },
  {
    name: 'an ALTER TABLE that waits for a metadata lock',
    expected: 'turns back, writes go on',
    states: ['failed'],
    begin: async (stage) => {
      const [holder, changer] = [await stage.session(stage.primary), await stage.session(stage.primary)];
      await holder.query('BEGIN');
      await holder.query('SELECT * FROM app.account WHERE id = 1');
      changer.query('ALTER TABLE app.account ADD COLUMN extra INT').catch(() => undefined);
      await wait(300);
      return async () => {
        const [row] = await stage.fleet
          .instance(stage.primary)
          .query("SELECT id FROM information_schema.processlist WHERE info LIKE 'ALTER TABLE app.account%'");
        if (row) await stage.fleet.instance(stage.primary).query(`KILL ${Number(row['id'] ?? row['ID'])}`);
        holder.destroy();
      };
    },
  },
];

/** Rows that a session with rights beyond read_only got acknowledged, connecting again whenever it is ended. */
function writePrivileged({ fleet, primary }: Stage): { stop(): Promise<readonly number[]> } {
  const { host, port } = fleet.instance(primary);
  const acknowledged: number[] = [];
  let going = true;
  const loop = (async () => {
    for (let n = 1; going; await wait(5)) {
      try {
        const session = await createConnection({ host, port, user: 'admin', password: 'admin', connectTimeout: 2000 });
        session.on('error', () => undefined);
        try {
          for (; going; n += 1, await wait(5)) {
            await session.query({ sql: 'INSERT INTO app.privileged VALUES (?)', values: [n], timeout: 3000 });
            acknowledged.push(n);
          }
        } finally {
          session.destroy();
        }
      } catch {
        n += 1;
      }
    }
  })();
  return {
    stop: async () => {
      going = false;
      await loop;
      return acknowledged;
    },
  };
}

/** Sessions on the primary that hold a fence up, pass it, or write by themselves. */
export const writersInTheWay: readonly FaultCase[] = [
  ...scenarios.flatMap((scenario): FaultCase[] => [
    ...ways.map((way): FaultCase => ({
      number: 15,
      family,
      name: way.name,
      scenario,
      kind: 'switchover',
      expected: way.expected,
      quick: way.quick === scenario,
      play: async (stage) => {
        const plan = await stage.plan('switchover', { candidate: stage.candidate, until: (each) => each.applyable });
        const end = await way.begin(stage);
        const report = await stage.run(plan);
        await end();
        await stage.load.waitForWrites(20);
        const gapMs = stage.load.ledger.longestGap()?.gapMs ?? 0;
        const why = report.steps.find((step) => step.error !== '')?.error ?? '';
        require(way.states.includes(report.state), `the run is ${report.state}: ${why}`);
        require(gapMs < patienceMs, `writers waited ${gapMs.toFixed(0)} ms`);
        return {
          state: report.state,
          seen: `${report.state}, writers waited ${gapMs.toFixed(0)} ms. ${why}`.slice(0, 260),
        };
      },
    })),
    {
      number: 15,
      family,
      name: 'a prepared XA transaction',
      scenario,
      kind: 'switchover',
      expected: 'refused by the check prepared-xa',
      play: async (stage) => {
        const session = await stage.session(stage.primary);
        for (const sql of [
          "XA START 'x'",
          "INSERT INTO app.account VALUES (900002, 'xa', 'EUR', 0)",
          "XA END 'x'",
          "XA PREPARE 'x'",
        ])
          await session.query(sql);
        const plan = await stage.plan('switchover', { candidate: stage.candidate });
        await session.query("XA ROLLBACK 'x'");
        require(plan.checks.some((one) => one.code === 'prepared-xa' && one.status === 'fail'), plan.refusals.join(
          '; ',
        ));
        return { state: 'not started', seen: plan.refusals.join('; ') };
      },
    },
    {
      number: 16,
      family,
      name: 'a writer with rights beyond read_only that connects again whenever it is ended',
      scenario,
      kind: 'switchover',
      expected: 'nothing it got acknowledged is lost or errant; or turned back, naming the user',
      quick: scenario === 'shop',
      play: async (stage) => {
        const { fleet, primary, candidate } = stage;
        await fleet.primary.execute('CREATE TABLE app.privileged (n INT PRIMARY KEY)');
        const writer = writePrivileged(stage);
        await wait(500);
        const plan = await stage.plan('switchover', { candidate, until: (each) => each.applyable });
        const report = await stage.run(plan);
        await wait(1000);
        const acknowledged = await writer.stop();
        const open = (await stage.closed(primary)) ? candidate : primary;
        const found = new Set(
          (await fleet.instance(open).query('SELECT n FROM app.privileged')).map((row) => Number(row['n'])),
        );
        const lost = acknowledged.filter((n) => !found.has(n));
        const why = report.steps.find((step) => step.error !== '')?.error ?? '';
        require(lost.length ===
          0, `${report.state}; ${lost.length} of ${acknowledged.length} acknowledged to admin are not on ${open}. ${why}`);
        require(report.state === 'succeeded' || /admin/.test(why), `${report.state}, and nobody is named: ${why}`);
        return {
          state: report.state,
          seen: `${report.state}, ${acknowledged.length} of ${acknowledged.length} found. ${why}`.slice(0, 240),
        };
      },
    },
    {
      number: 17,
      family,
      name: 'the event scheduler writes every second',
      scenario,
      kind: 'switchover',
      expected:
        scenario === 'shop'
          ? 'refused: an event may write through read_only'
          : 'succeeds with nothing errant; what became of the event is said',
      play: async (stage) => {
        const { fleet, candidate } = stage;
        for (const one of fleet.instances) await one.query('SET GLOBAL event_scheduler = ON');
        await fleet.primary.execute(
          'CREATE TABLE app.ticks (n INT PRIMARY KEY AUTO_INCREMENT, at DATETIME)',
          'CREATE EVENT app.tick ON SCHEDULE EVERY 1 SECOND DO INSERT INTO app.ticks (at) VALUES (NOW())',
        );
        await wait(2500);
        if (scenario === 'shop') {
          const refused = await stage.plan('switchover', { candidate, limitMs: 3000 });
          const check = refused.checks.find((one) => one.code === 'events');
          require(!refused.applyable && check !== undefined, `applyable; events: ${check?.status}`);
          return { state: 'not started', seen: `${check.status}: ${check.evidence}` };
        }
        const plan = await stage.plan('switchover', { candidate, until: (each) => each.applyable });
        const report = await stage.run(plan);
        require(report.state === 'succeeded', `the run is ${report.state}`);
        const next = fleet.instance(candidate);
        const count = async (): Promise<number> =>
          Number((await next.query('SELECT COUNT(*) AS n FROM app.ticks'))[0]?.['n']);
        const before = await count();
        await wait(2500);
        const ticks = (await count()) - before;
        const [event] = await next.query(
          "SELECT STATUS AS status FROM information_schema.events WHERE event_name = 'tick'",
        );
        const said = /event/i.test(JSON.stringify([plan.checks, plan.impact, report.leftToDo]));
        require(ticks > 0 ||
          said, `the event is ${String(event?.['status'])} on ${candidate} and writes no more; plan and report do not say so`);
        return {
          state: report.state,
          seen: `event ${String(event?.['status'])} on ${candidate}, ${ticks} ticks in 2.5 s`,
        };
      },
    },
  ]),
];
