import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { openTemporaryLab } from '../fleet';
import { crashCases, runCrashCase, type CrashOutcome } from './crash-matrix';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    out: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const lab = openTemporaryLab();
const ends = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    ends.abort();
    void lab.close().then(() => process.exit(130));
  });

const wanted = crashCases(values.quick).filter((one) => {
  const name = `${one.scenario} ${one.kind} ${one.action} ${one.at}`;
  return values.only === undefined || values.only.split(',').every((word) => name.includes(word));
});
const outcomes: CrashOutcome[] = [];
try {
  if (positionals.length === 0 || positionals.includes('crash'))
    for (const one of wanted) {
      if (ends.signal.aborted) break;
      const outcome = await runCrashCase(lab, one);
      outcomes.push(outcome);
      process.stderr.write(`${line(outcome)}\n`);
    }
} finally {
  await lab.close();
}
const bad = outcomes.filter((one) => one.broken.length > 0);
if (values.json) process.stdout.write(`${JSON.stringify(outcomes, null, 2)}\n`);
if (values.out) fs.writeFileSync(values.out, table(outcomes));
process.stderr.write(`${outcomes.length - bad.length} of ${outcomes.length} cases hold every invariant\n`);
process.exitCode = bad.length > 0 || outcomes.length === 0 ? 1 : 0;

function line(one: CrashOutcome): string {
  const verdict =
    one.broken.length === 0 ? 'holds' : one.broken.map((each) => `${each.invariant} ${each.what}`).join('; ');
  return `${one.scenario} ${one.kind} ${one.action}, ${one.at}: ${one.chosen}, ${one.state}: ${verdict} (${one.seconds.toFixed(1)} s)${one.broken.length === 0 ? '' : `\n   ${one.found}`}`;
}

function table(all: readonly CrashOutcome[]): string {
  const rows = all.map(
    (one) =>
      `| ${one.scenario} | ${one.kind} | ${one.action} | ${one.at} | ${one.chosen} | ${one.state} | ${one.broken.length === 0 ? 'all hold' : one.broken.map((each) => `${each.invariant}: ${each.what}`).join('; ')} |`,
  );
  return [
    '| cluster | kind | step | killed | settled by | run ended | invariants |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
