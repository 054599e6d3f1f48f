import { parseArgs } from 'node:util';
import { faults, type FaultName } from './faults';
import { findLabs, openLab, type Lab } from './lab';

const usage = `usage: npm run fleet -- <command>
  up <scenario> [--hops 0|1|2] [--semi-sync] [--linked-replication] [--hosts]   wallet, shop, payments, shards, shards:N
  down [scenario] [--everything]       ends what was started here, all of it without a name; --everything: every lab's
  status [--json]
  load <scenario> [--writers N] [--readers N] [--slow-readers N] [--for 30s]
  link <scenario> <from> <to>          opens a TCP link to an instance or bastion and prints its port
  fault <scenario> <fault> <target> [--delay-ms N] [--loss-percent N] [--waiters N] [--for 30s]
faults:
${Object.entries(faults)
  .map(([name, { target, summary }]) => `  ${`${name} <${target}>`.padEnd(36)} ${summary}`)
  .join('\n')}
A link is named from>to, e.g. 'us-1>eu-1'. The lab lies in --root, or in main below $MIDWATCH_LABS or the cache folder.`;

const { values: flags, positionals } = readArguments();

main().then(
  () => process.exit(process.exitCode ?? 0),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        root: { type: 'string' },
        hops: { type: 'string', default: '0' },
        'semi-sync': { type: 'boolean', default: false },
        'linked-replication': { type: 'boolean', default: false },
        hosts: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        everything: { type: 'boolean', default: false },
        writers: { type: 'string' },
        readers: { type: 'string' },
        'slow-readers': { type: 'string' },
        for: { type: 'string' },
        'delay-ms': { type: 'string' },
        'loss-percent': { type: 'string' },
        waiters: { type: 'string' },
      },
    });
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

async function main(): Promise<void> {
  const lab = openLab(flags.root ? { root: flags.root } : {});
  const [command, ...words] = positionals;
  switch (command) {
    case 'up':
      return up(lab, need(words[0], 'scenario'));
    case 'down': {
      const ended = flags.everything ? await downEverything() : await lab.down(words[0]);
      console.log(`Ended ${ended} processes.`);
      return;
    }
    case 'status':
      return printStatus(lab);
    case 'load':
      return load(lab, need(words[0], 'scenario'));
    case 'link': {
      const end = await lab.attach(need(words[0], 'scenario')).openLink(need(words[1], 'from'), need(words[2], 'to'));
      console.log(flags.json ? JSON.stringify(end) : `${end.name}  ${end.host}:${end.port}`);
      return;
    }
    case 'fault':
      return fault(lab, need(words[0], 'scenario'), need(words[1], 'fault'), need(words[2], 'target'));
    default:
      console.log(usage);
      process.exitCode = command ? 2 : 0;
  }
}

async function downEverything(): Promise<number> {
  let ended = 0;
  for (const lab of findLabs()) ended += await lab.down();
  return ended;
}

async function up(lab: Lab, scenario: string): Promise<void> {
  const startedMs = Date.now();
  const hops = Number(flags.hops);
  if (hops !== 0 && hops !== 1 && hops !== 2) throw new Error('--hops takes 0, 1 or 2');
  const options = {
    hops,
    semiSync: flags['semi-sync'],
    linkedReplication: flags['linked-replication'],
    hosts: flags.hosts,
  } as const;
  const fleet = await lab.up(scenario, options);
  if (flags.json) {
    console.log(JSON.stringify(describe(lab, fleet.scenario)));
    return;
  }
  console.log(`${fleet.scenario} is up in ${((Date.now() - startedMs) / 1000).toFixed(1)} s, in ${fleet.folder}`);
  for (const { name, role, host, port } of fleet.instances)
    console.log(`  ${name.padEnd(14)} ${role.padEnd(13)} ${host}:${port}`);
  for (const { name, host, port, user, privateKeyPath } of fleet.bastions) {
    console.log(`  ${name.padEnd(14)} ${'bastion'.padEnd(13)} ${user}@${host}:${port}  key ${privateKeyPath}`);
  }
  for (const { name, port, user, privateKeyPath } of fleet.file.state.hosts) {
    console.log(`  ${name.padEnd(14)} ${'ssh host'.padEnd(13)} ${user}@127.0.0.1:${port}  key ${privateKeyPath}`);
  }
}

function describe(lab: Lab, scenario: string) {
  const fleet = lab.attach(scenario);
  return {
    scenario: fleet.scenario,
    dialect: fleet.dialect,
    folder: fleet.folder,
    instances: fleet.instances.map(({ name, cluster, role, region, host, port, socket, pid }) => {
      return { name, cluster, role, region, host, port, socket, pid };
    }),
    bastions: fleet.bastions.map(
      ({ name, region, host, port, user, password, privateKeyPath, hostKeyFingerprint, isUp }) => {
        return { name, region, host, port, user, password, privateKeyPath, hostKeyFingerprint, isUp };
      },
    ),
    hosts: fleet.file.state.hosts.map(({ name, port, user, privateKeyPath, hostKeyFingerprint }) => {
      return { name, host: '127.0.0.1', port, user, privateKeyPath, hostKeyFingerprint };
    }),
    links: fleet.file.state.links,
  };
}

async function printStatus(lab: Lab): Promise<void> {
  const fleets = await Promise.all(
    lab.list().map(async (name) => ({ ...describe(lab, name), status: await lab.attach(name).status() })),
  );
  if (flags.json) {
    console.log(JSON.stringify({ root: lab.root, fleets }));
    return;
  }
  if (fleets.length === 0) console.log(`Nothing is up in ${lab.root}.`);
  for (const { scenario, dialect, status, bastions, links } of fleets) {
    console.log(`${scenario} (${dialect})`);
    for (const { name, port, pid, readOnly, receiver, applier, error } of status) {
      const access = readOnly === undefined ? 'no answer' : readOnly ? 'read-only' : 'writable';
      const threads = receiver === undefined ? '' : `receiver ${receiver}, applier ${applier ?? '?'}`;
      console.log(
        `  ${name.padEnd(14)} :${port} pid ${String(pid ?? '-').padEnd(8)} ${access.padEnd(10)} ${threads} ${error ?? ''}`,
      );
    }
    for (const { name, port, isUp } of bastions) console.log(`  ${name.padEnd(14)} :${port} ${isUp ? 'up' : 'lost'}`);
    for (const { name, port } of links) console.log(`  ${name.padEnd(14)} :${port} link`);
  }
}

async function load(lab: Lab, scenario: string): Promise<void> {
  const run = await lab.attach(scenario).load({
    writers: readNumber('writers'),
    readers: readNumber('readers'),
    slowReaders: readNumber('slow-readers'),
  });
  console.log(`Load runs; acknowledged writes are recorded in ${run.ledger.file}`);
  await untilAskedToEnd();
  const report = await run.stop();
  const gap = run.ledger.longestGap();
  console.log(
    flags.json ? JSON.stringify({ ...report, ledger: run.ledger.file, gap }) : { ...report, longestGapMs: gap?.gapMs },
  );
}

async function fault(lab: Lab, scenario: string, name: string, target: string): Promise<void> {
  if (!Object.hasOwn(faults, name)) throw new Error(`Unknown fault ${name}. Known: ${Object.keys(faults).join(', ')}`);
  const outcome = await lab.attach(scenario).fault(name as FaultName, target, {
    delayMs: readNumber('delay-ms'),
    lossPercent: readNumber('loss-percent'),
    waiters: readNumber('waiters'),
  });
  if (outcome.kind === 'skipped') console.log(`Skipped: ${outcome.reason}`);
  if (outcome.kind === 'done') console.log(`${name} applied to ${target}.`);
  if (outcome.kind === 'held') {
    console.log(`${name} is held on ${target} until Ctrl-C.`);
    await untilAskedToEnd();
    await outcome.release();
  }
}

function untilAskedToEnd(): Promise<void> {
  const limitMs = flags.for ? readDurationMs(flags.for) : undefined;
  return new Promise((settle) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => settle());
    // Without a limit the timer only keeps the process alive.
    setTimeout(settle, limitMs ?? 2 ** 31 - 1);
  });
}

function readDurationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text);
  if (!match) throw new Error(`--for ${text}: write a duration such as 30s or 5m`);
  return Number(match[1]) * { ms: 1, s: 1_000, m: 60_000 }[(match[2] ?? 's') as 'ms' | 's' | 'm'];
}

function readNumber(
  flag: 'writers' | 'readers' | 'slow-readers' | 'delay-ms' | 'loss-percent' | 'waiters',
): number | undefined {
  const text = flags[flag];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${flag} ${text}: write a number`);
  return value;
}

function need(word: string | undefined, what: string): string {
  if (word) return word;
  console.error(`The ${what} is missing.\n${usage}`);
  process.exit(2);
}
