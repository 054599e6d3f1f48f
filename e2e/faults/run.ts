import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { openTemporaryLab } from '../fleet';
import { endOrphanedLabs } from '../fleet/lab';
import { CrashFleets } from './crash-stage';
import { crashCases, runCrashCase, type CrashCase, type CrashOutcome } from './crash-matrix';
import type { FaultCase } from './fault-case';
import { faultCases, faultName, runFaultCase, type FaultOutcome } from './fault-matrix';
import { crashTable, faultTable, notInjectableTable } from './tables';

const usage = 'npm run faults -- [crash|faults] [--quick] [--only words,of,a,case] [--after N] [--json] [--out FILE]';
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    /** Cases at the front of each matrix that were run before. */
    after: { type: 'string', default: '0' },
    out: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const unknown = positionals.find((one) => one !== 'crash' && one !== 'faults');
if (unknown !== undefined) throw new Error(`${unknown}? Usage: ${usage}`);

for (const root of await endOrphanedLabs()) process.stderr.write(`ended the lab of a process that is gone: ${root}\n`);
const lab = openTemporaryLab();
const fleets = new CrashFleets(lab);
let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    stopped = true;
    void lab.close().then(() => process.exit(130));
  });

const asked = (matrix: string): boolean => positionals.length === 0 || positionals.includes(matrix);
const matches = (name: string): boolean => (values.only ?? '').split(',').every((word) => name.includes(word));
const crashes: CrashOutcome[] = [];
const faults: FaultOutcome[] = [];
try {
  if (asked('crash'))
    for (const one of crashCases(values.quick).slice(Number(values.after))) {
      if (stopped || !matches(`${one.scenario} ${one.kind} ${one.action} ${one.at}`)) continue;
      crashes.push(await runCrashCase(fleets, one).catch((thrown: unknown) => crashNotRun(one, thrown)));
      write();
      process.stderr.write(`${crashLine(crashes.at(-1))}\n`);
    }
  await fleets.close();
  if (asked('faults'))
    for (const one of faultCases(values.quick).slice(Number(values.after))) {
      if (stopped || !matches(`${faultName(one)} (${one.family})`)) continue;
      faults.push(await runFaultCase(lab, one).catch((thrown: unknown) => faultNotRun(one, thrown)));
      write();
      process.stderr.write(`${faultLine(faults.at(-1))}\n`);
    }
} finally {
  await lab.close();
}
const bad =
  crashes.filter((one) => one.broken.length > 0).length + faults.filter((one) => one.verdict === 'broken').length;
const count = crashes.length + faults.length;
if (values.json) process.stdout.write(`${JSON.stringify({ crashes, faults }, null, 2)}\n`);
process.stderr.write(`${count - bad} of ${count} cases hold\n`);
process.exitCode = bad > 0 || count === 0 ? 1 : 0;

/** After each case, so that a long run that is ended keeps what it found. */
function write(): void {
  if (!values.out) return;
  fs.writeFileSync(
    values.out,
    [
      ...(crashes.length > 0 ? [crashTable(crashes)] : []),
      ...(faults.length > 0 ? [faultTable(faults), notInjectableTable()] : []),
    ].join('\n'),
  );
}

/** The lab itself failed: the case says nothing, and counts as broken. */
function crashNotRun(one: CrashCase, thrown: unknown): CrashOutcome {
  return { ...one, found: '', chosen: 'none', state: 'not run', broken: [notRun(thrown)], seconds: 0 };
}

function faultNotRun(one: FaultCase, thrown: unknown): FaultOutcome {
  return { ...one, verdict: 'broken', seen: 'not run', broken: [notRun(thrown)], story: [], seconds: 0 };
}

function notRun(thrown: unknown): CrashOutcome['broken'][number] {
  const why = thrown instanceof Error ? thrown.message.slice(0, 200) : String(thrown);
  return { invariant: 'I6', what: `the case could not be run: ${why}` };
}

function crashLine(one: CrashOutcome | undefined): string {
  if (!one) return '';
  const verdict =
    one.broken.length === 0 ? 'holds' : one.broken.map((each) => `${each.invariant} ${each.what}`).join('; ');
  return `${one.scenario} ${one.kind} ${one.action}, ${one.at}: ${one.chosen}, ${one.state}: ${verdict} (${one.seconds.toFixed(1)} s)${one.broken.length === 0 && one.state !== 'failed' ? '' : `\n   ${one.found}`}`;
}

function faultLine(one: FaultOutcome | undefined): string {
  if (!one) return '';
  const more = [...one.broken.map((each) => `${each.invariant} ${each.what}`), ...one.story].map(
    (each) => `\n     ${each}`,
  );
  return `${one.verdict.toUpperCase()} ${faultName(one)} (${one.seconds.toFixed(1)} s)\n   ${one.seen}${more.join('')}`;
}
