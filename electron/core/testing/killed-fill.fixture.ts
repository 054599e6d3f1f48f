import { openSqliteStore } from '../../adapters/storage/sqlite-store';
import { SystemClock } from '../../adapters/files/system-clock';
import { Lab } from '../../../e2e/fleet/lab';
import { FillStage } from './fill-stage';

// A console of its own process that fills an instance, for a test that ends it by SIGKILL. Prints `run ID` and `bytes N`.
const [labRoot = '', scenario = '', dataFolder = '', name = ''] = process.argv.slice(2);
const stage = await FillStage.open(new Lab(labRoot).attach(scenario), {
  store: openSqliteStore({ folder: dataFolder, clock: new SystemClock() }),
});
const runId = await stage.begin(await stage.plan(name));
process.stdout.write(`run ${runId}\n`);
setInterval(() => {
  const { advance } = stage.console.operations.view(runId);
  if (advance?.unit === 'bytes' && advance.done > 0) process.stdout.write(`bytes ${advance.done}\n`);
}, 50);
await stage.console.operations.ended(runId);
