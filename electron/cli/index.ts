import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { MidwatchError, toAppError } from '@shared/errors';
import { compose } from '../main/compose';
import { commands, exitCodes, usage, type Command } from './commands';

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
  process.once('SIGINT', () => interrupted.abort());
  try {
    const outcome = await command({ app, words: rest, options: values, signal: interrupted.signal });
    console.log(values.json ? JSON.stringify(outcome.data, null, 2) : outcome.text);
    return outcome.code ?? exitCodes.ok;
  } finally {
    await app.close();
  }
}

void main(process.argv.slice(2))
  .catch((thrown: unknown): number => {
    const error = toAppError(asUsageError(thrown));
    if (process.argv.includes('--json')) console.log(JSON.stringify({ error }, null, 2));
    else console.error(`${error.message}${error.nextStep ? `\n${error.nextStep}` : ''}`);
    return error.code === 'invalid-input' ? exitCodes.usage : exitCodes.failed;
  })
  // A pipe is written later than process.exit would wait for.
  .then((code) => process.stdout.write('', () => process.exit(code)));

/** parseArgs throws a TypeError with a code of its own for what a person mistyped. */
function asUsageError(thrown: unknown): unknown {
  const isMistyped =
    thrown instanceof TypeError && 'code' in thrown && String(thrown.code).startsWith('ERR_PARSE_ARGS');
  if (!isMistyped) return thrown;
  const [sentence = thrown.message] = thrown.message.split('. ');
  return new MidwatchError('invalid-input', sentence, { nextStep: 'midwatch --help', cause: thrown });
}
