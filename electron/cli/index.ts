import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { MidwatchError, toAppError, type ErrorCode } from '@shared/errors';
import { compose } from '../main/compose';
import { readAppVersion } from './app-version';
import { exitCodes, type Command } from './command';
import { commands } from './commands';
import { terminalText } from './terminal-text';
import { usage } from './usage';

/** Where the desktop app keeps its data, so that both faces see one inventory. */
function defaultDataFolder(): string {
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Application Support', 'Midwatch');
  if (process.platform === 'win32') return path.join(process.env['APPDATA'] ?? os.homedir(), 'Midwatch');
  return path.join(process.env['XDG_CONFIG_HOME'] ?? path.join(os.homedir(), '.config'), 'Midwatch');
}

/** Runs one command on the same core as the window and returns the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      data: { type: 'string' },
      help: { type: 'boolean', default: false },
      host: { type: 'string' },
      port: { type: 'string' },
      user: { type: 'string' },
      name: { type: 'string' },
      add: { type: 'boolean', default: false },
      all: { type: 'boolean', default: false },
      kind: { type: 'string' },
      instance: { type: 'string' },
      candidate: { type: 'string' },
      region: { type: 'string' },
      confirm: { type: 'string' },
      reason: { type: 'string' },
      attest: { type: 'string' },
      unlock: { type: 'string' },
      format: { type: 'string' },
      out: { type: 'string' },
      choice: { type: 'string' },
      note: { type: 'string' },
      unattended: { type: 'boolean', default: false },
      cluster: { type: 'string' },
      seconds: { type: 'string' },
      since: { type: 'string' },
      until: { type: 'string' },
      html: { type: 'boolean', default: false },
      literals: { type: 'boolean', default: false },
      title: { type: 'string' },
      schema: { type: 'string' },
      'review-table': { type: 'string' },
      'history-schema': { type: 'string' },
      'history-table': { type: 'string' },
      connection: { type: 'string' },
    },
  });
  const [noun = '', verb = '', ...rest] = positionals;
  const command: Command | undefined = commands[`${noun} ${verb}`];
  if (values.help || !command) {
    (values.help ? console.log : console.error)(usage);
    return values.help ? exitCodes.ok : exitCodes.usage;
  }
  const app = compose({
    dataFolder: values.data ?? defaultDataFolder(),
    user: os.userInfo().username,
    safeStorage: null,
    pollMs: 1000,
  });
  const interrupted = new AbortController();
  endGently(interrupted, () => app.inventory.current.clusters.some((one) => app.operations.running(one.id) !== null));
  const say = (line: string, event: Readonly<Record<string, unknown>>): void => {
    if (values.json) console.log(JSON.stringify(event));
    else if (line !== '') console.log(terminalText(line));
  };
  try {
    const input = { app, words: rest, options: values, signal: interrupted.signal, say, version: readAppVersion() };
    const outcome = await command(input);
    if (values.json) console.log(JSON.stringify(outcome.data, null, outcome.asLine ? 0 : 2));
    else console.log(terminalText(outcome.text));
    return outcome.code ?? exitCodes.ok;
  } finally {
    await app.close();
  }
}

void main(process.argv.slice(2))
  .catch((thrown: unknown): number => {
    const error = toAppError(asUsageError(thrown));
    if (process.argv.includes('--json')) console.log(JSON.stringify({ error }));
    else console.error(terminalText(`${error.message}${error.nextStep ? `\n${error.nextStep}` : ''}`));
    return exitCodeOf(error.code);
  })
  // A pipe is written later than process.exit would wait for.
  .then((code) => process.stdout.write('', () => process.exit(code)));

/**
 * The first Ctrl-C asks the command to end; a later one ends the process, unless a run is at work: that must not be left in
 * its middle because the keys were pressed twice. npm hands one Ctrl-C on twice, within moments.
 */
function endGently(interrupted: AbortController, isAtWork: () => boolean): void {
  let askedAtMs: number | null = null;
  const onSignal = (): void => {
    if (askedAtMs !== null && performance.now() - askedAtMs > 500 && !isAtWork()) process.exit(130);
    askedAtMs ??= performance.now();
    interrupted.abort();
  };
  // SIGHUP: the terminal is gone, which is no reason to leave a run in its middle either.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  // So is a reader that left (`| head`): what is said is lost, the run is not.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
}

/** Refused: nothing was begun, and the same command may do it once what the message names is mended. */
const refused: ReadonlySet<ErrorCode> = new Set([
  'confirmation-mismatch',
  'plan-not-applyable',
  'plan-expired',
  'cluster-locked',
  'operation-running',
  'operation-lock-held',
  'no-failover-needed',
]);

function exitCodeOf(code: ErrorCode): number {
  if (code === 'invalid-input') return exitCodes.usage;
  return refused.has(code) ? exitCodes.refused : exitCodes.failed;
}

/** parseArgs throws a TypeError with a code of its own for what a person mistyped. */
function asUsageError(thrown: unknown): unknown {
  const isMistyped =
    thrown instanceof TypeError && 'code' in thrown && String(thrown.code).startsWith('ERR_PARSE_ARGS');
  if (!isMistyped) return thrown;
  const [sentence = thrown.message] = thrown.message.split('. ');
  return new MidwatchError('invalid-input', sentence, { nextStep: 'midwatch --help', cause: thrown });
}
