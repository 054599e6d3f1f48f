// Every check and test, in order of cost; stops at the first failure and leaves no process behind.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { endAllOwned, endOwned, startOwned, waitForExit } from './owned-processes.mjs';
import { cacheFolder } from './setup/cache.mjs';
import { elapsed } from './setup/progress.mjs';

const projectFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const labsFolder = path.join(cacheFolder, 'lab', `run-${process.pid}`);
const isHeadless = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
const onDisplay = isHeadless ? ['xvfb-run', '-a', '-s', '-screen 0 1920x1200x24'] : [];

/** No bench is among them: a measurement on a busy machine must not decide whether a change is right. `command` or `check` (a function that returns what is wrong), `needs` a file without which the stage is left out. */
const stages = [
  { title: 'lock file', check: findRegistryInLockFile },
  { title: 'check', command: ['npm', 'run', '-s', 'check'], limitMinutes: 6 },
  { title: 'build', command: ['npx', '--no-install', 'electron-vite', 'build'], limitMinutes: 3 },
  { title: 'servers', command: ['npm', 'run', '-s', 'servers'], limitMinutes: 25 },
  {
    title: 'end to end',
    needs: 'e2e/playwright.config.ts',
    command: [...onDisplay, 'npx', '--no-install', 'playwright', 'test', '--config', 'e2e/playwright.config.ts'],
    limitMinutes: 15,
  },
  { title: 'dist', needs: 'scripts/dist.mjs', command: ['npm', 'run', '-s', 'dist'], limitMinutes: 5 },
  {
    title: 'installed',
    needs: 'e2e/installed.config.ts',
    command: [...onDisplay, 'npx', '--no-install', 'playwright', 'test', '--config', 'e2e/installed.config.ts'],
    limitMinutes: 5,
  },
];

let running;
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    isInterrupted = true;
    if (running) void endOwned(running, 15_000);
  });
}
process.exitCode = await runStages();

async function runStages() {
  const beganAt = Date.now();
  /** @type {{ title: string, outcome: 'passed' | 'failed' | 'left out' | 'not run', took: string }[]} */
  const results = [];
  let isFailed = false;
  for (const stage of stages) {
    if (isFailed || isInterrupted) {
      results.push({ title: stage.title, outcome: 'not run', took: '' });
      continue;
    }
    if (stage.needs && !existsWithAnyEnding(stage.needs)) {
      results.push({ title: stage.title, outcome: 'left out', took: `no ${stage.needs}` });
      continue;
    }
    console.log(`\n== ${stage.title} ${'='.repeat(Math.max(0, 70 - stage.title.length))}`);
    const startedAt = Date.now();
    const isPassed = await runStage(stage);
    isFailed ||= !isPassed;
    results.push({ title: stage.title, outcome: isPassed ? 'passed' : 'failed', took: elapsed(startedAt) });
  }
  const leaked = await cleanUp();
  console.log(`\n== summary ${'='.repeat(63)}`);
  for (const { title, outcome, took } of results) console.log(`  ${outcome.padEnd(9)} ${title.padEnd(16)} ${took}`);
  for (const { pid, command } of leaked) console.log(`  was left behind and had to be ended: ${pid} ${command}`);
  console.log(`  in all ${elapsed(beganAt)}\n`);
  const count = (wanted) => results.filter(({ outcome }) => outcome === wanted).length;
  console.log(
    `stages: ${count('passed')} passed, ${count('failed')} failed, ${count('left out') + count('not run')} skipped`,
  );
  return isFailed || isInterrupted ? 1 : 0;
}

async function runStage({ title, check, command, limitMinutes }) {
  if (check) {
    const problem = check();
    console.log(problem ?? 'ok');
    return problem === undefined;
  }
  const [program, ...args] = command;
  running = startOwned(program, args, { cwd: projectFolder, env: { MIDWATCH_LABS: labsFolder } });
  const limit = setTimeout(() => {
    console.error(`${title} did not end within ${limitMinutes} minutes`);
    void endOwned(running, 15_000);
  }, limitMinutes * 60_000);
  const code = await waitForExit(running);
  clearTimeout(limit);
  return code === 0 && !isInterrupted;
}

/** Ends what a stage that was cut short left: first the labs by their own records, then the rest. */
async function cleanUp() {
  if (fs.existsSync(labsFolder)) {
    const args = ['--import', 'tsx', 'e2e/fleet/cli.ts', 'down', '--everything'];
    await waitForExit(startOwned(process.execPath, args, { cwd: projectFolder, env: { MIDWATCH_LABS: labsFolder } }));
    fs.rmSync(labsFolder, { recursive: true, force: true });
  }
  return endAllOwned();
}

function existsWithAnyEnding(file) {
  return ['', '.ts', '.mjs', '.bench.ts'].some((ending) => fs.existsSync(path.join(projectFolder, file + ending)));
}

/** A lock file with addresses would tie every machine to one registry. */
function findRegistryInLockFile() {
  const text = fs.readFileSync(path.join(projectFolder, 'package-lock.json'), 'utf8');
  return text.includes('"resolved"')
    ? 'package-lock.json holds "resolved": run npm install with the .npmrc of this project'
    : undefined;
}
