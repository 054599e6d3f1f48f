import { parseArgs } from 'node:util';
import type { Bench } from './bench';
import { printTable } from './print-table';

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  monitor: async () => (await import('./monitor.bench')).benchMonitor,
  start: async () => (await import('./start.bench')).benchStart,
};
const usage = `usage: npm run bench -- ${Object.keys(benches).join('|')} [--quick] [--json]`;

/** Exit code 0: every bound holds; 1: one does not, or nothing could be measured; 2: wrong usage. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  });
  const [name = ''] = positionals;
  const load = benches[name];
  if (!load || positionals.length !== 1) {
    console.error(usage);
    return 2;
  }
  const bench = await load();
  const measured = await bench({ quick: values.quick, say: (text) => console.error(`  ${text}`) });
  const holds = measured.every((row) => row.holds);
  console.log(printTable(measured));
  if (values.json) {
    const rows = measured.map(({ what, unit, ours, other, ratio, bound, holds: does }) => ({
      what,
      unit,
      ours,
      other,
      ratio,
      bound,
      holds: does,
    }));
    console.log(JSON.stringify({ name, rows, holds }));
  }
  return holds ? 0 : 1;
}

process.exitCode = await main().catch((thrown: unknown) => {
  const isMistyped =
    thrown instanceof TypeError && 'code' in thrown && String(thrown.code).startsWith('ERR_PARSE_ARGS');
  console.error(isMistyped ? usage : thrown);
  return isMistyped ? 2 : 1;
});
