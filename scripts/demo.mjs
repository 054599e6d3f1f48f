// Starts a lab fleet under load and opens the console on it; ends everything with the window, with Ctrl-C, or after `--for`.
// With `--drill`, and by itself where there is no display, a failover drill runs in the window and its figures are printed.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isBuildStale } from './build-state.mjs';
import { endAllOwned, endOwned, startOwned, waitForExit } from './owned-processes.mjs';
import { cacheFolder } from './setup/cache.mjs';
import { SetupError, elapsed, stage } from './setup/progress.mjs';
import { readDurationMs } from './duration.mjs';
import { startVirtualDisplay } from './virtual-display.mjs';

const projectFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const labsFolder = path.join(cacheFolder, 'lab', `demo-${process.pid}`);
const scratchFolder = path.join(os.tmpdir(), `midwatch-demo-${process.pid}`);
const screenshotFolder = path.join(projectFolder, 'screenshots', 'demo');
const isHeadless = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
const beganAt = Date.now();
/** Scenarios of one cluster, whose primary can be killed and replaced. */
const drillable = ['wallet', 'shop'];

/** Settles when the person wants the demo to end. */
const asked = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => asked.abort());
/** @type {import('node:child_process').ChildProcess[]} in the order in which they are ended */
const running = [];

const options = readOptions();
if (options) {
  try {
    await demonstrate(options);
  } catch (error) {
    if (!asked.signal.aborted) fail(error);
  } finally {
    await endEverything();
  }
}

function fail(error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        for: { type: 'string' },
        scenario: { type: 'string', default: 'wallet' },
        drill: { type: 'boolean' },
        'no-drill': { type: 'boolean', default: false },
      },
    });
    const { scenario } = values;
    const limitMs = values.for === undefined ? undefined : readDurationMs(values.for);
    const canDrill = drillable.includes(scenario);
    if (values.drill && !canDrill) throw new Error(`--drill takes one cluster: --scenario ${drillable.join('|')}`);
    // Who cannot see a window is shown what it does; who can, drives it.
    const isDrill = values.drill ?? (isHeadless && canDrill && !values['no-drill']);
    return { scenario, limitMs, isDrill };
  } catch (error) {
    const next =
      'usage: npm run demo [-- --for 60s] [--drill | --no-drill] [--scenario wallet|shop|payments|shards|shards:N]';
    fail(new SetupError({ what: error.message, next }));
    return undefined;
  }
}

async function demonstrate({ scenario, limitMs, isDrill }) {
  await stage('the app', buildIfStale);
  let fleet;
  await stage(`fleet ${scenario}`, async () => {
    fleet = JSON.parse(await runFleet('up', scenario, '--json', ...(isDrill ? ['--hosts', '--semi-sync'] : [])));
    return `${fleet.instances.length} servers`;
  });
  if (isDrill) return drill(scenario, limitMs);
  const load = startFleet('load', scenario, '--writers', '4', '--readers', '4', '--slow-readers', '1');
  running.push(load);
  const display = await openDisplay();
  const app = openApp(fleet, display?.name);
  running.unshift(app);
  if (display) running.push(display.process);
  const ended = waitForExit(app);
  const limit = limitMs ? wait(limitMs, undefined, { signal: asked.signal }) : new Promise(() => undefined);
  if (await Promise.race([waitForWindow(app), ended.then(() => false), limit, untilAsked()])) {
    console.log(`  The window is open (${elapsed(beganAt)} after the start of the demo).`);
    if (display) console.log(`  Pictures of it are saved in ${screenshotFolder}`);
    console.log(limitMs ? `  The demo ends by itself after ${limitMs / 1000} s.` : '  Press Ctrl-C to end the demo.');
  }
  const code = await Promise.race([ended, limit, untilAsked()]);
  if (code) {
    const log = fs.readFileSync(appLog(), 'utf8').trim().split('\n').slice(-8).join('\n         ');
    throw new SetupError({ what: 'The app ended by itself.', cause: `code ${code}: ${log}`, next: 'npm run check' });
  }
}

/** Runs a failover drill in the window; without a display and a limit the demo ends with it. */
async function drill(scenario, limitMs) {
  const display = await openDisplay();
  const stays = !display || limitMs !== undefined;
  const data = path.join(scratchFolder, 'user-data');
  fs.mkdirSync(data, { recursive: true, mode: 0o700 });
  const program = 'e2e/fixtures/demo-drill.fixture.ts';
  const driver = startOwned(
    process.execPath,
    ['--import', 'tsx', program, scenario, '--data', data, ...(stays ? ['--stay'] : [])],
    { cwd: projectFolder, env: { MIDWATCH_LABS: labsFolder, ...pictureEnvironment(display?.name) } },
  );
  running.unshift(driver);
  if (display) running.push(display.process);
  const limit = limitMs ? wait(limitMs, undefined, { signal: asked.signal }) : new Promise(() => undefined);
  const code = await Promise.race([waitForExit(driver), limit, untilAsked()]);
  if (code) throw new SetupError({ what: 'The drill did not succeed.', next: 'npm run demo -- --no-drill' });
}

/** A virtual display where there is none. */
async function openDisplay() {
  if (!isHeadless) return undefined;
  const display = await startVirtualDisplay();
  console.log(`  There is no display: the window is on a virtual one, ${display.name}.`);
  return display;
}

/** Where nobody can see the window, it is on the virtual display and pictures of it are kept. */
function pictureEnvironment(displayName) {
  if (!displayName) return {};
  fs.rmSync(screenshotFolder, { recursive: true, force: true });
  fs.mkdirSync(screenshotFolder, { recursive: true });
  return { DISPLAY: displayName, MIDWATCH_SCREENSHOT_DIR: screenshotFolder, MIDWATCH_PICTURES: screenshotFolder };
}

/** Runs the fleet's command line. @returns {Promise<string>} what it printed */
async function runFleet(...words) {
  const child = startFleet(...words);
  running.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => (stderr += data));
  const code = await waitForExitUnlessAsked(child);
  if (code === 0) return stdout;
  throw new SetupError({ what: `The fleet could not be started.`, cause: stderr.trim(), next: 'npm run setup' });
}

/** A program that ends by itself; when the person asks for the end before that, it stays in the list of what is to be ended. */
async function waitForExitUnlessAsked(child) {
  const code = await Promise.race([waitForExit(child), untilAsked()]);
  asked.signal.throwIfAborted();
  running.splice(running.indexOf(child), 1);
  return code;
}

function startFleet(...words) {
  return startOwned(process.execPath, ['--import', 'tsx', 'e2e/fleet/cli.ts', ...words], {
    cwd: projectFolder,
    env: { MIDWATCH_LABS: labsFolder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function buildIfStale() {
  if (!isBuildStale(projectFolder)) return 'built already';
  const program = path.join(projectFolder, 'node_modules', '.bin', 'electron-vite');
  const build = startOwned(program, ['build', '--logLevel', 'warn'], { cwd: projectFolder });
  running.push(build);
  const code = await waitForExitUnlessAsked(build);
  if (code !== 0)
    throw new SetupError({ what: 'The app could not be built.', cause: `code ${code}`, next: 'npm run check' });
  return 'built';
}

/** Opens Electron on a fresh user-data folder with the fleet in its inventory; the log goes to a file, for Chromium is talkative. */
function openApp(fleet, displayName) {
  fs.mkdirSync(scratchFolder, { recursive: true, mode: 0o700 });
  const inventoryFile = path.join(scratchFolder, 'inventory.json');
  fs.writeFileSync(inventoryFile, JSON.stringify({ clusters: describeClusters(fleet) }), { mode: 0o600 });
  const electron = path.join(projectFolder, 'node_modules', 'electron');
  const program = path.join(electron, 'dist', fs.readFileSync(path.join(electron, 'path.txt'), 'utf8').trim());
  const args = ['.', `--user-data-dir=${path.join(scratchFolder, 'user-data')}`];
  if (process.getuid?.() === 0) args.push('--no-sandbox'); // Chromium refuses to start as root with its sandbox
  const env = { MIDWATCH_DEMO_INVENTORY: inventoryFile, ...pictureEnvironment(displayName) };
  const log = fs.openSync(appLog(), 'a');
  const app = startOwned(program, args, { cwd: projectFolder, env, stdio: ['ignore', 'pipe', log] });
  app.stdout.pipe(fs.createWriteStream(appLog(), { flags: 'a' }));
  return app;
}

function appLog() {
  return path.join(scratchFolder, 'app.log');
}

/** One cluster for each primary, named by one instance: the app finds the rest by itself, and learns here what to call it. */
function describeClusters({ instances, scenario }) {
  return instances
    .filter(({ role }) => role === 'primary')
    .map(({ cluster, host, port }) => {
      const members = instances.filter((instance) => instance.cluster === cluster);
      const shard = /^shard-(\d+)$/.exec(cluster)?.[1];
      return {
        name: cluster,
        seed: { host, port },
        user: 'midwatch',
        password: 'midwatch',
        replicationPassword: 'repl',
        heartbeat: true,
        names: Object.fromEntries(members.map((member) => [member.port, member.name])),
        regions: Object.fromEntries(
          members.filter(({ region }) => region).map((member) => [member.port, member.region]),
        ),
        ...(shard ? { shard: { of: scenario, key: shard } } : {}),
      };
    });
}

/** The app prints this line when its first window was drawn. */
function waitForWindow(app) {
  return new Promise((settle) => {
    let text = '';
    app.stdout.on('data', (data) => {
      text += data;
      if (text.includes('midwatch: window ready')) settle(true);
    });
  });
}

function untilAsked() {
  return new Promise((settle) => {
    if (asked.signal.aborted) settle(0);
    asked.signal.addEventListener('abort', () => settle(0), { once: true });
  });
}

async function endEverything() {
  asked.abort(); // also ends the clock of --for
  console.log('  Ending the demo …');
  for (const child of running) await endOwned(child, 4_000);
  if (fs.existsSync(labsFolder)) {
    const down = startFleet('down', '--everything');
    await waitForExit(down);
    fs.rmSync(labsFolder, { recursive: true, force: true });
  }
  const leaked = await endAllOwned();
  fs.rmSync(scratchFolder, { recursive: true, force: true });
  for (const { pid, command } of leaked) console.log(`  had to be ended: ${pid} ${command}`);
  if (isHeadless && fs.existsSync(screenshotFolder)) {
    const pictures = fs.readdirSync(screenshotFolder).filter((name) => name.endsWith('.png'));
    console.log(`  ${pictures.length} pictures are in ${screenshotFolder}`);
  }
  console.log(`  The demo has ended; no process is left (${elapsed(beganAt)}).`);
}
