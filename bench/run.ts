import { parseArgs } from 'node:util';
import type { Bench } from './bench';
import type { OperationBenchFlags } from './operations/operation-bench';
import { printTable } from './print-table';

type Flags = OperationBenchFlags & {
  /** Of the log that is digested. */
  readonly bytes?: number;
};

const benches: Readonly<Record<string, (flags: Flags) => Promise<Bench>>> = {
  browse: async () => (await import('./browse.bench')).benchBrowse,
  monitor: async () => (await import('./monitor.bench')).benchMonitor,
  start: async () => (await import('./start.bench')).benchStart,
  drills: async (flags) => (await import('./drills.bench')).benchDrills(flags),
  failover: async (flags) => (await import('./failover.bench')).benchFailover(flags),
  slowlog: async ({ bytes }) => (await import('./slowlog.bench')).benchSlowLog(bytes),
  region: async (flags) => (await import('./region.bench')).benchRegion(flags),
  switchover: async (flags) => (await import('./switchover.bench')).benchSwitchover(flags),
};
const usage = `usage: npm run bench -- ${Object.keys(benches).join('|')} [--quick] [--json]
  switchover, failover, region, drills: [--server mysql|mariadb] [--runs N]
  slowlog: [--size 200MB]`;

/** Exit code 0: every bound holds; 1: one does not, or nothing could be measured; 2: wrong usage. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      server: { type: 'string' },
      runs: { type: 'string' },
      size: { type: 'string' },
    },
  });
  const [name = ''] = positionals;
  const load = benches[name];
  const flags = readFlags(values);
  if (!load || !flags || positionals.length !== 1) {
    console.error(usage);
    return 2;
  }
  const bench = await load(flags);
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

/** @returns undefined when they are mistyped */
function readFlags(given: {
  readonly server?: string;
  readonly runs?: string;
  readonly size?: string;
}): Flags | undefined {
  const { server } = given;
  if (server !== undefined && server !== 'mysql' && server !== 'mariadb') return undefined;
  const runs = given.runs === undefined ? undefined : Number(given.runs);
  if (runs !== undefined && !(Number.isInteger(runs) && runs > 0)) return undefined;
  const bytes = given.size === undefined ? undefined : readSize(given.size);
  if (bytes !== undefined && !(bytes > 0)) return undefined;
  return { ...(server ? { server } : {}), ...(runs ? { runs } : {}), ...(bytes ? { bytes } : {}) };
}

/** `200MB`, `1GB`. @returns NaN when it is none */
function readSize(text: string): number {
  const found = /^(\d+)(MB|GB)$/i.exec(text);
  return found ? Number(found[1]) * (found[2]?.toUpperCase() === 'GB' ? 1e9 : 1e6) : NaN;
}

process.exitCode = await main().catch((thrown: unknown) => {
  const isMistyped =
    thrown instanceof TypeError && 'code' in thrown && String(thrown.code).startsWith('ERR_PARSE_ARGS');
  console.error(isMistyped ? usage : thrown);
  return isMistyped ? 2 : 1;
});
