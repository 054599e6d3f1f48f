import { Instance } from './instance';
import { FleetFile } from './state';

// Starts one server of a fleet, as its host would by its own means: what the host's program `start-server` runs.
const [folder = '', name = ''] = process.argv.slice(2);
const file = FleetFile.open(folder);
if (!file) throw new Error(`Nothing was started in ${folder}`);
await new Instance(file, name).start();
