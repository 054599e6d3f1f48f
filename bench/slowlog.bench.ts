import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { classIdOf } from '@shared/sql/class-id';
import { fingerprint } from '@shared/sql/fingerprint';
import { cacheFolder } from '../e2e/fleet/toolchain';
import type { Bench, BenchOptions, BenchRow } from './bench';
import { compare, compareWithLimit } from './compare';
import { buildProcesses } from './slowlog/build-processes';
import type { DigestReport } from './slowlog/digest-report';
import { generateLog, type LogTruth } from './slowlog/generate-log';
import { measureProcess } from './slowlog/measured-process';
import { median } from './statistics';

const defaultBytes = 200e6;
/** pt-query-digest reads about 6 MB a second: of a log that is larger it gets a part, and its time is scaled up. */
const ptBytes = 200e6;
const cancelLogBytes = 1e9;

/** A slow log digested: against pt-query-digest, against the decoding of its lines, in memory, and how fast it is cancelled. */
export function benchSlowLog(bytes = defaultBytes): Bench {
  return async (options) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'midwatch-bench-'));
    try {
      return await measure({ folder, bytes: options.quick ? Math.min(bytes, 50e6) : bytes, options });
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  };
}

interface Parts {
  readonly folder: string;
  readonly bytes: number;
  readonly options: BenchOptions;
}

async function measure({ folder, bytes, options }: Parts): Promise<readonly BenchRow[]> {
  const { say, quick } = options;
  const inside = (name: string): string => path.join(folder, name);
  const node = (program: string, ...args: readonly string[]) =>
    measureProcess(process.execPath, [inside(`programs/${program}.js`), ...args]);
  say('bundling what is measured');
  await buildProcesses(inside('programs'));
  say(`writing a log of ${megabytes(bytes)} with the headers of four servers`);
  const truth = generateLog({ file: inside('slow.log'), bytes, seed: 1 });

  const ours: { cpu: number; wall: number; report: DigestReport }[] = [];
  const floor: number[] = [];
  for (let run = 0; run < (quick ? 1 : 3); run++) {
    say(`digest and lines, run ${run + 1}`);
    const digest = await node('digest-process', inside('slow.log'));
    const report = JSON.parse(digest.stdout) as DigestReport;
    checkAgainstTruth(report, truth);
    ours.push({ cpu: digest.cpuSeconds, wall: digest.wallSeconds, report });
    floor.push((await node('lines-process', inside('slow.log'))).wallSeconds);
  }
  const found = `${truth.classes.length} classes, ${truth.statements.toLocaleString('en')} statements`;
  say(`${found}: calls and seconds of each as written`);
  say(`${(bytes / 1e6 / median(ours.map(({ cpu }) => cpu))).toFixed(0)} MB for each second of processor time`);

  const rows: BenchRow[] = [
    ...(await comparePt(
      { folder, bytes, options },
      ours.map(({ cpu }) => cpu),
    )),
    compare({
      what: 'digest / its lines alone (readline)',
      unit: 's',
      oursRuns: ours.map(({ wall }) => wall),
      otherRuns: floor,
      bound: 3,
    }),
    compareWithLimit({
      what: 'memory at its peak',
      unit: 'MB',
      oursRuns: ours.map(({ report }) => report.peakMb),
      limit: 200,
    }),
  ];
  fs.rmSync(inside('slow.log'));
  say(`a log of ${megabytes(cancelLogBytes)}, cancelled`);
  generateLog({ file: inside('block.log'), bytes: 20e6, seed: 2 });
  repeatFile(inside('block.log'), inside('long.log'), cancelLogBytes);
  const cancels: number[] = [];
  for (const afterMs of quick ? [900] : [300, 700, 1100, 1500, 1900]) {
    const { stdout } = await node('digest-process', inside('long.log'), String(afterMs));
    cancels.push((JSON.parse(stdout) as { cancelMs: number }).cancelMs);
  }
  rows.push(compareWithLimit({ what: 'cancel of a 1 GB log', unit: 'ms', oursRuns: cancels, limit: 200 }));
  return rows;
}

async function comparePt({ folder, bytes, options }: Parts, oursCpu: readonly number[]): Promise<readonly BenchRow[]> {
  const program = path.join(cacheFolder, 'servers/percona-toolkit/root/usr/bin/pt-query-digest');
  if (!fs.existsSync(program))
    throw new Error('pt-query-digest is not here. Run `npm run setup -- --for bench` first.');
  const slice = Math.min(bytes, ptBytes);
  const scaling = slice < bytes ? `, its time scaled to ${megabytes(bytes)}` : '';
  options.say(`pt-query-digest on ${megabytes(slice)} of such a log${scaling}`);
  const file = path.join(folder, 'slice.log');
  const truth = generateLog({ file, bytes: slice, seed: 1 });
  const { cpuSeconds } = await measureProcess('perl', [program, '--no-version-check', file], { quiet: true });
  fs.rmSync(file);
  const what = 'digest / pt-query-digest, processor time';
  const scaled = (cpuSeconds * bytes) / truth.bytes;
  return [compare({ what, unit: 's', oursRuns: oursCpu, otherRuns: [scaled], bound: 1 / 20 })];
}

/** @throws Error when one class has not the calls and microseconds that the generator wrote */
function checkAgainstTruth(report: DigestReport, truth: LogTruth): void {
  const found = new Map(report.classes.map((one) => [one.id, one]));
  const wrong = truth.classes.filter(({ example, calls, microseconds }) => {
    const one = found.get(classIdOf(fingerprint(example)));
    return one?.calls !== calls || Math.abs(one.microseconds - microseconds) > 1;
  });
  const isWhole = report.calls === truth.statements && report.skippedBytes === 0;
  if (wrong.length > 0 || found.size !== truth.classes.length || !isWhole)
    throw new Error(
      `wrong figures: ${wrong.length} of ${truth.classes.length} classes, ${found.size} found, ` +
        `${report.calls} of ${truth.statements} statements, ${report.skippedBytes} bytes skipped; first ${wrong[0]?.example ?? ''}`,
    );
}

function repeatFile(block: string, target: string, bytes: number): void {
  const content = fs.readFileSync(block);
  const file = fs.openSync(target, 'w');
  for (let written = 0; written < bytes; written += content.length) fs.writeSync(file, content);
  fs.closeSync(file);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
}
